/** JSON Schema to the part of it that Gemini's older `parameters` field takes. */
import { isObject, type Json } from "../json.ts";

const kept = new Set(
  "type format title description nullable enum items maxItems minItems properties required propertyOrdering anyOf minimum maximum minLength maxLength pattern".split(
    " ",
  ),
);

export function simpleSchema(schema: Json): Json {
  const simple: Json = {};
  for (const [name, value] of Object.entries(schema)) {
    if (name === "const") simple.enum = [value];
    else if (name === "oneOf" && Array.isArray(value)) simple.anyOf = value.filter(isObject).map(simpleSchema);
    else if (name === "type" && Array.isArray(value)) {
      simple.type = value.find((type) => type !== "null");
      if (value.includes("null")) simple.nullable = true;
    } else if (name === "properties" && isObject(value)) {
      const properties = Object.entries(value).map(([key, each]) => [key, isObject(each) ? simpleSchema(each) : each]);
      simple.properties = Object.fromEntries(properties);
    } else if (name === "items" && isObject(value)) simple.items = simpleSchema(value);
    else if (name === "anyOf" && Array.isArray(value)) simple.anyOf = value.filter(isObject).map(simpleSchema);
    else if (kept.has(name)) simple[name] = value;
  }
  return simple;
}
