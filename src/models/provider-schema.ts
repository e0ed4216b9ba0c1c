/** What one entry of `runnel.providers` may hold. The part of `package.json` about it is generated from this. */
import { isAbsolute } from "node:path";
import * as v from "valibot";
import { MOST_TOKENS, mostIn } from "../core/foreign-number.ts";
import { supportedProtocols } from "../providers/create.ts";
import { variablesIn } from "../providers/provider/header-variables.ts";
import { readProxy } from "../stream/transport/proxy.ts";
import { listPresets } from "./catalog.ts";
import { choice, flag, headers, list, message, number, object, string, wholeNumber } from "./schema.ts";

/** Keys belong in SecretStorage, and the others are the transport's own business. */
const forbiddenHeaders =
  /^(authorization|proxy-authorization|x-api-key|api-key|x-goog-api-key|cookie|host|connection|content-length|content-type|transfer-encoding|accept-encoding|upgrade|te|trailer|expect|keep-alive)$/i;

/** Seconds. Timers of Node hold at most 2^31 milliseconds, about 24 days. */
const seconds = number(0, 86_400);

const amount = number(0);

/** Of a million tokens. */
const price = v.pipe(
  object(
    {
      input: amount,
      output: amount,
      cacheRead: v.exactOptional(amount),
      cacheWrite: v.exactOptional(amount),
      cacheWriteHour: v.exactOptional(amount),
      currency: v.optional(
        v.pipe(string, v.toUpperCase(), v.regex(/^[A-Z]{3}$/, message({ code: "currency" }))),
        "USD",
      ),
    },
    '{ "input": 2, "output": 8, "currency": "USD" }',
  ),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { currency, ...amounts } = dataset.value;
    const maximum = mostIn(currency);
    for (const [key, value] of Object.entries(amounts)) {
      if (value === undefined || value <= maximum) continue;
      const path = [{ type: "object", origin: "value", input: dataset.value, key, value }] as const;
      addIssue({ message: message({ code: "number", minimum: 0, maximum }), path: [...path] });
    }
  }),
);

const model = object(
  {
    id: string,
    name: v.exactOptional(string),
    contextWindow: v.exactOptional(wholeNumber(1, MOST_TOKENS)),
    maxOutputTokens: v.exactOptional(wholeNumber(1, MOST_TOKENS)),
    price: v.exactOptional(price),
  },
  '{ "id": "deepseek-chat" }',
  true,
);

const socket = object(
  {
    auth: v.optional(choice(["header", "query", "frame"]), "header"),
    queryName: v.optional(v.pipe(string, v.regex(/^[A-Za-z0-9._~-]{1,64}$/, message({ code: "characters" }))), "token"),
    end: v.optional(choice(["auto", "done", "finish-reason", "close"]), "auto"),
    fallbackBaseUrl: v.exactOptional(string),
  },
  '{ "auth": "header", "end": "auto" }',
);

const timeouts = object(
  {
    connect: v.optional(seconds, 30),
    firstToken: v.optional(seconds, 600),
    idle: v.optional(seconds, 120),
  },
  '{ "connect": 30, "firstToken": 600, "idle": 120 }',
);

const rateLimit = object(
  {
    requestsPerMinute: v.exactOptional(number(1)),
    concurrent: v.exactOptional(number(1)),
    wait: v.exactOptional(seconds),
  },
  '{ "requestsPerMinute": 60, "concurrent": 10 }',
);

/** As `written` makes it. Without an id it goes by that of its preset. */
export const providerSchema = object(
  {
    id: v.exactOptional(v.pipe(string, v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, message({ code: "characters" })))),
    preset: v.exactOptional(choice(listPresets().map(({ id }) => id))),
    name: v.exactOptional(string),
    protocol: v.exactOptional(choice(supportedProtocols())),
    baseUrl: v.exactOptional(string),
    needsKey: v.exactOptional(flag),
    apiKeyEnv: v.exactOptional(v.pipe(string, v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, message({ code: "variable" })))),
    headers: v.optional(
      headers(forbiddenHeaders, (value) => variablesIn(value) !== undefined, "header-variable"),
      {},
    ),
    proxy: v.exactOptional(v.pipe(string, v.check(isProxy, message({ code: "proxy" })))),
    ca: v.exactOptional(v.pipe(string, v.check(isAbsolute, message({ code: "path" })))),
    models: v.exactOptional(list(model)),
    timeouts: v.optional(timeouts, {}),
    rateLimit: v.exactOptional(rateLimit),
    websocket: v.exactOptional(socket),
    background: v.optional(flag, false),
  },
  '{ "preset": "deepseek" }',
);

export type WrittenProvider = v.InferOutput<typeof providerSchema>;

/** What holds where an entry says nothing about its WebSocket. */
export const defaultSocket = v.parse(socket, {});

function isProxy(address: string): boolean {
  try {
    return address === "none" || readProxy(address) !== undefined;
  } catch {
    return false;
  }
}
