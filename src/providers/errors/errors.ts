/** What a provider says went wrong, in whatever shape it says it, as the one error a person meets. */
import { defined } from "../../core/defined.ts";
import { AssistantError, type ErrorDetails, type ErrorKind, type ErrorReason } from "../../core/errors.ts";
import type { Redactor } from "../../core/redactor.ts";
import { classify, impliedStatus } from "./error-class.ts";
import { findReport, type Report } from "./error-report.ts";
import { redact } from "./redact.ts";
import { retryAfterSeconds } from "./retry-after.ts";

export interface ErrorContext {
  host: string;
  provider?: string;
  model?: string;
  /** The one of the response, for errors that come inside it. */
  requestId?: string | undefined;
  /** Cuts the keys out of the provider's words. */
  redactor?: Redactor | undefined;
}

const maximumMessage = 500;

/** A response whose status is no success. `body` may be cut off. */
export function responseError(
  response: { status: number; headers: Record<string, string> },
  body: string,
  context: ErrorContext,
): AssistantError {
  const title = htmlTitle(body);
  const report: Report = title === undefined ? findReport(body) : { message: title };
  return build(response.status, report, title !== undefined, context, response.headers);
}

/**
 * An error that came inside a successful response; `value` is the JSON (or text) that holds it, `implied` the status
 * that its wrapping stands for.
 */
export function reportedError(value: unknown, context: ErrorContext, implied?: number): AssistantError {
  const report = findReport(value);
  return build(report.status, report, false, context, {}, implied ?? impliedStatus(report));
}

/** A web page where a stream was due, with a status that says success. */
export function pageError(status: number, body: string, context: ErrorContext): AssistantError {
  const title = htmlTitle(body) ?? "";
  // A proxy's own "502 Bad Gateway" page can come with status 200.
  const spoken = Number(/\b(50[234])\b/.exec(title)?.[1] ?? status);
  return build(spoken, { message: title }, true, context, {});
}

/** The name a server gave the exchange, for its support to find it by; a gateway may have put the key there. */
export function requestIdOf(headers: Record<string, string>, redactor: Redactor | undefined): string | undefined {
  const id = headers["x-request-id"] ?? headers["request-id"] ?? headers["x-generation-id"];
  return id && redact(id, redactor).slice(0, 200);
}

/** The title of an HTML page ("" when it has none), or undefined when the text is no HTML. */
export function htmlTitle(text: string): string | undefined {
  const start = text.slice(0, 4096).trimStart();
  if (!/^(<!doctype html|<html|<head|<body|<\?xml|<center|<h1|<title|<!--|<script|<meta)/i.test(start))
    return undefined;
  const title = textOfTag(text, /<title/i) ?? textOfTag(text, /<h1/i) ?? "";
  return title.replace(/\s+/g, " ").trim().slice(0, 200);
}

/** The text behind the first tag that begins so, up to the next one; undefined where there is no such tag. */
function textOfTag(text: string, opening: RegExp): string | undefined {
  const begin = text.search(opening);
  const end = begin < 0 ? -1 : text.indexOf(">", begin);
  if (end < 0) return undefined;
  const next = text.indexOf("<", end);
  return text.slice(end + 1, next < 0 ? undefined : next);
}

/** `status` is shown; `implied` only decides where nobody said one. */
function build(
  status: number | undefined,
  report: Report,
  isPage: boolean,
  context: ErrorContext,
  headers: Record<string, string>,
  implied = 0,
): AssistantError {
  const { kind, reason, retryable } = classify(status ?? implied, report, isPage);
  const said = redact(report.message ?? "", context.redactor).slice(0, maximumMessage);
  const reportedId = report.requestId && redact(report.requestId, context.redactor).slice(0, 200);
  const requestId = reportedId ?? requestIdOf(headers, context.redactor) ?? context.requestId;
  const seconds = report.retrySeconds ?? retryAfterSeconds(status ?? implied, headers);
  const told = headers["x-should-retry"];
  const details: ErrorDetails = {
    host: context.host,
    ...defined({ status }),
    // An empty account stays empty, whatever a server says of asking again.
    retryable: told === undefined || kind === "no-credit" ? retryable : told === "true",
    ...defined({ reason }),
    ...(said === "" ? {} : { providerMessage: said }),
    ...(requestId ? { requestId } : {}),
    ...defined({ seconds, model: context.model, provider: context.provider }),
  };
  const message = sentence(kind, reason, status, context);
  return new AssistantError(kind, said === "" ? message : `${message} It says: ${said}`, details);
}

function sentence(
  kind: ErrorKind,
  reason: ErrorReason | undefined,
  status: number | undefined,
  context: ErrorContext,
): string {
  const { host, model } = context;
  const mark = status === undefined ? "" : ` (status ${status})`;
  if (reason === "html") return `${host} answered with a web page${mark} where an API was expected.`;
  switch (kind) {
    case "unauthorized":
      return `${host} does not accept the key${mark}.`;
    case "no-credit":
      return `The account at ${host} has no credit left.`;
    case "rate-limited":
      return `${host} limits the rate of requests for now.`;
    case "overloaded":
      return `${host} cannot answer for now${mark}.`;
    case "not-found":
      return reason === "model-not-found"
        ? `${host} does not know the model${model === undefined ? "" : ` ${model}`}.`
        : `${host} has nothing at this address${mark}; the base URL may be wrong.`;
    case "context-too-long":
      return `The conversation is too long for ${model ?? "the model"} at ${host}.`;
    case "refused":
      return `${host} refused to answer this.`;
    case "proxy":
      return `A proxy before ${host} wants a name and password.`;
    case "bad-request":
      return `${host} does not accept the request${mark}.`;
    default:
      return `${host} reported an error${status !== undefined && status >= 400 ? mark : ""}.`;
  }
}
