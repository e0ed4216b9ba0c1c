/** Reads single fields of a provider entry from settings: the value, or what is wrong with it. */

import { isAbsolute } from "node:path";
import { defined } from "../core/defined.ts";
import { MOST_TOKENS, mostIn } from "../core/foreign-number.ts";
import type { Price } from "../core/usage.ts";
import { variablesIn } from "../providers/provider/header-variables.ts";
import type { ModelConfig, RateLimit, Timeouts } from "../providers/provider/provider.ts";
import { readProxy } from "../stream/transport/proxy.ts";
import type { OwnNetwork } from "../stream/transport/route.ts";
import type { ConfigProblem } from "./config-problem.ts";

const defaultTimeouts: Timeouts = { connect: 30, firstToken: 600, idle: 120 };

/** Keys belong in SecretStorage, and the others are the transport's own business. */
const forbiddenHeaders =
  /^(authorization|proxy-authorization|x-api-key|api-key|x-goog-api-key|cookie|host|connection|content-length|content-type|transfer-encoding|accept-encoding|upgrade|te|trailer|expect|keep-alive)$/i;
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;

type Fields = Record<string, unknown>;

export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A foreign text made fit for a sentence. */
export function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** Text without surrounding white space; empty counts as absent. */
export function readText(fields: Fields, name: string, problems: ConfigProblem[]): string | undefined {
  const value = own(fields, name);
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string" && /\$\{env:/i.test(value)) problems.push({ code: "no-variable", field: name });
  else if (typeof value === "string") return value.trim() === "" ? undefined : value.trim();
  else problems.push({ code: "text", field: name });
  return undefined;
}

export function readBoolean(fields: Fields, name: string, problems: ConfigProblem[]): boolean | undefined {
  const value = own(fields, name);
  if (value === undefined || typeof value === "boolean") return value;
  problems.push({ code: "boolean", field: name });
  return undefined;
}

export function readHeaders(value: unknown, problems: ConfigProblem[]): Record<string, string> {
  const headers: Record<string, string> = {};
  if (value === undefined || value === null) return headers;
  if (!isObject(value)) {
    problems.push({ code: "object", field: "headers", example: '{ "x-team": "blue" }' });
    return headers;
  }
  for (const [name, text] of Object.entries(value)) {
    if (!headerName.test(name)) problems.push({ code: "header-name", name: short(name) });
    else if (forbiddenHeaders.test(name)) {
      problems.push({ code: "header-own", name });
    } else if (typeof text !== "string" || !headerValue.test(text)) {
      problems.push({ code: "header-value", name });
    } else if (variablesIn(text) === undefined) {
      problems.push({ code: "header-variable", name });
    } else headers[name.toLowerCase()] = text.trim();
  }
  return headers;
}

/** The way to the server, where it is another than the editor's settings say. */
export function readNetwork(fields: Fields, problems: ConfigProblem[]): OwnNetwork {
  const proxy = readText(fields, "proxy", problems);
  const ca = readText(fields, "ca", problems);
  if (proxy !== undefined && proxy !== "none" && !isProxy(proxy)) {
    // It may hold a password, so it is not repeated.
    problems.push({ code: "proxy", field: "proxy" });
  }
  if (ca !== undefined && !isAbsolute(ca)) problems.push({ code: "path", field: "ca" });
  return { ...defined({ proxy, ca }) };
}

function isProxy(address: string): boolean {
  try {
    readProxy(address);
    return true;
  } catch {
    return false;
  }
}

export function readTimeouts(value: unknown, problems: ConfigProblem[]): Timeouts {
  const timeouts = { ...defaultTimeouts };
  if (value === undefined || value === null) return timeouts;
  if (!isObject(value)) {
    problems.push({ code: "object", field: "timeouts", example: '{ "connect": 30, "firstToken": 600, "idle": 120 }' });
    return timeouts;
  }
  for (const name of ["connect", "firstToken", "idle"] as const) {
    // Timers of Node hold at most 2^31 milliseconds, about 24 days.
    timeouts[name] = readNumber(value, name, "timeouts", problems, 0, 86_400) ?? timeouts[name];
  }
  return timeouts;
}

