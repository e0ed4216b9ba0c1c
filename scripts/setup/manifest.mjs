// The settings of package.json as they follow from the schemas in src, and from the words of package.nls.json.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { toJsonSchema } from "@valibot/to-json-schema";
import { inside } from "../../src/models/schema.ts";
import { settings } from "../../src/models/settings-schema.ts";
import { openTelemetry } from "../../src/telemetry/settings.ts";
import { root } from "./project.mjs";

/** `contributes.configuration.properties`. */
export function settingProperties() {
  const words = JSON.parse(readFileSync(join(root, "package.nls.json"), "utf8"));
  const all = Object.entries({ ...settings, openTelemetry });
  return Object.fromEntries(all.map(([name, setting]) => [`runnel.${name}`, property(name, setting, words)]));
}

function property(name, { schema, default: value, order, tags, editPresentation }, words) {
  const described = describe(simplified(jsonSchema(schema)), `setting.${name}`, words);
  return { scope: "application", order, ...described, default: value, ...only({ tags, editPresentation }) };
}

function jsonSchema(schema) {
  const { $schema, ...type } = toJsonSchema(schema, { typeMode: "input", errorMode: "ignore", overrideSchema });
  return type;
}

function overrideSchema({ valibotSchema }) {
  const found = inside.get(valibotSchema);
  if (!found) return undefined;
  const object = jsonSchema(found.schema);
  return found.orString ? { anyOf: [{ type: "string" }, object] } : object;
}

/** As VS Code's page of settings understands it best. */
function simplified(schema) {
  if (Array.isArray(schema)) return schema.map(simplified);
  if (typeof schema !== "object" || schema === null) return schema;
  const [first, second] = schema.anyOf ?? [];
  if (second?.type === "null") return { ...simplified(first), type: [first.type, "null"] };
  const plain = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, simplified(value)]));
  if (plain.required?.length === 0) delete plain.required;
  // Else a typing error in a field's name would pass for a field that is not set.
  if (plain.properties) plain.additionalProperties = false;
  if (plain.maximum === Number.MAX_SAFE_INTEGER) delete plain.maximum;
  return plain;
}

/** Adds what package.nls.json has about a schema at `place`, its fields and its choices. */
function describe(schema, place, words) {
  const text = words[place];
  const kind = /[`*[]/.test(text ?? "") ? "markdownDescription" : "description";
  const choices = schema.enum?.map((choice) => `${place}.${choice}`) ?? [];
  const fields = Object.entries(schema.properties ?? {});
  return {
    ...schema,
    ...(text === undefined ? {} : { [kind]: `%${place}%` }),
    ...(choices.length > 0 && choices.every((choice) => choice in words)
      ? { enumDescriptions: choices.map((choice) => `%${choice}%`) }
      : {}),
    ...(`${place}.wrong` in words ? { patternErrorMessage: `%${place}.wrong%` } : {}),
    ...(fields.length > 0
      ? {
          properties: Object.fromEntries(
            fields.map(([name, field]) => [name, describe(field, `${place}.${name}`, words)]),
          ),
        }
      : {}),
    ...(schema.items ? { items: describe(schema.items, place, { ...words, [place]: undefined }) } : {}),
  };
}

function only(fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
