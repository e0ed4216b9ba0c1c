/** One message of a WebSocket to frames: the laws of how values may be laid out in it. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { framesOf } from "../../../src/stream/frames/websocket-message.ts";

const dataOf = (message: string): string[] => framesOf(message).map(({ data }) => data);

describe("a message", () => {
  const table: [message: string, frames: ReturnType<typeof framesOf>][] = [
    ["", []],
    [" \r\n", []],
    ['{"a":1}', [{ data: '{"a":1}' }]],
    ['\ufeff{"a":1}\n', [{ event: undefined, data: '{"a":1}' }]],
    ["[DONE]", [{ data: "[DONE]" }]],
    ["data: [DONE]\n\n", [{ event: undefined, data: "[DONE]" }]],
    [": ping\n\n", []],
    ["id: 1\nretry: 5\n", []],
    [
      "event: error\ndata: {}\n\ndata: 1",
      [
        { event: "error", data: "{}" },
        { event: undefined, data: "1" },
      ],
    ],
    ["hello: world", [{ event: undefined, data: "hello: world" }]],
  ];
  for (const [message, frames] of table) {
    it(`${JSON.stringify(message)} gives ${JSON.stringify(frames)}`, () => assert.deepEqual(framesOf(message), frames));
  }

  it("gives the same values alone, in lines, as events, and spread over lines", () => {
    const values = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(values, fc.constantFrom("\n", "\r\n", "\n\n"), (list, separator) => {
        const texts = list.map((value) => JSON.stringify(value));
        assert.deepEqual(texts.flatMap(dataOf), texts);
        assert.deepEqual(dataOf(texts.join(separator)), texts);
        assert.deepEqual(dataOf(texts.map((text) => `data: ${text}`).join(separator)), texts);
        const spread = JSON.stringify(list[0], undefined, 2);
        assert.deepEqual(dataOf(spread), [spread]);
      }),
    );
  });
});
