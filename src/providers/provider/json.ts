/** Small readers for JSON that others wrote, where any field may be missing or of another type. */
import { isParsable, withoutNaN } from "../../core/json-shape.ts";

export type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text that is not empty. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A small whole number, also as text; anything else counts as absent. */
export function readIndex(value: unknown): number | undefined {
  const index = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof index === "number" && Number.isInteger(index) && index >= 0 && index < 1e6 ? index : undefined;
}

/**
 * The value, or undefined when the text is no JSON, or nests or holds more than `limits` allow. NaN and Infinity, which
 * Python writes, read as null.
 */
export function parseJson(source: string): unknown {
  if (!isParsable(source)) return undefined;
  try {
    return JSON.parse(source);
  } catch {
    if (!/NaN|Infinity/.test(source)) return undefined;
  }
  try {
    return JSON.parse(withoutNaN(source));
  } catch {
    return undefined;
  }
}
