/** Thinking and answer parted where a model writes both into one text. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ThinkTags } from "../../../src/providers/provider/think-tags.ts";

function part(pieces: string[]): { thinking: string; text: string } {
  const tags = new ThinkTags();
  const all = { thinking: "", text: "" };
  for (const parted of [...pieces.map((piece) => tags.push(piece)), tags.end()]) {
    all.thinking += parted.thinking;
    all.text += parted.text;
  }
  return all;
}

const cases: [what: string, source: string, thinking: string, text: string][] = [
  ["a tag at the beginning", "<think>Hm</think>Hi", "Hm", "Hi"],
  ["blank lines around the tags", "\n <think>\nHm\n</think>\n\nHi", "\nHm\n", "Hi"],
  ["no tag", "Hi <b>", "", "Hi <b>"],
  ["a tag after other text", "Hi <think>Hm</think>", "", "Hi <think>Hm</think>"],
  ["a tag in a code fence", "```\n<think>x</think>\n```", "", "```\n<think>x</think>\n```"],
  ["a tag that never closes", "<think>Hm, Hi", "Hm, Hi", ""],
  ["a tag that is never finished", "<thi", "", "<thi"],
  ["another tag that begins alike", "<thing>", "", "<thing>"],
  ["a nested tag", "<think>a<think>b</think>c", "a<think>b", "c"],
  ["an almost closing tag", "<think>a</thin b</think>c", "a</thin b", "c"],
  ["an empty thought", "<think></think>Hi", "", "Hi"],
  ["nothing but white space", " \n", "", " \n"],
];

describe("think tags", () => {
  for (const [what, source, thinking, text] of cases) {
    it(`are understood with ${what}, wherever the text is cut`, () => {
      assert.deepEqual(part([source]), { thinking, text });
      assert.deepEqual(part([...source]), { thinking, text });
      for (let at = 1; at < source.length; at++) {
        assert.deepEqual(part([source.slice(0, at), source.slice(at)]), { thinking, text });
      }
    });
  }

  it("lose no letter of the text, however it is cut", () => {
    const letters = fc.string({
      unit: fc.constantFrom("<", "/", "t", "think>", "<think>", "</think>", "a"),
      maxLength: 30,
    });
    fc.assert(
      fc.property(letters, fc.nat(100), (inner, cut) => {
        const whole = part([`x${inner}`]);
        assert.deepEqual(whole, { thinking: "", text: `x${inner}` });
        const tagged = `<think>${inner}`;
        assert.deepEqual(part([tagged.slice(0, cut), tagged.slice(cut)]), part([tagged]));
      }),
    );
  });
});
