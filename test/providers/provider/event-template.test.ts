/** The short cut past the JSON parser: it must never say anything else than the parser would. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { EventTemplate } from "../../../src/providers/provider/event-template.ts";
import { chunk, done, event } from "../../support/chat.ts";
import { type DecodedProtocol, decodeBody, decodePieces } from "../../support/decode.ts";
import { loadFixtures } from "../../support/fixtures.ts";

const json = (text: string) => JSON.stringify({ id: "1", choices: [{ index: 0, delta: { content: text } }], z: 0 });

/** Every JSON string has more than one spelling. */
const ascii = (source: string) =>
  source.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

const anyText = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 4 }),
  fc.string({ unit: "binary", minLength: 1, maxLength: 3 }),
  fc.constantFrom(
    '"',
    "\\",
    '\\"',
    "a\\",
    "\n",
    "a",
    "7",
    "\ud83d",
    "\ude00",
    "",
    '","count":1',
    '"delta":"x"',
    '{"count":2}',
  ),
);

describe("the event template", () => {
  it("finds the text of an event like the one before", () => {
    const template = new EventTemplate();
    assert.equal(template.match(json("a")), undefined);
    template.learn(json("a"), "content");
    for (const text of ["b 안녕 👋", '"', "\\", "a\\", "\n", 'x","finish_reason":"stop', "\ud83d"]) {
      assert.equal(template.match(json(text)), text);
      assert.equal(template.match(ascii(json(text))), text);
    }
    template.forget();
    assert.equal(template.match(json("a")), undefined);
  });

  it("leaves an event that differs anywhere else, and what is no JSON, to the parser", () => {
    const template = new EventTemplate();
    template.learn(json("a"), "content");
    for (const data of [
      json(""),
      json("b").replace('"id":"1"', '"id":"2"'),
      json("b").replace('"z":0', '"z":1'),
      `${json("b")} `,
      json("a").slice(0, 40),
      json("a").replace('"a"', '"a\nb"'),
      json("a").replace('"a"', '"\\x"'),
      json("a").replace('"a"', '"\\u12"'),
    ])
      assert.equal(template.match(data), undefined, data);
  });

  it("passes over strings and whole numbers that mean nothing, wherever they are", () => {
    const shape = (text: string, count: unknown, time: unknown) =>
      JSON.stringify({ time, usage: { count, details: [{ count }] }, delta: text, last: { time } }, null, 1);
    const template = new EventTemplate("count", "time");
    template.learn(shape("a", 9, "10:00"), "delta");
    assert.equal(template.match(shape("b", 1000, "")), "b");
    assert.equal(template.match(shape("b", 0, "10:00:01")), "b");
    for (const data of [
      ...[-1, 1.5, 1e13, 1e300, null, "9"].map((count) => shape("b", count, "10:00")),
      ...[9, null, "\n"].map((time) => shape("b", 9, time)),
      shape("b", 77, "10:00").replace("77", "07"),
      shape("b", 77, "10:00").replace("77", "7e7"),
      shape("b", 77, "10:00").replace("77", ""),
    ])
      assert.equal(template.match(data), undefined, data);
  });

  it("sees past the spaces that pad an event at its end", () => {
    const template = new EventTemplate();
    template.learn('{"delta":{"text":"a"}   }', "text");
    assert.equal(template.match('{"delta":{"text":"b"}       }'), "b");
    assert.equal(template.match('{"delta":{"text":"b"}}'), "b");
    assert.equal(template.match('{"delta":{"text":"b"} ,}'), undefined);
  });

  it("learns nothing from an event of which it cannot tell where its text is", () => {
    for (const data of [
      '{"content":"a","delta":{"content":"a"}}',
      '{"delta":{"content":["a"]}}',
      '{"x":{"content":"a"},"delta":{"cont\\u0065nt":"a"}}',
    ]) {
      const template = new EventTemplate();
      template.learn(data, "content");
      assert.equal(template.match(data.replaceAll('"a"', '"c"')), undefined);
      assert.equal(template.match(data), undefined);
    }
  });

  it("agrees with the parser on whatever it takes", () => {
    const fields = fc.shuffledSubarray(["delta", "count", "time", "usage", "note", "list"]);
    const step = fc.record({
      text: anyText,
      count: fc.oneof(fc.nat(), fc.constantFrom(-1, 0.5, 1e21, 1e12)),
      time: anyText,
      ascii: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fields,
        fc.constantFrom(undefined, 1),
        fc.array(step, { minLength: 2 }),
        fc.nat(),
        fc.constantFrom("1", '"', "\\", " ", ",", "}"),
        (order, indent, steps, at, sign) => {
          const template = new EventTemplate("count", "time");
          let learned = "";
          const rest = (value: Record<string, unknown>) =>
            JSON.stringify(value, (key, each) => (["delta", "count", "time"].includes(key) ? 0 : each));
          for (const { text, count, time, ascii: isAscii } of steps) {
            const values = {
              delta: text,
              count,
              time,
              usage: { count, time },
              note: 'say "delta":"x"',
              list: [{ count }],
            };
            const plain = JSON.stringify(
              Object.fromEntries(Object.entries(values).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))),
              null,
              indent,
            );
            const data = isAscii ? ascii(plain) : plain;
            // As it is, and with a character put in or with its end cut off anywhere.
            const spot = at % data.length;
            for (const each of [data, data.slice(0, spot) + sign + data.slice(spot), data.slice(0, spot)]) {
              const found = template.match(each);
              if (found === undefined) continue;
              const value = JSON.parse(each);
              assert.equal(found, value.delta);
              assert.equal(rest(value), learned);
            }
            template.learn(data, "delta");
            learned = rest(JSON.parse(data));
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** Events of one kind after another, as servers write them. */
const runs: Partial<Record<DecodedProtocol, (text: string, thinks: boolean, index: number) => string>> = {
  "openai-chat": (text, thinks) =>
    chunk(thinks ? { reasoning_content: text } : { content: text }, { obfuscation: "x".repeat(text.length) }),
  "openai-responses": (delta, thinks, index) => {
    const type = thinks ? "response.reasoning_summary_text.delta" : "response.output_text.delta";
    return event({
      type,
      delta,
      item_id: "i",
      obfuscation: "xyz",
      output_index: thinks ? 0 : 1,
      sequence_number: index,
    });
  },
  anthropic: (text, thinks, index) => {
    const delta = thinks ? { type: "thinking_delta", thinking: text } : { type: "text_delta", text };
    const opening = {
      type: "content_block_start",
      index: thinks ? 0 : 1,
      content_block: { type: thinks ? "thinking" : "text" },
    };
    const data = JSON.stringify({ type: "content_block_delta", index: thinks ? 0 : 1, delta });
    return `${event(opening)}data: ${data.slice(0, -1)}${" ".repeat(index % 5)}}\n\n`;
  },
  gemini: (text, thinks, index) =>
    event({
      candidates: [{ content: { parts: [thinks ? { text, thought: true } : { text }] } }],
      usageMetadata: {
        promptTokenCount: 9,
        ...(index % 7 === 3 ? {} : { candidatesTokenCount: index }),
        totalTokenCount: 9 + index,
        promptTokensDetails: [{ modality: "TEXT", tokenCount: index }],
      },
    }),
  ollama: (text, thinks, index) =>
    event({
      created_at: `10:00:0${index}`,
      message: { role: "assistant", ...(thinks ? { thinking: text } : { content: text }) },
      done: false,
    }),
  "chat-stream": (value) => event({ type: "token", value }),
};

describe("an answer is the same whether its events are alike or not", () => {
  for (const [name, write] of Object.entries(runs)) {
    const protocol = name as DecodedProtocol;
    it(`in the protocol ${protocol}`, () => {
      const step = fc.record({ text: anyText, thinks: fc.constantFrom(false, false, false, true) });
      fc.assert(
        fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
          sameWhenUnlike(steps.map(({ text, thinks }, index) => write(text, thinks, index)).join(""), protocol);
        }),
      );
    });

    for (const { name: recorded, body } of loadFixtures(protocol)) {
      it(`in ${recorded}`, () => sameWhenUnlike(body, protocol));
    }
  }

  it("and so is its end when an error, an end or a tool call comes with a text like the others", () => {
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

/** White space between its tokens, another length in each, makes an event unlike all others without changing it. */
function sameWhenUnlike(body: string, protocol: DecodedProtocol): void {
  let count = 0;
  const unlike = body.replace(/^data: ?\{/gm, (start) => start + " ".repeat(++count));
  assert.deepEqual(decodeBody(body, protocol), decodeBody(unlike, protocol));
  const pieces = (text: string) => text.split(/(?<=\n\r?\n)/).map((each) => Buffer.from(each));
  assert.deepEqual(decodePieces(pieces(body), protocol), decodePieces(pieces(unlike), protocol));
}
