/** Reads `runnel.openTelemetry`: where turns are told, what of them, and why it cannot be done where it cannot. */
import { trimEndOf } from "../core/trim.ts";
import { isObject, readBoolean, readText, short } from "../models/config-fields.ts";
import { type ConfigProblem, describeProblem } from "../models/config-problem.ts";
import { mayCarryKey } from "../providers/provider/base-url.ts";

export type Signal = "metrics" | "traces";

export interface OtlpSettings {
  /** Without a trailing slash; the signals' paths come behind it. */
  endpoint: string;
  /** Lower-case names. */
  headers: Record<string, string>;
  signals: readonly Signal[];
  /** The first of the two times that texts have to be asked for. */
  content: boolean;
}

export interface OtlpReading {
  /** Undefined = off. */
  settings?: OtlpSettings;
  /** In English, for the log. */
  problems: string[];
}

const known: readonly Signal[] = ["metrics", "traces"];
const headerName = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;
/** The transport's own business. */
const ownHeaders =
  /^(host|connection|content-length|content-type|content-encoding|transfer-encoding|accept-encoding|upgrade|te|trailer|expect|keep-alive)$/;

/** With a problem nothing is sent: a person who wrote half of it has not yet said where to. */
export function readOtlpSettings(
  value: unknown,
  environment: Readonly<Record<string, string | undefined>>,
): OtlpReading {
  const problems: string[] = [];
  if (value === undefined || value === null) return { problems };
  if (!isObject(value)) return { problems: ["It must be an object."] };
  const wrong: ConfigProblem[] = [];
  const endpoint = readText(value, "endpoint", wrong);
  if (endpoint === undefined) return { problems: wrong.map(describeProblem) };
  const problem = endpointProblem(endpoint);
  if (problem !== undefined) problems.push(problem);
  const headers: Record<string, string> = {};
  addHeaders(headers, entriesOf(value.headers, problems), "headers", problems);
  const variable = readText(value, "headersEnv", wrong);
  const listed = variable === undefined ? undefined : environment[variable];
  if (listed !== undefined) addHeaders(headers, listedHeaders(listed), "headersEnv", problems);
  const signals = readSignals(value.signals, problems);
  const content = readBoolean(value, "content", wrong) ?? false;
  problems.push(...wrong.map(describeProblem));
  if (problems.length > 0) return { problems };
  return { settings: { endpoint: trimEndOf(endpoint, "/"), headers, signals, content }, problems };
}

function endpointProblem(endpoint: string): string | undefined {
  const url = URL.parse(endpoint);
  if (!url || !/^https?:$/.test(url.protocol))
    return "“endpoint” must be a URL, such as https://collector.example:4318.";
  if (url.username !== "" || url.password !== "") return "“endpoint” contains a name or password; use “headersEnv”.";
  if (url.search !== "" || url.hash !== "") return "“endpoint” must end before “?” and “#”.";
  if (!mayCarryKey(endpoint)) return `${url.host} is not on this machine, so it needs https://.`;
  return undefined;
}

function readSignals(value: unknown, problems: string[]): readonly Signal[] {
  if (value === undefined) return known;
  const asked: unknown[] = Array.isArray(value) ? value : [undefined];
  if (!asked.every((each) => known.some((signal) => signal === each))) {
    problems.push("“signals” must be a list of “metrics” and “traces”.");
  }
  return known.filter((signal) => asked.includes(signal));
}

function entriesOf(value: unknown, problems: string[]): [string, unknown][] {
  if (value === undefined) return [];
  if (isObject(value)) return Object.entries(value);
  problems.push("“headers” must be an object of texts.");
  return [];
}

/** As in OTEL_EXPORTER_OTLP_HEADERS: `name=value,name=value`, where values are percent-encoded. */
function listedHeaders(text: string): [string, unknown][] {
  const entries = text.split(",").filter((entry) => entry.trim() !== "");
  return entries.map((entry) => {
    const [name = "", ...rest] = entry.split("=");
    return [name.trim(), rest.length === 0 ? undefined : decoded(rest.join("=").trim())];
  });
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Never says a value: it may be a key. */
function addHeaders(
  headers: Record<string, string>,
  entries: [string, unknown][],
  source: string,
  problems: string[],
): void {
  for (const [written, value] of entries) {
    const name = written.toLowerCase();
    if (!headerName.test(name)) problems.push(`“${source}” contains something that is not a valid header name.`);
    else if (ownHeaders.test(name)) problems.push(`“${source}” may not set “${short(name)}”.`);
    else if (typeof value !== "string" || !headerValue.test(value)) {
      problems.push(`“${source}”: the value of “${short(name)}” must be a string that a header can contain.`);
    } else if (source === "headers" && value.includes("${env:")) {
      problems.push("“headers” cannot name an environment variable; use “headersEnv”.");
    } else headers[name] = value.trim();
  }
}
