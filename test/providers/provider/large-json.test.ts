/** Large events are parsed in steps and say the same as they do in one go. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { limits } from "../../../src/core/limits.ts";
import { createSlices } from "../../../src/core/slices.ts";
import { parseJson } from "../../../src/providers/provider/json.ts";
import { parseLargeJson } from "../../../src/providers/provider/large-json.ts";

const parse = (source: string) => parseLargeJson(source, createSlices());

describe("a large event", () => {
  it("is the same value as in one go", async () => {
    const long = fc
      .tuple(fc.string({ unit: "binary" }), fc.constantFrom("x", "\n", '"', "\\", "가", "👋", "\ud83d", "\u0000"))
      .chain(([text, filling]) => fc.nat(3000).map((count) => text + filling.repeat(count) + text));
    const value = fc.oneof(long, fc.jsonValue({ maxDepth: 3 }), fc.array(long, { maxLength: 3 }));
    const property = fc.asyncProperty(
      fc.dictionary(fc.oneof(long, fc.string()), value),
      fc.nat(4),
      async (object, indent) => {
        const source = JSON.stringify(object, null, indent);
        assert.deepEqual(await parse(source), parseJson(source));
      },
    );
    await fc.assert(property, { numRuns: 200, seed: 20_261_201 });
  });

  it("is read at every place where an escape may be cut", async () => {
    for (const filling of ["\\n", "\\u00e9", "\\\\", '\\"', "\\ud83d\\udc4b"]) {
      for (let shift = 0; shift < filling.length; shift++) {
        const source = `{"a":"${"x".repeat(shift)}${filling.repeat(140_000 / filling.length)}"}`;
        assert.deepEqual(await parse(source), JSON.parse(source));
      }
    }
  });

  it("is none where it is no JSON, wherever that shows", async () => {
    const long = "x".repeat(300_000);
    const broken = [
      `{"a":"${long}`,
      `{"a":"${long}\\"}`,
      `{"a":"${long}\n"}`,
      `{"a":"\\q${long}"}`,
      `{"a":"${long}"`,
      `{"a" "${long}"}`,
    ];
    for (const source of broken) assert.equal(await parse(source), undefined, source.slice(-20));
  });

  it("reads NaN as null", async () => {
    const text = "NaN ".repeat(100_000);
    assert.deepEqual(await parse(`{"a":NaN,"b":"${text}"}`), { a: null, b: text });
  });

  it("keeps a field that is called like a prototype a field", async () => {
    const text = "x".repeat(300_000);
    const value = await parse(`{"__proto__":{"a":1},"b":"${text}"}`);
    assert.deepEqual(Object.keys(value as object), ["__proto__", "b"]);
    assert.equal(({} as Record<string, unknown>).a, undefined);
  });

  it("is none where too much stands outside its long strings", async () => {
    const short = `["${"x".repeat(90)}"${`,"${"x".repeat(90)}"`.repeat(limits.looseText / 93)}]`;
    assert.equal(await parse(short), undefined);
    assert.equal(await parse(" ".repeat(limits.looseText)), undefined);
  });
});
