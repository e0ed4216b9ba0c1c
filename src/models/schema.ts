/** The kit that settings are described with: valibot schemas whose messages are codes, and what people write made uniform. */
import * as v from "valibot";
import { isObject } from "../core/stored.ts";
import type { ConfigProblem } from "./config-problem.ts";

/** A problem without its place, which the schema's issue knows. */
type Code = { [Problem in ConfigProblem as Problem["code"]]: Omit<Problem, "field" | "name"> }[ConfigProblem["code"]];

/** A problem as valibot's message, from which `problemsOf` reads it again. */
export function message(code: Code): string {
  return JSON.stringify(code);
}

/** Words of others made fit for a sentence. */
function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

const namesVariable = (text: string): boolean => /\$\{env:/i.test(text);

export const string = v.pipe(
  v.string(message({ code: "text" })),
  v.check((text) => !namesVariable(text), message({ code: "no-variable" })),
);

export const flag = v.boolean(message({ code: "boolean" }));

export function number(minimum: number, maximum = Number.MAX_SAFE_INTEGER) {
  const problem = message({ code: "number", minimum, ...(maximum === Number.MAX_SAFE_INTEGER ? {} : { maximum }) });
  return v.pipe(v.number(problem), v.minValue(minimum, problem), v.maxValue(maximum, problem));
}

export function wholeNumber(minimum: number, maximum = Number.MAX_SAFE_INTEGER) {
  const whole = message({ code: "whole-number", minimum, maximum });
  return v.pipe(number(minimum, maximum), v.integer(whole));
}

/** One of these words. */
export function choice<const Choices extends readonly string[]>(choices: Choices) {
  return v.picklist(choices, ({ input }) => {
    if (typeof input !== "string") return message({ code: "text" });
    return message(namesVariable(input) ? { code: "no-variable" } : { code: "choice", value: short(input), choices });
  });
}

/** For those who describe a schema: what the value that was found to be an object must be like, and what it may be besides. */
export const inside = new WeakMap<object, { schema: v.GenericSchema; orString: boolean }>();

/** First no list, which valibot takes for an object, then `schema`. */
function fields<const Schema extends v.GenericSchema<Record<string, unknown>, unknown>>(
  schema: Schema,
  example: string,
  orString = false,
) {
  const isFields = v.custom<v.InferInput<Schema>>(isObject, message({ code: "object", example }));
  inside.set(isFields, { schema, orString });
  return v.pipe(isFields, schema);
}

/** `example` is one that would do, as a person would write it. `orString`: there is a short way to write it. */
export function object<const Entries extends v.ObjectEntries>(entries: Entries, example: string, orString = false) {
  // The only thing that valibot finds wrong with the object itself: what it expects is then the field that is missing.
  return fields(v.object(entries, message({ code: "missing" })), example, orString);
}

export function list<const Element extends v.GenericSchema>(element: Element) {
  return v.array(element, message({ code: "list" }));
}

/** HTTP's names of headers (RFC 9110, 5.1) and what their values may hold (5.5). */
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/** `forbidden`: names that may not be set. `isValue`: what a value must be besides, else the problem is `otherwise`. */
export function headers(
  forbidden: RegExp,
  isValue: (text: string) => boolean,
  otherwise: "header-variable" | "header-plain",
) {
  const name = v.pipe(
    v.string(),
    v.regex(headerName, message({ code: "header-name" })),
    v.check((written) => !forbidden.test(written), message({ code: "header-own" })),
  );
  const value = v.pipe(
    v.string(message({ code: "header-value" })),
    v.regex(headerValue, message({ code: "header-value" })),
    v.check(isValue, message({ code: otherwise })),
  );
  return fields(v.record(name, value), '{ "x-team": "blue" }');
}

export function lowerCaseNames(written: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(written).map(([name, value]) => [name.toLowerCase(), value.trim()]));
}

/** How deep settings nest. */
const deepest = 5;

/**
 * What a person wrote, made uniform: own properties only, strings without the white space around them, and null and ""
 * are as good as absent. `headers` stay as they are, because an empty one is one.
 */
export function written(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return value.trim();
  if (typeof value !== "object" || value === null || depth > deepest) return value;
  if (Array.isArray(value)) return value.map((element) => written(element, depth + 1));
  const fields = Object.entries(value).map(([name, field]) => [
    name,
    name === "headers" ? field : written(field, depth + 1),
  ]);
  return Object.fromEntries(fields.filter(([, field]) => field !== undefined && field !== null && field !== ""));
}

type Issue = Pick<v.BaseIssue<unknown>, "message" | "path">;

/** No value of a field is kept, which may be a secret, but those of choices. */
export function problemsOf(issues: readonly Issue[]): ConfigProblem[] {
  return issues.map(({ message: code, path = [] }) => {
    const names = path.map(nameOf);
    const isHeader = names.length === 2 && names[0] === "headers";
    const place = isHeader ? { field: "headers", name: short(names[1]!) } : { field: fieldOf(names) };
    return { ...place, ...JSON.parse(code) } as ConfigProblem;
  });
}

/** An element of a list goes by its id. */
function nameOf({ key, value }: { key?: unknown; value?: unknown }): string {
  if (typeof key !== "number") return String(key);
  const id: unknown = typeof value === "object" && value !== null && "id" in value ? value.id : undefined;
  return typeof id === "string" && id !== "" ? short(id) : "[]";
}

function fieldOf(names: readonly string[]): string {
  return names.join(".").replaceAll(".[]", "[]");
}
