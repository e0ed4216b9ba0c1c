/** What a server means by closing a WebSocket, as the one error a person meets. */
import { defined } from "../../core/defined.ts";
import { AssistantError } from "../../core/errors.ts";
import { type ErrorContext, reportedError, responseError } from "../errors/errors.ts";
import { brokenOff } from "../errors/stream-errors.ts";

/** Codes that mean what a status of HTTP means; 4401 and its like say one. */
const statuses: { readonly [code: number]: number } = { 1008: 401, 1009: 413, 4001: 401, 4003: 403 };

/** Undefined when the close is no more than the end of what came before. */
export function closeError(code: number, reason: string, context: ErrorContext): AssistantError | undefined {
  if (code >= 4400 && code < 4600) return responseError({ status: code - 4000, headers: {} }, reason, context);
  const implied = statuses[code];
  if (implied !== undefined) return reportedError(reason, context, implied);
  // Words that name a fault go before a code that names none.
  const told = reason.trim() === "" ? undefined : reportedError(reason, context);
  if (told !== undefined && told.kind !== "reported") return told;
  if (code === 1000 || code === 1005) return undefined;
  const { message, details } = brokenOff(context);
  const { providerMessage } = told?.details ?? {};
  const said = providerMessage === undefined ? "" : ` It says: ${providerMessage}`;
  return new AssistantError("incomplete", `${message} (The WebSocket was closed with code ${code}.)${said}`, {
    ...details,
    ...defined({ providerMessage }),
  });
}
