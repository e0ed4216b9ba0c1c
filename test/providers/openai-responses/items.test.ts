/** Which item of a response an event is about, and that each text of it is shown once, wherever it comes. */

import assert from "node:assert/strict";
import { defined } from "../../../src/core/defined.ts";
import { decodeBody } from "../../support/decode.ts";
import {
  call,
  callItem,
  completed,
  created,
  delta,
  itemAdded,
  itemDone,
  message,
  responseEvent,
  textDelta,
} from "../../support/responses.ts";

const answerOf = (...pieces: string[]) => decodeBody(created() + pieces.join(""), "openai-responses");
const said = (text: string, id?: string) => ({ ...message(text), ...defined({ id }) });
/** As servers write events that count nothing. */
const unplaced = (text: string) => text.replaceAll(/"\w+_index":\d,|,"\w+_index":\d/g, "");

describe("calls of a response", () => {
  const calls = [
    { id: "a", name: "f", arguments: '{"x":1}', complete: true },
    { id: "b", name: "g", arguments: '{"y":2}', complete: true },
  ];

  it("are told apart by their ids where they share an index", () => {
    const streamed = callItem(0, "a", "f", '{"x":1}') + callItem(0, "b", "g", '{"y":2}');
    assert.deepEqual(answerOf(streamed, completed()).tools, calls);
    const output = [call("a", "f", '{"x":1}'), call("b", "g", '{"y":2}')];
    assert.deepEqual(answerOf(streamed, completed({ output })).tools, calls);
  });

  it("get the pieces that name their item, however they come between each other", () => {
    const piece = (id: string, text: string) => delta("function_call_arguments", 0, text, { item_id: `fc_${id}` });
    const streamed = [
      itemAdded(0, call("a", "f", "")),
      itemAdded(0, call("b", "g", "")),
      piece("a", '{"x"'),
      piece("b", '{"y"'),
      piece("a", ":1}"),
      piece("b", ":2}"),
      ...["a", "b"].map((id) =>
        responseEvent("function_call_arguments.done", { item_id: `fc_${id}`, output_index: 0 }),
      ),
    ].join("");
    assert.deepEqual(answerOf(streamed, completed()).tools, calls);
    assert.deepEqual(answerOf(unplaced(streamed), completed()).tools, calls);
  });

  it("are told apart by their own ids where their items share one, at any index", () => {
    const item = (at: number, id: string, name: string, source: string) =>
      callItem(at, id, name, source).replaceAll(/"(item_id|id)":"fc_\w"/g, '"$1":"fc"');
    for (const at of [0, 1]) {
      const streamed = item(0, "a", "f", '{"x":1}') + item(at, "b", "g", '{"y":2}');
      assert.deepEqual(answerOf(streamed, completed()).tools, calls);
    }
  });

  it("keep the arguments that their end said, whatever comes in the same place later", () => {
    const unannounced = (id: string, name: string, source: string) =>
      delta("function_call_arguments", 0, source) + itemDone(0, call(id, name, source));
    assert.deepEqual(
      answerOf(unannounced("a", "f", '{"x":1}'), unannounced("b", "g", '{"y":2}'), completed()).tools,
      calls,
    );
  });

  it("have the arguments of their beginning where nothing else says them", () => {
    const done = itemDone(0, call("a", "f", ""));
    assert.deepEqual(answerOf(itemAdded(0, call("a", "f", '{"x":1}')), done, completed()).tools, calls.slice(0, 1));
  });

  it("are all read from the whole response where they have no ids", () => {
    const output = ["f", "g"].map((name) => ({ type: "function_call", name, arguments: '{"x":1}' }));
    assert.deepEqual(
      answerOf(completed({ output })).tools.map(({ name }) => name),
      ["f", "g"],
    );
  });

  it("are not complete where nothing says whose arguments came", () => {
    const streamed = [
      itemAdded(0, call("a", "f", "")),
      itemAdded(0, call("b", "g", "")),
      delta("function_call_arguments", 0, '{"x":1}'),
      responseEvent("function_call_arguments.done", { output_index: 0, arguments: '{"x":1,"z":0}' }),
    ];
    assert.ok(answerOf(...streamed, completed()).tools.every(({ complete }) => !complete));
  });

  it("that stand in the whole response only are its own", () => {
    const output = [call("a", "f", '{"x":1}'), call("b", "g", '{"y":2}')];
    assert.deepEqual(answerOf(callItem(0, "a", "f", '{"x":1}'), completed({ output })).tools, calls);
  });

  it("keep what their pieces said where the end says only an empty object", () => {
    const streamed = [
      itemAdded(0, call("a", "f", "{}")),
      delta("function_call_arguments", 0, '{"x":1}'),
      itemDone(0, call("a", "f", "{}")),
    ];
    assert.deepEqual(answerOf(...streamed, completed()).tools, calls.slice(0, 1));
  });
});

