/** Reads the `websocket` field of a provider entry, and makes sure that a key never leaves the host it was entered for. */

import { isWebSocket, normalizeBaseUrl } from "../providers/provider/base-url.ts";
import type { WebSocketSettings } from "../providers/provider/provider.ts";
import { isObject, readText, short } from "./config-fields.ts";
import type { ConfigProblem } from "./config-problem.ts";

const auths = ["header", "query", "frame"] as const;
const ends = ["auto", "done", "finish-reason", "close"] as const;

/** `baseUrl` is the WebSocket's, normalized, or empty when it is none. */
export function readWebSocket(
  value: unknown,
  baseUrl: string,
  problems: ConfigProblem[],
): WebSocketSettings | undefined {
  const fields = value ?? {};
  if (!isObject(fields)) {
    problems.push({ code: "object", field: "websocket", example: '{ "auth": "header", "end": "auto" }' });
    return undefined;
  }
  const queryName = readText(fields, "queryName", problems) ?? "token";
  if (!/^[A-Za-z0-9._~-]{1,64}$/.test(queryName)) {
    problems.push({ code: "characters", field: "websocket.queryName" });
  }
  const auth = readChoice(fields, "auth", auths, problems);
  const end = readChoice(fields, "end", ends, problems);
  if (baseUrl === "" || !isWebSocket(new URL(baseUrl))) return undefined;
  const address = readText(fields, "fallbackBaseUrl", problems);
  const fallbackBaseUrl = address === undefined ? besides(baseUrl) : readFallback(address, baseUrl, problems);
  return { auth, queryName, end, fallbackBaseUrl };
}

/** One of `choices`, the first of which is the default. */
function readChoice<Choice extends string>(
  fields: Record<string, unknown>,
  name: string,
  choices: readonly [Choice, ...Choice[]],
  problems: ConfigProblem[],
): Choice {
  const text = readText(fields, name, problems) ?? choices[0];
  const choice = choices.find((each) => each === text);
  if (choice === undefined) {
    problems.push({ code: "choice", field: `websocket.${name}`, value: short(text), choices });
  }
  return choice ?? choices[0];
}

/** The HTTP base beside a WebSocket's address: wss://host/v1/stream lies below https://host/v1. */
function besides(baseUrl: string): string {
  const url = new URL(baseUrl.replace(/^ws/, "http"));
  return `${url.origin}${url.pathname.replace(/\/[^/]*$/, "")}`;
}

/** The key was entered for the WebSocket's host and goes nowhere else, and never less protected. */
function readFallback(address: string, baseUrl: string, problems: ConfigProblem[]): string {
  const normalized = normalizeBaseUrl(address);
  if (!normalized.ok) {
    problems.push({ code: "address", field: "websocket.fallbackBaseUrl", problem: normalized.problem });
    return "";
  }
  const own = new URL(baseUrl.replace(/^ws/, "http"));
  const { protocol, host } = new URL(normalized.baseUrl);
  if (host !== own.host) {
    problems.push({ code: "other-host", field: "websocket.fallbackBaseUrl", host: own.host });
  } else if (protocol !== own.protocol) {
    problems.push({
      code: "scheme",
      field: "websocket.fallbackBaseUrl",
      scheme: own.protocol,
      protocol: "websocket",
    });
  }
  return normalized.baseUrl;
}
