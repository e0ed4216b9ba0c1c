/** The short cut past the JSON parser: it must never say anything else than the parser would. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ChunkTemplate } from "../../../src/providers/chunk-template.ts";
import { chunk, done, event } from "../../support/chat.ts";
import { decodeBody } from "../../support/decode.ts";

const json = (text: string) => JSON.stringify({ id: "1", choices: [{ index: 0, delta: { content: text } }], z: 0 });

describe("the chunk template", () => {
  it("finds the text of a chunk like the one before", () => {
    const template = new ChunkTemplate();
    assert.equal(template.match(json("a")), undefined);
    template.learn(json("a"), "content", "a");
    assert.equal(template.match(json("b 안녕 👋")), "b 안녕 👋");
  });

  it("leaves every text with quotes, escapes or control characters to the parser", () => {
    const template = new ChunkTemplate();
    template.learn(json("a"), "content", "a");
    for (const text of ['"', "\\", "\n", "", 'x","finish_reason":"stop'])
      assert.equal(template.match(json(text)), undefined);
    assert.equal(template.match(json("a").replace('"a"', '"a\nb"')), undefined);
  });

  it("leaves a chunk that differs anywhere else to the parser", () => {
    const template = new ChunkTemplate();
    template.learn(json("a"), "content", "a");
    assert.equal(template.match(json("b").replace('"id":"1"', '"id":"2"')), undefined);
    assert.equal(template.match(json("b").replace('"z":0', '"z":1')), undefined);
    assert.equal(template.match(`${json("b")} `), undefined);
    assert.equal(template.match(json("a").slice(0, 40)), undefined);
  });

  it("learns nothing from a chunk that names the field twice or holds the text elsewhere", () => {
    for (const data of [
      '{"content":"a","delta":{"content":"a"}}',
      '{"delta":{"content":"b"},"x":"a"}',
      '{"delta":{"content":["a"]}}',
    ]) {
      const template = new ChunkTemplate();
      template.learn(data, "content", "a");
      assert.equal(template.match(data.replaceAll('"a"', '"c"')), undefined);
      assert.equal(template.match(data), undefined);
    }
  });

  it("is invisible: any run of texts, thoughts and other chunks decodes to what they say", () => {
    const text = fc.oneof(
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 4 }),
      fc.constantFrom('"', "\\n", "a", "b", "\u0000", "content", '"content":"x"'),
    );
    const step = fc.record({
      text,
      kind: fc.constantFrom("content", "content", "content", "reasoning_content", "reasoning", "model", "usage"),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let expectedText = ">";
        let expectedThinking = "";
        let prompt: number | undefined;
        let body = chunk({ content: ">" });
        for (const [index, { text: piece, kind }] of steps.entries()) {
          if (kind === "content") {
            body += chunk({ content: piece });
            expectedText += piece;
          } else if (kind === "model") {
            body += chunk({ content: piece }, { model: `model-${index}` });
            expectedText += piece;
          } else if (kind === "usage") {
            prompt = index;
            body += chunk({ content: piece }, { usage: { prompt_tokens: index } });
            expectedText += piece;
          } else {
            body += chunk({ content: "", [kind]: piece });
            expectedThinking += piece;
          }
        }
        const answer = decodeBody(body + chunk({}, { finish_reason: "stop" }) + done);
        assert.equal(answer.text, expectedText);
        assert.equal(answer.thinking, expectedThinking);
        assert.equal(answer.usage?.inputTokens, prompt);
        assert.equal(answer.end?.finishReason, "stop");
      }),
    );
  });

  it("does not hide an error, an end or a tool call that comes with a text like the others", () => {
    const plain = chunk({ content: "a" }) + chunk({ content: "b" });
    assert.equal(decodeBody(plain + chunk({ content: "c" }, { finish_reason: "stop" })).end?.finishReason, "stop");
    assert.equal(
      decodeBody(plain + chunk({ content: "c" }, { error: { message: "no" } })).error?.details.providerMessage,
      "no",
    );
    assert.equal(
      decodeBody(plain + event(JSON.parse(chunk({ content: "c" }).slice(6)), "error")).error?.kind,
      "reported",
    );
    const call = chunk({ content: "c", tool_calls: [{ index: 0, id: "t", function: { name: "f", arguments: "{}" } }] });
    assert.equal(decodeBody(plain + call + done).tools.length, 1);
    const nameless = (text: string) =>
      chunk({ content: text, tool_calls: [{ index: 0, id: "t", function: { arguments: "1" } }] });
    const named = chunk({ tool_calls: [{ index: 0, function: { name: "f" } }] });
    assert.equal(decodeBody(plain + nameless("c") + nameless("d") + named + done).tools[0]?.arguments, "11");
  });
});
