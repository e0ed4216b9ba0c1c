/** Parameters of tools as strict servers accept them, without a change of what they allow. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { ChatRequest } from "../../../src/core/message.ts";
import { encodeRequest as encodeMessages } from "../../../src/providers/anthropic/encode.ts";
import { encodeRequest as encodeChat } from "../../../src/providers/openai-chat/encode.ts";
import { isObject, type Json } from "../../../src/providers/provider/json.ts";
import { simpleSchema } from "../../../src/providers/provider/simple-schema.ts";
import { flatToolSchema, toolSchema } from "../../../src/providers/provider/tool-schema.ts";
import { configure } from "../../support/run.ts";

const empty = { type: "object", properties: {} };

describe("parameters of a tool", () => {
  const table: [what: string, given: unknown, expected: Json][] = [
    ["an object without properties", { type: "object" }, empty],
    ["nothing at all", {}, empty],
    ["a reference that is encoded wrongly", { $ref: "#/$defs/50%", $defs: { "50%": { type: "object" } } }, empty],
    ["null", null, empty],
    ["no type", { properties: { a: { type: "string" } } }, { type: "object", properties: { a: { type: "string" } } }],
    ["null in place of what is left out", { type: "object", properties: null, required: null }, empty],
    [
      "objects and arrays inside",
      {
        type: "object",
        properties: {
          a: { type: "object" },
          b: { type: "array" },
          c: { type: ["object", "null"] },
          d: true,
          e: { type: "array", items: { type: "object" } },
          f: { anyOf: [{ type: "object" }, { type: "null" }] },
          g: { type: "object", additionalProperties: { type: "array" } },
        },
      },
      {
        type: "object",
        properties: {
          a: empty,
          b: { type: "array", items: {} },
          c: { type: ["object", "null"], properties: {} },
          d: {},
          e: { type: "array", items: empty },
          f: { anyOf: [empty, { type: "null" }] },
          g: { ...empty, additionalProperties: { type: "array", items: {} } },
        },
      },
    ],
    [
      "a reference at the top",
      { $ref: "#/$defs/x", $defs: { x: { type: "object", properties: { y: { $ref: "#/$defs/x" } } } } },
      { type: "object", properties: { y: { $ref: "#/$defs/x" } } },
    ],
    ["a reference that goes round", { $ref: "#/$defs/x", $defs: { x: { $ref: "#/$defs/x" } } }, empty],
    [
      "a property that is called type",
      { properties: { type: { type: "string" } } },
      { type: "object", properties: { type: { type: "string" } } },
    ],
  ];
  for (const [what, given, expected] of table) {
    it(`with ${what} are completed`, () => {
      const { $defs: _, ...schema } = toolSchema(given);
      assert.deepEqual(schema, expected);
    });
  }

  it("keep what a reference leads to", () => {
    const $defs = { x: { type: "object" } };
    const given = { type: "object", properties: { a: { $ref: "#/$defs/x" } }, $defs };
    assert.deepEqual(toolSchema(given), { ...given, $defs: { x: empty } });
    const top = { $ref: "#/$defs/x", $defs: { x: { properties: { y: { $ref: "#/$defs/x" } } } } };
    assert.ok(isObject(toolSchema(top).$defs));
  });

  it("have their alternatives in one list for those who refuse them at the top", () => {
    const given = {
      anyOf: [
        { properties: { a: { type: "string" }, kind: { const: 1 } }, required: ["a", "kind"] },
        { properties: { b: { type: "number" }, kind: { const: 2 } }, required: ["b", "kind"] },
      ],
      allOf: [{ properties: { c: {} }, required: ["c"] }],
      properties: { d: {} },
    };
    assert.deepEqual(flatToolSchema(given), {
      type: "object",
      properties: {
        d: {},
        a: { type: "string" },
        kind: { anyOf: [{ const: 1 }, { const: 2 }] },
        b: { type: "number" },
        c: {},
      },
      required: ["kind", "c"],
    });
    assert.deepEqual(flatToolSchema({ type: "object", enum: [1], not: {} }), empty);
  });

  it("go flat to OpenAI and Anthropic, and with their alternatives to others", () => {
    const tools = [{ name: "f", parameters: { anyOf: [{ properties: { a: {} } }] } }];
    const request: ChatRequest = { model: "m", messages: [], tools };
    const chat = (entry: object) =>
      JSON.parse(encodeChat(request, configure(entry as Json), new Set())).tools[0].function.parameters;
    assert.deepEqual(chat({ preset: "openai" }), { type: "object", properties: { a: {} } });
    assert.ok("anyOf" in chat({ baseUrl: "https://relay.example/v1" }));
    const messages = JSON.parse(
      encodeMessages(request, configure({ preset: "anthropic", protocol: "anthropic" }), new Set()),
    );
    assert.deepEqual(messages.tools[0].input_schema, { type: "object", properties: { a: {} } });
  });

  const schema = fc.letrec<{ schema: unknown }>((tie) => ({
    schema: fc.oneof(
      { depthSize: "small" },
      fc.constantFrom<unknown>(
        {},
        true,
        { type: "string" },
        { type: "object" },
        { type: "array" },
        { $ref: "#/$defs/x" },
        null,
      ),
      fc.record(
        {
          type: fc.constantFrom<unknown>("object", "array", ["object", "null"], "string"),
          properties: fc.dictionary(fc.constantFrom("a", "type", "properties", "__proto__"), tie("schema"), {
            maxKeys: 3,
          }),
          items: tie("schema"),
          anyOf: fc.array(tie("schema"), { maxLength: 2 }),
          required: fc.array(fc.constantFrom("a", "b"), { maxLength: 2 }),
          $defs: fc.record({ x: tie("schema") }),
        },
        { requiredKeys: [] },
      ),
    ),
  })).schema;

  it("are complete at every depth, and stay as they are once they are", () => {
    const check = (value: unknown): void => {
      if (!isObject(value)) return;
      if (value.type === "object") assert.ok(isObject(value.properties));
      if (value.type === "array") assert.ok("items" in value || "prefixItems" in value);
      for (const property of Object.values(isObject(value.properties) ? value.properties : {})) {
        assert.ok(isObject(property));
        check(property);
      }
      check(value.items);
    };
    fc.assert(
      fc.property(schema, (given) => {
        const whole = toolSchema(given);
        assert.equal(whole.type, "object");
        check(whole);
        assert.deepEqual(toolSchema(whole), whole);
        const flat = flatToolSchema(given);
        assert.ok(!("anyOf" in flat) && isObject(flat.properties));
        simpleSchema(isObject(given) ? given : {});
      }),
      { numRuns: 300 },
    );
  });
});

describe("parameters in Gemini's own dialect", () => {
  it("have what that dialect can say, and nothing that it refuses", () => {
    const given = {
      $schema: "http://json-schema.org/draft-07/schema#",
      type: "object",
      additionalProperties: false,
      properties: {
        who: { $ref: "#/$defs/person" },
        many: { type: ["string", "number"] },
        list: { type: "array" },
        count: { type: "integer", enum: [1, 2] },
        kind: { enum: ["a", "", "b"] },
        at: { type: "string", format: "uri" },
        when: { type: "string", format: "date-time" },
      },
      required: ["who", "gone"],
      $defs: {
        person: { type: "object", properties: { name: { type: "string" }, friend: { $ref: "#/$defs/person" } } },
      },
    };
    const { properties, required, ...rest } = simpleSchema(given) as Json & { properties: Record<string, Json> };
    assert.deepEqual(rest, { type: "object" });
    assert.deepEqual(required, ["who"]);
    const { who, ...others } = properties;
    assert.equal(who?.type, "object");
    assert.ok(!JSON.stringify(properties).includes("$ref"));
    assert.deepEqual(others, {
      many: { anyOf: [{ type: "string" }, { type: "number" }] },
      list: { type: "array", items: { type: "string" } },
      count: { type: "integer" },
      kind: { type: "string", enum: ["a", "b"] },
      at: { type: "string" },
      when: { type: "string", format: "date-time" },
    });
  });

  it("end where references go round or multiply", () => {
    const names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    const properties = Object.fromEntries(names.map((name) => [name, { $ref: `#/$defs/${name}` }]));
    const $defs = Object.fromEntries(names.map((name) => [name, { type: "object", properties }]));
    const made = JSON.stringify(simpleSchema({ type: "object", properties, $defs }));
    assert.ok(made.split('"type"').length < 30_000);
    const tree = { type: "object", properties: { next: { $ref: "#/$defs/t" } } };
    assert.deepEqual(simpleSchema({ ...tree, $defs: { t: tree } }), {
      type: "object",
      properties: { next: { type: "object", properties: { next: { type: "object" } } } },
    });
  });
});