export function readRateLimit(value: unknown, problems: ConfigProblem[]): RateLimit | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) {
    problems.push({ code: "object", field: "rateLimit", example: '{ "requestsPerMinute": 60, "concurrent": 10 }' });
    return undefined;
  }
  const requestsPerMinute = readNumber(value, "requestsPerMinute", "rateLimit", problems, 1);
  const concurrent = readNumber(value, "concurrent", "rateLimit", problems, 1);
  const wait = readNumber(value, "wait", "rateLimit", problems, 0, 86_400);
  return {
    ...defined({ requestsPerMinute, concurrent, wait }),
  };
}

/** undefined = not given, so the preset's models stand. */
export function readModels(value: unknown, problems: ConfigProblem[]): ModelConfig[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) {
    problems.push({ code: "list", field: "models" });
    return undefined;
  }
  const models: ModelConfig[] = [];
  for (const entry of value) {
    const model = readModel(typeof entry === "string" ? { id: entry } : entry, problems);
    if (model && !models.some(({ id }) => id === model.id)) models.push(model);
  }
  return models;
}

function readModel(entry: unknown, problems: ConfigProblem[]): ModelConfig | undefined {
  if (!isObject(entry)) {
    problems.push({ code: "object", field: "models[]", example: '{ "id": "deepseek-chat" }' });
    return undefined;
  }
  const id = readText(entry, "id", problems);
  if (id === undefined) {
    problems.push({ code: "missing", field: "models[].id" });
    return undefined;
  }
  const where = `models.${short(id)}`;
  const model: ModelConfig = { id };
  const name = readText(entry, "name", problems);
  if (name !== undefined) model.name = name;
  const contextWindow = readTokens(entry, "contextWindow", where, problems);
  if (contextWindow !== undefined) model.contextWindow = contextWindow;
  const maxOutputTokens = readTokens(entry, "maxOutputTokens", where, problems);
  if (maxOutputTokens !== undefined) model.maxOutputTokens = maxOutputTokens;
  const price = readPrice(own(entry, "price"), where, problems);
  if (price) model.price = price;
  return model;
}

function readPrice(value: unknown, where: string, problems: ConfigProblem[]): Price | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) {
    problems.push({
      code: "object",
      field: `${where}.price`,
      example: '{ "input": 2, "output": 8, "currency": "USD" }',
    });
    return undefined;
  }
  const currency = (readText(value, "currency", problems) ?? "USD").toUpperCase();
  if (!/^[A-Z]{3}$/.test(currency)) problems.push({ code: "currency", field: `${where}.price.currency` });
  const most = mostIn(currency);
  const input = readNumber(value, "input", `${where}.price`, problems, 0, most);
  const output = readNumber(value, "output", `${where}.price`, problems, 0, most);
  for (const name of ["input", "output"]) {
    if ((own(value, name) ?? undefined) === undefined)
      problems.push({ code: "missing", field: `${where}.price.${name}` });
  }
  if (input === undefined || output === undefined) return undefined;
  const price: Price = { input, output, currency };
  for (const name of ["cacheRead", "cacheWrite", "cacheWriteHour"] as const) {
    const amount = readNumber(value, name, `${where}.price`, problems, 0, most);
    if (amount !== undefined) price[name] = amount;
  }
  return price;
}

function readTokens(fields: Fields, name: string, where: string, problems: ConfigProblem[]): number | undefined {
  const value = own(fields, name);
  if (typeof value !== "number" || Number.isInteger(value))
    return readNumber(fields, name, where, problems, 1, MOST_TOKENS);
  problems.push({ code: "whole-number", field: `${where}.${name}`, minimum: 1, maximum: MOST_TOKENS });
  return undefined;
}

function readNumber(
  fields: Fields,
  name: string,
  where: string,
  problems: ConfigProblem[],
  minimum: number,
  maximum = Number.MAX_SAFE_INTEGER,
): number | undefined {
  const value = own(fields, name);
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && value >= minimum && value <= maximum) return value;
  const field = `${where}.${name}`;
  problems.push({ code: "number", field, minimum, ...(maximum === Number.MAX_SAFE_INTEGER ? {} : { maximum }) });
  return undefined;
}

/** Own properties only, so that a field named after one of Object's own is absent and not a function. */
export function own(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}