describe("a text of a response", () => {
  const added = itemAdded(0, said("", "m1"));

  it("that only the last event has is shown, whole or as far as it is missing", () => {
    for (const begun of ["", textDelta(0, "Hel"), textDelta(0, "Hello")]) {
      assert.equal(answerOf(added, begun, completed({ output: [said("Hello", "m1")] })).text, "Hello");
      assert.equal(answerOf(added, begun, completed({ output: [said("Hello", "other")] })).text, "Hello");
      assert.equal(answerOf(begun, completed({ output: [said("Hello")] })).text, "Hello");
      const part = { type: "output_text", text: "Hello" };
      const partDone = responseEvent("content_part.done", { output_index: 0, content_index: 0, part });
      assert.equal(answerOf(added, begun, partDone, completed()).text, "Hello");
    }
  });

  it("is shown once when all say it again, without any index too", () => {
    const streamed = [
      itemAdded(0, { type: "reasoning", id: "rs", summary: [] }),
      delta("reasoning_text", 0, "Let me", { item_id: "rs" }),
      itemAdded(1, said("", "m1")),
      textDelta(1, "Hel", { item_id: "m1" }),
      textDelta(1, "lo", { item_id: "m1" }),
      responseEvent("output_text.done", { output_index: 1, item_id: "m1", text: "Hello" }),
      itemDone(0, { type: "reasoning", id: "rs", summary: [], content: [{ type: "reasoning_text", text: "Let me" }] }),
      itemDone(1, said("Hello", "m1")),
      completed({
        output: [{ type: "reasoning", id: "rs", content: [{ text: "Let me" }] }, said("Hello", "m1")],
      }),
    ].join("");
    const otherIds = streamed.replaceAll(/"(item_id|id)":"(rs|m1)"/g, (_all, field) => `"${field}":"${Math.random()}"`);
    for (const body of [streamed, unplaced(streamed), otherIds, unplaced(otherIds)]) {
      const answer = answerOf(body);
      assert.deepEqual([answer.text, answer.thinking], ["Hello", "Let me"]);
    }
  });

  it("goes on in other parts and other items, also where all are at one index", () => {
    const second = itemAdded(0, said("", "m2")) + textDelta(0, "B", { item_id: "m2" });
    const both = answerOf(added, textDelta(0, "A", { item_id: "m1" }), second);
    assert.equal(both.text, "AB");
    const output = [said("A", "m1"), said("B", "m2"), said("C", "m3")];
    const first = added + textDelta(0, "A", { item_id: "m1" });
    assert.equal(answerOf(first, second, completed({ output })).text, "ABC");
    const parts = [{ ...message("Hel", "lo"), id: "m1" }];
    assert.equal(
      answerOf(unplaced(added + textDelta(0, "Hel") + textDelta(0, "lo")), completed({ output: parts })).text,
      "Hello",
    );
  });

  it("that contradicts its pieces cannot be shown in their place, and is not shown beside them", () => {
    assert.equal(answerOf(added, textDelta(0, "Hi"), completed({ output: [said("Bye", "x")] })).text, "Hi");
  });
});
