/** Finds what an error body says in any of the shapes that servers and proxies wrap it in. */
import { defined } from "../../core/defined.ts";
import { limits } from "../../core/limits.ts";
import { isObject, type Json, parseJson } from "../provider/json.ts";

export interface Report {
  message?: string;
  code?: string;
  type?: string;
  /** The HTTP status the body itself names. */
  status?: number;
  requestId?: string;
  /** How long the body asks to wait. */
  retrySeconds?: number;
}

/** The `type` of reports that MiniMax wraps in `base_resp`: their codes are its own. */
export const minimaxType = "base_resp";

/** `body` is text (JSON or plain) or a parsed value. Never throws; a shape nobody knows gives an empty report. */
export function findReport(body: unknown): Report {
  try {
    return reportIn(body);
  } catch {
    // Data so deep or strange that it cannot be walked through says nothing.
    return {};
  }
}

function reportIn(body: unknown): Report {
  if (typeof body === "string") {
    const text = body.trim();
    if (!/^[[{"]/.test(text)) return text === "" ? {} : { message: firstLines(text) };
    const value = parseJson(text);
    return value === undefined ? { message: firstLines(text) } : findReport(value);
  }
  // Google wraps its error in a list at times.
  if (Array.isArray(body)) return body.length > 0 ? findReport(body[0]) : {};
  if (!isObject(body)) return {};
  const own = isObject(body.base_resp) ? minimaxReport(body.base_resp) : undefined;
  if (own) return own;
  const inner = body.error ?? body.errors;
  const outer = describe(body);
  if (inner === undefined || inner === null || inner === "" || inner === true || inner === false) return outer;
  const found = Array.isArray(inner) ? findReport(inner[0]) : isObject(inner) ? describe(inner) : findReport(inner);
  return { ...outer, ...found };
}

/** What MiniMax says went wrong; undefined for `status_code` 0, which is no error. */
export function minimaxReport(response: Json): Report | undefined {
  const code = scalar(response.status_code);
  if (code === undefined || code === "0") return undefined;
  const message = words(response.status_msg);
  return { type: minimaxType, code, ...defined({ message }) };
}

/** True when a chunk's `error` field says something: some servers send it empty or null in every chunk. */
export function hasError(value: unknown, depth = 0): boolean {
  if (typeof value === "string") return value.trim() !== "";
  if (Array.isArray(value)) return depth > 8 || value.some((each) => hasError(each, depth + 1));
  if (isObject(value))
    return Object.values(value).some((field) => field !== null && field !== "" && field !== undefined);
  return value === true;
}

function describe(error: Json): Report {
  const report: Report = {};
  const code = scalar(error.code) ?? scalar(error.error_code);
  const type = scalar(error.type) ?? (typeof error.status === "string" ? error.status : undefined);
  if (code !== undefined) report.code = code;
  if (type !== undefined) report.type = type;
  for (const value of [error.status_code, error.statusCode, error.http_status, error.code, error.status]) {
    const status = Number(value);
    if (report.status === undefined && Number.isInteger(status) && status >= 400 && status < 600)
      report.status = status;
  }
  const requestId = scalar(error.request_id) ?? scalar(error.requestId);
  if (requestId !== undefined) report.requestId = requestId;
  const message = messageOf(error);
  if (message !== undefined) report.message = message;
  const retrySeconds = retryDelay(error.details) ?? secondsIn(message ?? "");
  if (retrySeconds !== undefined) report.retrySeconds = retrySeconds;
  return report;
}

/** The words of the error. Only fields that are known to hold words: others may repeat the prompt. */
function messageOf(error: Json): string | undefined {
  const upstream = upstreamMessage(error.metadata);
  let message: string | undefined;
  for (const name of [
    "message",
    "msg",
    "detail",
    "error_msg",
    "error_message",
    "errorMessage",
    "error_description",
    "title",
  ]) {
    message ??= words(error[name]);
  }
  if (upstream !== undefined) message = message === undefined ? upstream : `${message}: ${upstream}`;
  const parameter = scalar(error.param);
  if (message !== undefined && parameter && !message.includes(parameter)) message += ` (${parameter})`;
  return message;
}

/** OpenRouter keeps what the provider behind it said in `metadata.raw`, as text or nested JSON. */
function upstreamMessage(metadata: unknown): string | undefined {
  if (!isObject(metadata)) return undefined;
  const raw = typeof metadata.raw === "string" || isObject(metadata.raw) ? findReport(metadata.raw).message : undefined;
  const name = scalar(metadata.provider_name);
  if (raw === undefined) return undefined;
  return name === undefined ? raw : `${name}: ${raw}`;
}

/** A text, or what FastAPI makes of a request it cannot read: a list of `{loc, msg}`. */
function words(value: unknown): string | undefined {
  if (typeof value === "string") {
    const text = value.trim();
    if (text === "") return undefined;
    // Gateways put the JSON of the server behind them into their own message.
    const nested = /^[[{]/.test(text) ? findReport(text).message : undefined;
    return nested ?? firstLines(text);
  }
  if (Array.isArray(value)) {
    const all = value
      .slice(0, 5)
      .map(words)
      .filter((text) => text !== undefined);
    return all.length > 0 ? all.join("; ") : undefined;
  }
  if (!isObject(value)) return undefined;
  const message = words(value.msg) ?? words(value.message) ?? words(value.detail) ?? words(value.error);
  const place = Array.isArray(value.loc) ? value.loc.slice(0, 20).map(placeName).join(".") : "";
  const type = place !== "" ? scalar(value.type) : undefined;
  if (message === undefined) return undefined;
  return `${place === "" ? "" : `${place}: `}${message}${type === undefined ? "" : ` (${type})`}`;
}

/** Google's RetryInfo: `{"retryDelay": "34s"}` in a list of details. */
function retryDelay(details: unknown): number | undefined {
  if (!Array.isArray(details)) return undefined;
  for (const detail of details) {
    const seconds = isObject(detail) ? /^(\d+(?:\.\d+)?)s$/.exec(String(detail.retryDelay))?.[1] : undefined;
    if (seconds !== undefined) return Number(seconds);
  }
  return undefined;
}

/** A step of FastAPI's `loc`: a name or an index. */
function placeName(step: unknown): string {
  return scalar(step) ?? "?";
}

/** "Please retry in 34.07s", for gateways that keep no more of an error than its words; "try again in 1m30s". */
function secondsIn(message: string): number | undefined {
  const found = /(?:retry|try again) (?:in|after) (?:(\d+) ?m(?!s)(?:in\w*)? ?)?(?:(\d+(?:\.\d+)?) ?(ms|s))?/i.exec(
    message,
  );
  if (!found || (found[1] === undefined && found[2] === undefined)) return undefined;
  const rest = Number(found[2] ?? 0) / (found[3] === "ms" ? 1000 : 1);
  return Number(found[1] ?? 0) * 60 + rest;
}

function scalar(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value.slice(0, 200) : undefined;
}

/** On one line, without the stack that some gateways send along. */
function firstLines(text: string): string {
  const lines = text.slice(0, limits.errorMessage).split("\n");
  const stack = lines.findIndex((line, at) => {
    const isApart = /^\s/.test(line) || lines[at - 1]?.trim() === "";
    return at > 0 && isApart && line.trimStart().startsWith("at ");
  });
  return lines
    .slice(0, stack < 0 ? undefined : stack)
    .join("\n")
    .replace(/\s+/g, " ")
    .trim();
}
