/** Tool calls put together from whatever fragments a server sends. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { StreamEvent } from "../../../src/core/events.ts";
import { ToolCalls } from "../../../src/providers/openai-chat/tool-calls.ts";

type Call = Omit<Extract<StreamEvent, { type: "tool-call-end" }>, "type">;

function collect(
  fragments: unknown[],
  how: "whole" | "length" | "broken" = "whole",
): { calls: Call[]; events: StreamEvent[] } {
  let made = 0;
  const calls = new ToolCalls(() => `made-${++made}`);
  const events: StreamEvent[] = [];
  for (const fragment of fragments) calls.push(fragment, events);
  calls.end(how, events);
  const ends = events.filter((event) => event.type === "tool-call-end").map(({ type, ...call }) => call);
  return { calls: ends, events };
}

const fragment = (name: string | undefined, source: unknown, more: object = {}) => ({
  ...more,
  function: { name, arguments: source },
});

function expectCalls(fragments: unknown[], expected: [string, string, string, boolean?][]): void {
  assert.deepEqual(
    collect(fragments).calls,
    expected.map(([id, name, source, complete = true]) => ({ id, name, arguments: source, complete })),
  );
}

describe("tool calls", () => {
  it("come in fragments by index", () => {
    expectCalls(
      [
        fragment("f", "", { index: 0, id: "a" }),
        fragment(undefined, '{"x"', { index: 0 }),
        fragment(undefined, ":1}", { index: 0 }),
      ],
      [["a", "f", '{"x":1}']],
    );
  });

  it("tell their start, their pieces and their end in order", () => {
    const { events } = collect([
      fragment("f", "", { index: 0, id: "a" }),
      fragment(undefined, "{", { index: 0 }),
      fragment(undefined, "}", { index: 0 }),
    ]);
    assert.deepEqual(events, [
      { type: "tool-call-start", id: "a", name: "f" },
      { type: "tool-call-delta", id: "a", arguments: "{" },
      { type: "tool-call-delta", id: "a", arguments: "}" },
      { type: "tool-call-end", id: "a", name: "f", arguments: "{}", complete: true },
    ]);
  });

  it("come whole in one fragment, several of them", () => {
    expectCalls(
      [fragment("f", "{}", { index: 0, id: "a" }), fragment("g", '{"y":2}', { index: 1, id: "b" })],
      [
        ["a", "f", "{}"],
        ["b", "g", '{"y":2}'],
      ],
    );
  });

  it("take an empty id in later fragments for none, as Qwen's", () => {
    expectCalls(
      [fragment("f", "{", { index: 0, id: "a" }), fragment("", "}", { index: 0, id: "" })],
      [["a", "f", "{}"]],
    );
  });

  it("wait for a name that comes late", () => {
    const { events, calls } = collect([
      fragment(undefined, "{", { index: 0, id: "a" }),
      fragment("f", "}", { index: 0 }),
    ]);
    assert.deepEqual(calls, [{ id: "a", name: "f", arguments: "{}", complete: true }]);
    assert.deepEqual(events.slice(0, 2), [
      { type: "tool-call-start", id: "a", name: "f" },
      { type: "tool-call-delta", id: "a", arguments: "{}" },
    ]);
  });

  it("get an id when the server gives none", () => {
    expectCalls([fragment("f", "{}", { index: 0 })], [["made-1", "f", "{}"]]);
  });

  it("are told apart by id when all have the same index", () => {
    expectCalls(
      [fragment("f", '{"a":1}', { index: 0, id: "a" }), fragment("f", '{"a":2}', { index: 0, id: "b" })],
      [
        ["a", "f", '{"a":1}'],
        ["b", "f", '{"a":2}'],
      ],
    );
  });

  it("are told apart by index and name when all have the same id", () => {
    expectCalls(
      [
        fragment("f", "{}", { index: 0, id: "a" }),
        fragment("g", '{"y":', { index: 1, id: "a" }),
        fragment(undefined, "2}", { index: 1, id: "a" }),
        fragment("g", '{"y":3}', { index: 2, id: "a" }),
      ],
      [
        ["a", "f", "{}"],
        ["made-1", "g", '{"y":2}'],
        ["made-2", "g", '{"y":3}'],
      ],
    );
  });

  it("go on under a new id without a name, as a server does that makes one for each chunk", () => {
    expectCalls(
      [fragment("f", "{", { index: 0, id: "a" }), fragment(undefined, "}", { index: 0, id: "b" })],
      [["a", "f", "{}"]],
    );
  });

  it("are one under one id, whatever index its fragments have", () => {
    expectCalls(
      [fragment("f", "{", { index: 0, id: "a" }), fragment("f", "}", { index: 1, id: "a" })],
      [["a", "f", "{}"]],
    );
    expectCalls(
      [
        fragment("f", "{", { id: "a" }),
        fragment("g", "{", { id: "b" }),
        fragment(undefined, "}", { id: "a" }),
        fragment(undefined, "}", { id: "b" }),
      ],
      [
        ["a", "f", "{}"],
        ["b", "g", "{}"],
      ],
    );
  });

  it("come without an index, by id, as from Gemini", () => {
    expectCalls(
      [fragment("f", "{}", { id: "a" }), fragment("g", "{}", { id: "b" })],
      [
        ["a", "f", "{}"],
        ["b", "g", "{}"],
      ],
    );
  });

  it("come with neither index nor id", () => {
    expectCalls(
      [fragment("f", '{"a":'), fragment(undefined, "1}"), fragment("g", "{}"), fragment("g", "{}")],
      [
        ["made-1", "f", '{"a":1}'],
        ["made-2", "g", "{}"],
        ["made-3", "g", "{}"],
      ],
    );
  });

  it("have indexes that begin late and leave gaps", () => {
    expectCalls(
      [
        fragment("f", "{}", { index: 3, id: "a" }),
        fragment("g", "{", { index: 7, id: "b" }),
        fragment(undefined, "}", { index: 7 }),
      ],
      [
        ["a", "f", "{}"],
        ["b", "g", "{}"],
      ],
    );
  });

  it("have indexes written as text, and absurd ones count as none", () => {
    expectCalls(
      [fragment("f", "{", { index: "0", id: "a" }), fragment(undefined, "}", { index: 0 })],
      [["a", "f", "{}"]],
    );
    for (const index of [-1, 1.5, 1e9, Number.NaN, null, {}, "__proto__"]) {
      expectCalls([fragment("f", "{", { index, id: "a" }), fragment(undefined, "}", { index })], [["a", "f", "{}"]]);
    }
  });

  it("have arguments that are null, an object, or empty", () => {
    expectCalls([fragment("f", null, { index: 0, id: "a" })], [["a", "f", "{}"]]);
    expectCalls([fragment("f", { x: [1] }, { index: 0, id: "a" })], [["a", "f", '{"x":[1]}']]);
    expectCalls([fragment("f", "", { index: 0, id: "a" })], [["a", "f", "{}"]]);
  });

  it("are not over when their arguments happen to parse", () => {
    expectCalls(
      [fragment("f", "{}", { index: 0, id: "a" }), fragment(undefined, " ", { index: 0 })],
      [["a", "f", "{} "]],
    );
    expectCalls(
      [fragment("f", "{}", { index: 0, id: "a" }), fragment(undefined, '{"x":1}', { index: 0 })],
      [["a", "f", '{"x":1}']],
    );
  });

  it("have the arguments that come after an empty object, as text or as an object, at any index or id", () => {
    const rest = [fragment(undefined, '{"x"', { index: 0 }), fragment(undefined, ":1}", { index: 0 })];
    for (const empty of ["{}", {}, "{ }"]) {
      expectCalls([fragment("f", empty, { index: 0, id: "a" }), ...rest], [["a", "f", '{"x":1}']]);
    }
    expectCalls(
      [fragment("f", "{}", { index: 0 }), fragment("f", '{"x"', { index: 0 }), fragment("f", ":1}", { index: 0 })],
      [["made-1", "f", '{"x":1}']],
    );
  });

  it("have their arguments once when those come again as a whole", () => {
    const whole = '{"x":"haha","y":{}}';
    const shapes = [
      ["", whole, whole],
      [whole.slice(0, 5), whole.slice(5), whole],
      [whole.slice(0, 5), whole],
      [whole.slice(0, 5), whole.slice(0, 9), whole],
      [whole, "{}"],
    ];
    for (const pieces of shapes) {
      const fragments = pieces.map((piece, at) => fragment(at === 0 ? "f" : undefined, piece, { index: 0, id: "a" }));
      expectCalls(fragments, [["a", "f", whole]]);
    }
    // Those are one text, however alike its pieces are.
    const pieces = ['{"x":"', "ha", "ha", '"}'].map((piece) => fragment("f", piece, { index: 0, id: "a" }));
    expectCalls(pieces, [["a", "f", '{"x":"haha"}']]);
  });

  it("are read where their arguments are encoded twice", () => {
    expectCalls([fragment("f", JSON.stringify('{"x":1}'), { index: 0, id: "a" })], [["a", "f", '{"x":1}']]);
  });

  it("get arguments that come without id and name under other indexes", () => {
    const named = fragment("f", "", { index: 0, id: "a" });
    const stray = (index: number, piece: string) => fragment("", piece, { index, id: null });
    expectCalls([named, stray(1, '{"x":1}')], [["a", "f", '{"x":1}']]);
    expectCalls([named, stray(1, '{"x"'), stray(2, ":"), stray(3, "1}")], [["a", "f", '{"x":1}']]);
    expectCalls(
      [named, stray(1, '{"x":1}'), fragment("g", "", { index: 2, id: "b" }), stray(3, '{"y":2}')],
      [
        ["a", "f", '{"x":1}'],
        ["b", "g", '{"y":2}'],
      ],
    );
    expectCalls([fragment("f", '{"x":1}', { index: 0, id: "a" }), stray(1, '{"x":1}')], [["a", "f", '{"x":1}']]);
  });

  it("keep their own arguments where those of each stand one index too far", () => {
    const named = (id: string, index: number) => fragment(id, "", { index, id });
    const bare = (index: number, source: string) => fragment(undefined, source, { index });
    expectCalls(
      [named("f", 0), bare(1, '{"x":1}'), named("g", 1), bare(2, '{"y":2}')],
      [
        ["f", "f", '{"x":1}'],
        ["g", "g", '{"y":2}'],
      ],
    );
    const { calls } = collect([named("f", 0), named("g", 1), bare(1, '{"x":1}'), bare(2, '{"y":2}')]);
    assert.ok(calls.every(({ complete }) => !complete));
  });

  it("are one where all comes again without the id, or a later name is longer", () => {
    const whole = fragment("f", '{"x":1}', { index: 0, id: "a" });
    expectCalls([whole, fragment("f", '{"x":1}', { index: 0 })], [["a", "f", '{"x":1}']]);
    expectCalls([whole, fragment("fg", "{}", { id: "a" })], [["a", "f", '{"x":1}']]);
  });

  it("are not complete without arguments while there are some of which nobody knows whose they are", () => {
    const both = [fragment("f", "", { index: 0, id: "a" }), fragment("g", "", { index: 1, id: "b" })];
    expectCalls(
      [...both, fragment(undefined, '{"x":1}', { index: 2 })],
      [
        ["a", "f", "{}", false],
        ["b", "g", "{}", false],
        ["made-1", "", '{"x":1}', false],
      ],
    );
    const atOne = [fragment("f", "", { index: 0, id: "a" }), fragment("g", "", { index: 0, id: "b" })];
    expectCalls(
      [...atOne, fragment(undefined, '{"x":1}', { index: 0 }), fragment(undefined, '{"y":2}', { index: 0 })],
      [
        ["a", "f", "{}", false],
        ["b", "g", '{"x":1}{"y":2}', false],
      ],
    );
  });

  it("are told apart by their names where they share an index and have no ids", () => {
    expectCalls(
      [fragment("f", '{"x":1}', { index: 0 }), fragment("g", '{"y":2}', { index: 0 })],
      [
        ["made-1", "f", '{"x":1}'],
        ["made-2", "g", '{"y":2}'],
      ],
    );
  });

  it("have a name that comes in fragments, or again with each", () => {
    const pieces = (...names: string[]) => [
      ...names.map((name) => fragment(name, "", { index: 0, id: "a" })),
      fragment(undefined, '{"x":1}', { index: 0 }),
    ];
    for (const names of [
      ["get_", "weather"],
      ["get_", "get_weather"],
      ["get_weather", "get_weather"],
    ]) {
      expectCalls(pieces(...names), [["a", "get_weather", '{"x":1}']]);
    }
  });

  it("are one where the same id comes again under another index with the same arguments or none", () => {
    for (const again of ["", '{"x":1}']) {
      expectCalls(
        [fragment("f", '{"x":1}', { index: 0, id: "a" }), fragment("f", again, { index: 1, id: "a" })],
        [["a", "f", '{"x":1}']],
      );
    }
  });

  it("take time in proportion to their fragments, also where each has another index", () => {
    const pieces = Array.from({ length: 20_000 }, (_, index) => fragment(undefined, "x", { index: index + 1 }));
    const { calls } = collect([
      fragment("f", "", { index: 0, id: "a" }),
      fragment(undefined, '{"x":"', { index: 999_000 }),
      ...pieces,
      fragment(undefined, '"}', { index: 999_001 }),
    ]);
    assert.equal(calls[0]?.arguments, `{"x":"${"x".repeat(20_000)}"}`);
    assert.equal(calls[0].complete, true);
  });

  it("are incomplete, not lost, when their arguments are no JSON object", () => {
    for (const source of ['{"x":', "[1]", "null", "7", "{x:1}"]) {
      expectCalls([fragment("f", source, { index: 0, id: "a" })], [["a", "f", source, false]]);
    }
  });

  it("are incomplete without a name", () => {
    expectCalls([fragment(undefined, "{}", { index: 0, id: "a" })], [["a", "", "{}", false]]);
  });

  it("are all incomplete after a broken stream", () => {
    const { calls } = collect([fragment("f", "{}", { index: 0, id: "a" })], "broken");
    assert.equal(calls[0]?.complete, false);
  });

  it("at the token limit are complete only when their arguments are there", () => {
    const { calls } = collect(
      [
        fragment("f", '{"x":1}', { index: 0, id: "a" }),
        fragment("g", '{"x"', { index: 1, id: "b" }),
        fragment("h", "", { index: 2, id: "c" }),
      ],
      "length",
    );
    assert.deepEqual(
      calls.map(({ complete }) => complete),
      [true, false, false],
    );
  });

  it("keep Gemini's signature", () => {
    const { calls } = collect([
      fragment("f", "{}", { index: 0, id: "a", extra_content: { google: { thought_signature: "SIGN" } } }),
    ]);
    assert.equal(calls[0]?.signature, "SIGN");
  });

  it("of custom tools give their input", () => {
    const { calls } = collect([{ index: 0, id: "a", type: "custom", custom: { name: "sql", input: "SELECT 1" } }]);
    assert.equal(calls[0]?.arguments, "SELECT 1");
  });

  it("ignore what is no fragment", () => {
    assert.deepEqual(collect([null, 1, "x", [], {}, { function: null }, { function: "x" }]).calls, []);
  });

  it("do not grow without end", () => {
    const many = Array.from({ length: 5000 }, (_, index) => fragment("f", "{}", { index, id: `i${index}` }));
    assert.equal(collect(many).calls.length, 1000);
  });

  it("stay apart when fifty of them come interleaved, each cut anywhere", () => {
    const call = fc.record({ text: fc.string({ unit: "grapheme", maxLength: 20 }), cut: fc.nat(30) });
    fc.assert(
      fc.property(fc.array(call, { minLength: 1, maxLength: 50 }), (wanted) => {
        const sources = wanted.map(({ text }) => JSON.stringify({ text, quote: '"\\' }));
        const first = sources.map((source, index) =>
          fragment(`f${index}`, source.slice(0, wanted[index]!.cut), { index, id: `i${index}` }),
        );
        const rest = sources.map((source, index) => fragment(undefined, source.slice(wanted[index]!.cut), { index }));
        const { calls } = collect([...first, ...rest]);
        assert.deepEqual(
          calls.map((made) => made.arguments),
          sources,
        );
        assert.ok(calls.every(({ complete }) => complete));
      }),
      { numRuns: 50 },
    );
  });
});
