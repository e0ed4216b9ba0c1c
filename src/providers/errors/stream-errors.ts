/** Errors that no server reports: a stream that ends too soon, cannot be read, or speaks another protocol. */
import { defined } from "../../core/defined.ts";
import { AssistantError, type ErrorDetails } from "../../core/errors.ts";
import { type LimitName, limits } from "../../core/limits.ts";
import { type ErrorContext, reportedError } from "./errors.ts";

/** The stream ended after some output, without its protocol's end. */
export function brokenOff(context: ErrorContext): AssistantError {
  const message = `The answer of ${context.host} was cut off before its end.`;
  return new AssistantError("incomplete", message, details(context, { reason: "connection-lost", retryable: true }));
}

/** All that came may be all there was: nothing but the connection ended, as it also does when it breaks. */
export function unprovenEnd(context: ErrorContext): AssistantError {
  const message = `${context.host} closed the connection without saying that the answer is whole.`;
  return new AssistantError("incomplete", message, details(context, { reason: "connection-lost", retryable: true }));
}

/**
 * The stream ended without any text or call. `head` is how the body began: some servers put a plain sentence there.
 * `atLimit`: thinking took all tokens that the answer may have, so that the same request would end the same way.
 */
export function emptyAnswer(context: ErrorContext, head: string, atLimit = false): AssistantError {
  const plain = head
    .split(/\r\n|\r|\n/)
    .filter((line) => !/^(:|data\b|event\b|id\b|retry\b|\s*[{[])/.test(line))
    .join("\n");
  const said = plain.trim() === "" ? undefined : reportedError(plain, context).details.providerMessage;
  const message = atLimit
    ? `${context.host} reached its limit of output tokens before it wrote an answer.`
    : `${context.host} ended the answer before it began.${said === undefined ? "" : ` It says: ${said}`}`;
  return new AssistantError("incomplete", message, {
    ...details(context, { reason: "empty-response", retryable: !atLimit }),
    ...(atLimit ? { atLimit } : {}),
    ...defined({ providerMessage: said }),
  });
}

/** What came is no data of any kind. */
export function unreadable(context: ErrorContext): AssistantError {
  const message = `${context.host} sends data that cannot be read.`;
  return new AssistantError("malformed", message, details(context, { retryable: true }));
}

/** What came is data, but not of this protocol. */
export function otherProtocol(context: ErrorContext, protocol: string): AssistantError {
  const message = `${context.host} answers, but not in the protocol ${protocol}; the base URL or the protocol may be wrong.`;
  return new AssistantError("malformed", message, details(context, { retryable: false }));
}

/** More came than Runnel reads: an answer that goes on and on is `too-large`, a single piece of that size `malformed`. */
export function tooLarge(
  context: Pick<ErrorContext, "host" | "provider" | "model">,
  limit: LimitName,
  kind: "too-large" | "malformed" = "too-large",
): AssistantError {
  const message = `${context.host} sends more than Runnel reads (${limit}: ${limits[limit]}).`;
  return new AssistantError(kind, message, details(context, { reason: "too-large", limit, retryable: false }));
}

function details(context: ErrorContext, more: ErrorDetails): ErrorDetails {
  const { host, provider, model, requestId } = context;
  return {
    host,
    ...defined({ provider, model, requestId }),
    ...more,
  };
}
