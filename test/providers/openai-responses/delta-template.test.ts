/** The short cut past the JSON parser for numbered deltas: it must never say anything else than the parser would. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { DeltaTemplate } from "../../../src/providers/openai-responses/delta-template.ts";

const shapes: Record<string, (text: string, number: number) => string> = {
  "with the number first": (text, number) =>
    JSON.stringify({ type: "t.delta", sequence_number: number, item_id: "i", delta: text, logprobs: [] }),
  "with the number last": (text, number) => JSON.stringify({ type: "t.delta", delta: text, sequence_number: number }),
  "with white space": (text, number) => JSON.stringify({ delta: text, sequence_number: number, z: 1 }, null, 1),
  "without a number": (text) => JSON.stringify({ type: "t.delta", delta: text }),
};

for (const [how, shape] of Object.entries(shapes)) {
  const numbered = how !== "without a number";

  describe(`the template of deltas ${how}`, () => {
    it("finds text and number of a delta like the one before", () => {
      const template = new DeltaTemplate();
      assert.equal(template.match(shape("a", 9)), undefined);
      template.learn(shape("a", 9), "a");
      assert.equal(template.match(shape("b 안녕 👋", 10)), "b 안녕 👋");
      assert.equal(template.number, numbered ? 10 : undefined);
      assert.equal(template.match(shape("12", 100)), "12");
      assert.equal(template.number, numbered ? 100 : undefined);
    });

    it("agrees with the parser on whatever it takes", () => {
      const text = fc.oneof(
        fc.string({ minLength: 1 }),
        fc.constantFrom("a", "7", '"', "\\", '","sequence_number":1', '"delta":"x"'),
      );
      fc.assert(
        fc.property(fc.array(fc.tuple(text, fc.nat()), { minLength: 1 }), fc.nat(), (steps, at) => {
          const template = new DeltaTemplate();
          for (const [piece, number] of steps) {
            const data = shape(piece, number);
            // Now and then with a character changed anywhere.
            const spot = at % data.length;
            for (const each of [data, `${data.slice(0, spot)}1${data.slice(spot)}`, data.slice(0, spot)]) {
              const found = template.match(each);
              if (found === undefined) continue;
              const value = JSON.parse(each);
              assert.equal(found, value.delta);
              assert.equal(template.number, value.sequence_number);
            }
            template.learn(data, piece);
          }
        }),
      );
    });

    it("leaves a number that is none to the parser", () => {
      const template = new DeltaTemplate();
      template.learn(shape("a", 9), "a");
      for (const number of ["", "-1", "1.5", "null", "1e3"]) {
        if (numbered) assert.equal(template.match(shape("b", 77).replace("77", number)), undefined);
      }
    });
  });
}

it("a delta that is named twice is left to the parser", () => {
  for (const data of [
    '{"delta":"a","sequence_number":1,"x":{"delta":"a"}}',
    '{"x":{"delta":"a"},"sequence_number":1,"delta":"a"}',
    '{"sequence_number":1,"delta":"a","x":{"delta":"a"}}',
  ]) {
    const template = new DeltaTemplate();
    template.learn(data, "a");
    assert.equal(template.match(data), undefined);
  }
});
