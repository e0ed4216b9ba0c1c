/** JSON Schema to the part of it that Gemini's older `parameters` field takes, on its own protocol and on OpenAI's. */
import { limits } from "../../core/limits.ts";
import { isObject, type Json } from "./json.ts";
import { flatToolSchema, resolved } from "./tool-schema.ts";

const kept = new Set(
  "type format title description nullable enum items maxItems minItems properties required propertyOrdering anyOf minimum maximum minLength maxLength pattern".split(
    " ",
  ),
);

/** The only formats of a string that are not refused. */
const formats = new Set(["enum", "date-time"]);

interface Expansion {
  root: Json;
  made: number;
}

export function simpleSchema(parameters: Json): Json {
  const root = flatToolSchema(parameters);
  return simple(root, { root, made: 0 }, new Set());
}

/** `inside`: the references that led here. This dialect cannot say one that goes round, so it ends as any object. */
function simple(referring: Json, expansion: Expansion, inside: ReadonlySet<unknown>): Json {
  if (inside.has(referring.$ref) || ++expansion.made > limits.schemas) return { type: "object" };
  const within = referring.$ref === undefined ? inside : new Set([...inside, referring.$ref]);
  const each = (value: unknown): Json => (isObject(value) ? simple(value, expansion, within) : {});
  const made: Json = {};
  for (const [name, value] of Object.entries(resolved(referring, expansion.root))) {
    if (name === "const") made.enum = [value];
    else if ((name === "anyOf" || name === "oneOf") && Array.isArray(value)) made.anyOf = value.map(each);
    else if (name === "properties" && isObject(value)) {
      made.properties = Object.fromEntries(Object.entries(value).map(([key, property]) => [key, each(property)]));
    } else if (name === "items" && isObject(value)) made.items = each(value);
    else if (kept.has(name)) made[name] = value;
  }
  return restricted(typed(made));
}

/** One type a schema, and `null` as a property of its own. */
function typed(made: Json): Json {
  if (!Array.isArray(made.type)) return made;
  const { type, ...rest } = made;
  const types = (type as unknown[]).filter((name) => name !== "null");
  const nullable = types.length < (type as unknown[]).length ? { nullable: true } : {};
  if (types.length === 1) return { ...rest, type: types[0], ...nullable };
  return { ...rest, anyOf: types.map((name) => ({ type: name })), ...nullable };
}

/** Without the values that are refused: enumerations of anything but strings, formats, names nobody defined. */
function restricted(made: Json): Json {
  const { enum: values, format, required, ...rest } = made;
  const properties = isObject(rest.properties) ? rest.properties : {};
  if (rest.type === "array" && Object.keys((rest.items as Json | undefined) ?? {}).length === 0)
    rest.items = { type: "string" };
  const words = Array.isArray(values) ? values.filter((value) => typeof value === "string" && value !== "") : [];
  if (words.length > 0) Object.assign(rest, { type: "string", enum: words });
  if (format !== undefined && (rest.type !== "string" || formats.has(String(format)))) rest.format = format;
  const defined = Array.isArray(required) ? required.filter((name) => Object.hasOwn(properties, String(name))) : [];
  if (defined.length > 0) rest.required = defined;
  return rest;
}
