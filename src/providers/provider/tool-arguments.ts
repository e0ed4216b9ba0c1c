/** Arguments of tool calls that come whole: as an object, as JSON text, or not at all. */
import { isParsable } from "../../core/json-shape.ts";
import { isObject } from "./json.ts";

/** Their JSON; `{}` where there are none. A text that is no JSON stays as it is. */
export function argumentsText(value: unknown): string {
  if (typeof value === "string") return value.trim() === "" ? "{}" : value;
  return value === null || value === undefined ? "{}" : JSON.stringify(value);
}

export function isJsonObject(source: string): boolean {
  if (!isParsable(source)) return false;
  try {
    return isObject(JSON.parse(source));
  } catch {
    return false;
  }
}
