/** The limits of time that a request has, and the errors of those that ran out. */
import { AssistantError } from "../../core/errors.ts";

export type TimeoutKind = "connect-timeout" | "first-token-timeout" | "idle-timeout";

/** What the timer waits for, how long, and whether that is the chance of a connection after the machine slept. */
export interface Limit {
  kind: TimeoutKind;
  seconds: number;
  slept: boolean;
}

export function timeoutError({ kind, seconds, slept }: Limit, host: string, proxy: string | undefined): AssistantError {
  const message = {
    "connect-timeout": `No connection to ${host}${proxy ? ` through the proxy ${proxy}` : ""} within ${seconds} s.`,
    "first-token-timeout": `${host} sent nothing within ${seconds} s.`,
    "idle-timeout": `${host} stopped sending for ${seconds} s.`,
  }[kind];
  return new AssistantError(kind, slept ? `The machine was asleep. ${message}` : message, {
    host,
    seconds,
    // Who was silent for so long may still be working on it and charge for it: the person decides whether to ask twice.
    retryable: kind === "connect-timeout" || slept,
    ...(slept ? { reason: "slept" } : {}),
    ...(kind === "connect-timeout" && proxy ? { proxy } : {}),
  });
}
