/** What a server says that answers a WebSocket's handshake in HTTP and stays with it, in the words it has for HTTP. */
import { AssistantError } from "../../core/errors.ts";
import type { HttpResponse } from "../../stream/transport/transport.ts";
import { errorIn } from "../errors/error-signs.ts";
import {
  type ErrorContext,
  htmlTitle,
  pageError,
  reportedError,
  requestIdOf,
  responseError,
} from "../errors/errors.ts";
import { otherProtocol } from "../errors/stream-errors.ts";
import { isObject, parseJson } from "../provider/json.ts";

export function handshakeError(response: HttpResponse, body: string, context: ErrorContext): AssistantError {
  const { status, headers } = response;
  if (status >= 300) {
    const error = responseError(response, body, context);
    // No question was sent yet, so it is the change of protocol that is not accepted, by the server or one before it.
    if (error.kind !== "bad-request") return error;
    return new AssistantError(error.kind, error.message, { ...error.details, reason: "no-upgrade" });
  }
  const inside = { ...context, requestId: requestIdOf(headers, context.redactor) };
  if (htmlTitle(body) !== undefined) return pageError(status, body, inside);
  const value = parseJson(body);
  const error = isObject(value) ? errorIn(value) : undefined;
  return error ? reportedError(error, inside) : otherProtocol(inside, "websocket");
}
