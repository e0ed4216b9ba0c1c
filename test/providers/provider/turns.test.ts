/** The order in which a conversation goes out: both sides in turn, every result behind its call, nothing lost. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { ChatMessage, MessagePart } from "../../../src/core/message.ts";
import type { IdRule } from "../../../src/providers/provider/call-ids.ts";
import { callsOf, nothingSaid, type Turn, turnsOf } from "../../../src/providers/provider/turns.ts";

type Call = Extract<MessagePart, { type: "tool-call" }>;
type Result = Extract<MessagePart, { type: "tool-result" }>;

const user = (...texts: string[]): ChatMessage => ({
  role: "user",
  parts: texts.map((text) => ({ type: "text", text })),
});
const call = (id: string, complete = true): Call => ({ type: "tool-call", id, name: "f", arguments: "{}", complete });
const result = (id: string, text: string): Result => ({ type: "tool-result", id, name: "f", text });
const answer = (...parts: MessagePart[]): ChatMessage => ({ role: "assistant", parts });
const tool = (...parts: MessagePart[]): ChatMessage => ({ role: "tool", parts });

/** `user[results|texts]` and `model[calls]`, in order. */
function shown(turns: readonly Turn[]): string[] {
  return turns.map((turn) =>
    turn.side === "user"
      ? `user[${turn.results.map(({ id, result }) => `${id}=${result.text}`)}|${turn.texts}]`
      : `model[${callsOf(turn).map(({ id }) => id)}]`,
  );
}

describe("the turns of a conversation", () => {
  it("give each result to its call when ids come again in later turns", () => {
    const messages = [
      user("a"),
      answer(call("f:0")),
      tool(result("f:0", "one")),
      user("b"),
      answer(call("f:0")),
      tool(result("f:0", "two")),
    ];
    assert.deepEqual(shown(turnsOf(messages)), [
      "user[|a]",
      "model[f:0]",
      "user[f:0=one|b]",
      "model[f:0]",
      "user[f:0=two|]",
    ]);
  });

  it("do not give a call that was interrupted the result of a later one with its id", () => {
    const messages = [user("a"), answer(call("f:0")), user("b"), answer(call("f:0")), tool(result("f:0", "two"))];
    assert.deepEqual(shown(turnsOf(messages)), ["user[|a,b]", "model[f:0]", "user[f:0=two|]"]);
  });

  it("have results in the order of the calls, in whichever order they came", () => {
    const messages = [user("a"), answer(call("1"), call("2")), tool(result("2", "two")), tool(result("1", "one"))];
    assert.deepEqual(shown(turnsOf(messages)), ["user[|a]", "model[1,2]", "user[1=one,2=two|]"]);
  });

  it("have results right behind their calls, though words or another answer came between", () => {
    const between = [user("a"), answer(call("1")), user("wait"), tool(result("1", "one"))];
    assert.deepEqual(shown(turnsOf(between)), ["user[|a]", "model[1]", "user[1=one|wait]"]);
    const said = answer({ type: "text", text: "Still at it" });
    const late = [user("a"), answer(call("1")), user("wait"), said, tool(result("1", "one")), user("b")];
    assert.deepEqual(shown(turnsOf(late)), ["user[|a]", "model[1]", "user[1=one|wait]", "model[]", "user[|b]"]);
  });

  it("tell two calls of one turn apart that have one id", () => {
    const messages = [user("a"), answer(call("x"), call("x")), tool(result("x", "one"), result("x", "two"))];
    assert.deepEqual(shown(turnsOf(messages)), ["user[|a]", "model[x,x_2]", "user[x=one,x_2=two|]"]);
  });

  it("leave out calls without a result and results without a call", () => {
    const messages = [
      user("a"),
      answer(call("cut", false), call("open")),
      tool(result("cut", "c"), result("stray", "s")),
      user("b"),
    ];
    assert.deepEqual(shown(turnsOf(messages)), ["user[|a,b]"]);
  });

  it("begin with the person's", () => {
    assert.deepEqual(shown(turnsOf([answer({ type: "text", text: "Hi" })])), [`user[|${nothingSaid}]`, "model[]"]);
    assert.deepEqual(turnsOf([]), []);
  });

  const id = fc.constantFrom("a", "b", "f:0", "f_0", "call_made_1", "x".repeat(60), "x".repeat(61), "ü/1");
  let count = 0;
  const part = fc.oneof(
    fc
      .constantFrom("", " ", "word")
      .map((text): MessagePart => ({ type: "text", text: text === "word" ? `w${count++}` : text })),
    fc.constant<MessagePart>({ type: "thinking", text: "t" }),
    fc.tuple(id, fc.boolean()).map(([each, complete]) => call(each, complete)),
  );
  const conversation = fc.array(
    fc.oneof(
      fc.constantFrom("", "word").map((text) => user(text === "word" ? `w${count++}` : text)),
      fc.array(part, { maxLength: 4 }).map((parts) => answer(...parts)),
      fc.array(id, { maxLength: 3 }).map((all) => tool(...all.map((each) => result(each, `r${count++}`)))),
      // Whole exchanges, so that there is something to pair.
      fc
        .uniqueArray(id, { minLength: 1, maxLength: 3 })
        .chain((all) => fc.shuffledSubarray(all, { minLength: all.length }).map((order) => ({ all, order }))),
    ),
    { maxLength: 10 },
  );
  const messagesOf = (list: (ChatMessage | { all: string[]; order: string[] })[]): ChatMessage[] =>
    list.flatMap((each) =>
      "role" in each
        ? [each]
        : [answer(...each.all.map((one) => call(one))), tool(...each.order.map((one) => result(one, `r${one}`)))],
    );
  const rule = fc.constantFrom<IdRule>(
    {},
    { longest: 40 },
    { longest: 64 },
    { characters: "word", unique: true },
    { characters: "alphanumeric", exactly: 9 },
  );

  it("alternate, hold every text once and in order, and pair every call with a result of its own id", () => {
    fc.assert(
      fc.property(conversation, rule, (list, ids) => {
        const messages = messagesOf(list);
        const turns = turnsOf(messages, ids);
        turns.forEach((turn, index) => {
          assert.equal(turn.side, index % 2 === 0 ? "user" : "model");
          if (turn.side === "user") assert.ok(turn.texts.length + turn.results.length > 0);
        });
        const texts = messages.flatMap(({ parts }) =>
          parts.flatMap((each) => (each.type === "text" && each.text.trim() !== "" ? [each.text] : [])),
        );
        const told = turns.flatMap((turn) =>
          turn.side === "user"
            ? turn.texts
            : turn.messages.flatMap(({ message }) =>
                message.parts.flatMap((each) => (each.type === "text" && each.text.trim() !== "" ? [each.text] : [])),
              ),
        );
        assert.deepEqual(
          told.filter((text) => text !== nothingSaid),
          texts,
        );
        turns.forEach((turn, index) => {
          if (turn.side === "user") return;
          const next = turns[index + 1];
          const calls = callsOf(turn);
          assert.deepEqual(next?.side === "user" ? next.results : [], calls);
          for (const each of calls) {
            assert.equal(each.call.id, each.result.id);
            assert.ok(each.call.complete);
          }
          assert.equal(new Set(calls.map((each) => each.id)).size, calls.length);
        });
        const used = turns.flatMap((turn) =>
          turn.side === "user" ? turn.results.map(({ result: each }) => each) : [],
        );
        assert.equal(new Set(used).size, used.length);
      }),
      { numRuns: 500 },
    );
  });
});
