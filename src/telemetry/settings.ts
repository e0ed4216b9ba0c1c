/** Reads `runnel.openTelemetry`: where turns are exported to, what of them, and why it cannot be done where it cannot. */
import * as v from "valibot";
import { trimEndOf } from "../core/trim.ts";
import type { ConfigProblem } from "../models/config-problem.ts";
import { choice, flag, headers, list, lowerCaseNames, object, problemsOf, string, written } from "../models/schema.ts";
import type { Setting } from "../models/settings-schema.ts";
import { mayCarryKey } from "../providers/provider/base-url.ts";

const signals = ["metrics", "traces"] as const;

export type Signal = (typeof signals)[number];

export interface OtlpSettings {
  /** Without a trailing slash; the signals' paths come behind it. */
  endpoint: string;
  /** Lower-case names. */
  headers: Record<string, string>;
  signals: readonly Signal[];
  /** The first of the two times that a person has to agree to exporting prompts and answers. */
  content: boolean;
}

export interface OtlpReading {
  /** Undefined = off. */
  settings?: OtlpSettings;
  problems: ConfigProblem[];
}

/** The transport's own business. */
const ownHeaders =
  /^(host|connection|content-length|content-type|content-encoding|transfer-encoding|accept-encoding|upgrade|te|trailer|expect|keep-alive)$/i;

const headersSchema = headers(ownHeaders, (value) => !value.includes("${env:"), "header-plain");

const otlpSchema = object(
  {
    endpoint: v.exactOptional(string),
    headers: v.optional(headersSchema, {}),
    headersEnv: v.exactOptional(string),
    signals: v.optional(list(choice(signals)), [...signals]),
    content: v.optional(flag, false),
  },
  '{ "endpoint": "https://collector.example:4318" }',
);

export const openTelemetry: Setting<typeof otlpSchema> = {
  schema: otlpSchema,
  default: { endpoint: "", signals: ["metrics", "traces"], content: false },
  order: 20,
  tags: ["telemetry", "usesOnlineServices"],
};

/** With a problem nothing is exported: a person who wrote half of it has not yet said where to. */
export function readOtlpSettings(
  value: unknown,
  environment: Readonly<Record<string, string | undefined>>,
): OtlpReading {
  const result = v.safeParse(otlpSchema, written(value ?? {}));
  if (!result.success) return { problems: problemsOf(result.issues) };
  const { endpoint } = result.output;
  if (endpoint === undefined) return { problems: [] };
  const problems = endpointProblems(endpoint);
  const { headersEnv, content } = result.output;
  const listed = headersEnv === undefined ? undefined : environment[headersEnv];
  const more = listed === undefined ? undefined : v.safeParse(headersSchema, listedHeaders(listed));
  if (more?.success === false) {
    // What is written there may be a key without a name.
    for (const problem of problemsOf(more.issues))
      problems.push({ ...problem, field: "headersEnv", name: "…" } as ConfigProblem);
  }
  if (problems.length > 0) return { problems };
  return {
    settings: {
      endpoint: trimEndOf(endpoint, "/"),
      headers: lowerCaseNames({ ...result.output.headers, ...(more?.success ? more.output : {}) }),
      signals: signals.filter((signal) => result.output.signals.includes(signal)),
      content,
    },
    problems,
  };
}

function endpointProblems(endpoint: string): ConfigProblem[] {
  const field = "endpoint";
  const url = URL.parse(endpoint);
  if (!url || !/^https?:$/.test(url.protocol)) return [{ code: "address", field, problem: { code: "not-a-url" } }];
  if (url.username !== "" || url.password !== "") return [{ code: "address", field, problem: { code: "credentials" } }];
  if (url.search !== "" || url.hash !== "") return [{ code: "address", field, problem: { code: "query" } }];
  return mayCarryKey(endpoint) ? [] : [{ code: "unencrypted", field, host: url.host }];
}

/** As in OTEL_EXPORTER_OTLP_HEADERS: `name=value,name=value`, where values are percent-encoded. */
function listedHeaders(text: string): Record<string, string | undefined> {
  const entries = text.split(",").filter((entry) => entry.trim() !== "");
  return Object.fromEntries(
    entries.map((entry) => {
      const [name = "", ...rest] = entry.split("=");
      return [name.trim(), rest.length === 0 ? undefined : decoded(rest.join("=").trim())];
    }),
  );
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
