/** Arguments of tool calls that come whole: as an object, as JSON text, or not at all. */
import { isParsable } from "../../core/json-shape.ts";
import { limits } from "../../core/limits.ts";
import { TooLarge } from "../../stream/too-large.ts";
import { isObject } from "./json.ts";

/** Their JSON; `{}` where there are none. A text that is no JSON stays as it is. */
export function argumentsText(value: unknown): string {
  if (typeof value === "string") return value.trim() === "" ? "{}" : value;
  return value === null || value === undefined ? "{}" : argumentsJson(value);
}

/** The JSON of arguments that came as a value. Throws `TooLarge` before it writes more than `limits` allow. */
export function argumentsJson(value: unknown): string {
  if (weight(value) > limits.toolArguments) throw new TooLarge("toolArguments");
  return JSON.stringify(value);
}

/** Characters of JSON at least. */
function weight(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 1;
  let sum = 1;
  for (const name of Object.keys(value)) {
    sum += name.length + weight((value as Record<string, unknown>)[name]);
    if (sum > limits.toolArguments) break;
  }
  return sum;
}

export function isJsonObject(source: string): boolean {
  if (!isParsable(source)) return false;
  try {
    return isObject(JSON.parse(source));
  } catch {
    return false;
  }
}
