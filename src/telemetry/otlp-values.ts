/** Values in the JSON of OTLP: whole numbers of 64 bits are texts, and what is unknown is left out. */

/** `double`: a number that stays one of floating point though it may be whole. */
export type Value = string | number | boolean | readonly string[] | { double: number };
export type Values = Record<string, Value | undefined>;

export interface JsonAttribute {
  key: string;
  value: Record<string, unknown>;
}

export function attributesOf(values: Values): JsonAttribute[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: wireValue(value) }],
  );
}

function wireValue(value: Value): Record<string, unknown> {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number") return Number.isSafeInteger(value) ? { intValue: `${value}` } : { doubleValue: value };
  if ("double" in value) return { doubleValue: value.double };
  return { arrayValue: { values: value.map((each) => ({ stringValue: each })) } };
}

/** Nanoseconds since 1970, exact to the microsecond, from milliseconds. */
export function nanoseconds(milliseconds: number): string {
  return `${BigInt(Math.round(milliseconds * 1000)) * 1000n}`;
}
