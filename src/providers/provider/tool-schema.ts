/** JSON Schema of a tool's parameters, completed without a change of meaning to what strict servers accept. */
import { isObject, type Json } from "./json.ts";

const maps = new Set(["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"]);
const lists = new Set(["anyOf", "oneOf", "allOf", "prefixItems"]);
const single = new Set(["items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames"]);
const unions = ["anyOf", "oneOf", "allOf"] as const;

/** Deeper than any schema a person writes; guards against references that go round. */
const deepest = 32;

/**
 * An object with `properties` at the top and wherever a schema is one; arrays have `items`. OpenAI and LM Studio refuse
 * the shorter forms, which generators of MCP servers write, with or without `null` in place of what they leave out.
 */
export function toolSchema(parameters: unknown): Json {
  const schema = isObject(parameters) ? resolved(parameters, parameters) : {};
  const { type: _, ...rest } = completed(schema, 0);
  return { type: "object", ...rest, properties: isObject(rest.properties) ? rest.properties : {} };
}

/**
 * The same with its alternatives laid into one list of properties, which is wider than what was meant: for servers that
 * refuse `anyOf` and its like at the top.
 */
export function flatToolSchema(parameters: unknown): Json {
  const schema = toolSchema(parameters);
  if (!unions.some((name) => name in schema) && !("enum" in schema) && !("not" in schema)) return schema;
  const { anyOf, oneOf, allOf, enum: _, not: __, properties, required, ...rest } = schema;
  const merged: Json = { ...(properties as Json) };
  const needed = new Set(namesIn(required));
  for (const [branches, all] of [
    [anyOf, false],
    [oneOf, false],
    [allOf, true],
  ] as const) {
    if (!Array.isArray(branches)) continue;
    const flat = branches.filter(isObject).map((branch) => flatToolSchema({ ...resolved(branch, schema) }));
    for (const branch of flat) addProperties(merged, branch.properties as Json);
    const inBranches = flat.map((branch) => namesIn(branch.required));
    for (const name of inBranches.flat()) {
      if (all || inBranches.every((names) => names.includes(name))) needed.add(name);
    }
  }
  return { ...rest, properties: merged, ...(needed.size === 0 ? {} : { required: [...needed] }) };
}

/** The schema that `$ref` names inside `root`, with what stands beside the reference; the schema itself without one. */
export function resolved(schema: Json, root: Json): Json {
  let found = schema;
  for (let depth = 0; depth < deepest && typeof found.$ref === "string"; depth++) {
    const { $ref, ...beside } = found;
    const target = targetOf($ref as string, root);
    if (target === undefined) return beside;
    found = { ...target, ...beside };
  }
  const { $ref: _, ...whole } = found;
  return whole;
}

/** A reference inside the same document; undefined when it leads elsewhere, or to the document itself. */
function targetOf(reference: string, root: Json): Json | undefined {
  if (!reference.startsWith("#/")) return undefined;
  let found: unknown = root;
  for (const step of reference.slice(2).split("/")) {
    const name = decoded(step).replaceAll("~1", "/").replaceAll("~0", "~");
    found = isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined;
  }
  return isObject(found) ? found : undefined;
}

/** A step that is percent-encoded wrongly is taken as it is written. */
function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

function completed(schema: Json, depth: number): Json {
  if (depth > deepest) return schema;
  const complete = (value: unknown): Json => (isObject(value) ? completed(value, depth + 1) : {});
  const whole: Json = {};
  for (const [name, value] of Object.entries(schema)) {
    if (value === null && name !== "default" && name !== "const") continue;
    if (maps.has(name) && isObject(value)) {
      whole[name] = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, complete(each)]));
    } else if (lists.has(name) && Array.isArray(value)) whole[name] = value.map(complete);
    else if (single.has(name) && isObject(value)) whole[name] = complete(value);
    else whole[name] = value;
  }
  if (isOf("object", whole.type) && !isObject(whole.properties)) whole.properties = {};
  if (isOf("array", whole.type) && whole.items === undefined && whole.prefixItems === undefined) whole.items = {};
  return whole;
}

function isOf(name: string, type: unknown): boolean {
  return type === name || (Array.isArray(type) && type.includes(name));
}

function addProperties(merged: Json, properties: Json): void {
  for (const [name, schema] of Object.entries(properties)) {
    const known = merged[name];
    if (known === undefined) merged[name] = schema;
    else if (JSON.stringify(known) !== JSON.stringify(schema)) merged[name] = { anyOf: [known, schema] };
  }
}

function namesIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === "string") : [];
}
