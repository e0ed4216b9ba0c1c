/** Dicts as Python prints them: read as what they mean, and nothing else is read. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { pythonDict } from "../../../src/providers/provider/python-dict.ts";
import { event } from "../../support/chat.ts";
import { decodeBody } from "../../support/decode.ts";
import { long } from "../../support/long.ts";

/** What `repr` of Python writes. */
function repr(value: unknown): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return `[${value.map(repr).join(", ")}]`;
  if (typeof value === "object")
    return `{${Object.entries(value)
      .map(([key, each]) => `${repr(key)}: ${repr(each)}`)
      .join(", ")}}`;
  const text = String(value);
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(/[\\\u0000-\u001f\u007f-\u00a0\ud800-\udfff]/g, (sign) => {
    const named = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" }[sign];
    const code = sign.charCodeAt(0).toString(16);
    return named ?? (code.length > 2 ? `\\u${code.padStart(4, "0")}` : `\\x${code.padStart(2, "0")}`);
  });
  return quote + escaped.replaceAll(quote, `\\${quote}`) + quote;
}

describe("a dict as Python prints it", () => {
  long.it("is read as what was printed", () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: "binary" }),
        fc.constantFrom("it's", 'say "x"', `both ' and "`, "\\", "\ud83d"),
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true, min: 1e-5, max: 1e5 }),
        fc.constantFrom(null, true, false),
        fc.array(tie("any"), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie("any"), { maxKeys: 4, noNullPrototype: true }),
      ),
    })).any;
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: "binary" }), value, { noNullPrototype: true }), (dict) => {
        assert.deepEqual(JSON.parse(JSON.stringify(pythonDict(repr(dict)))), JSON.parse(JSON.stringify(dict)));
      }),
    );
  });

  it("may have strings of three quotes, tuples, escapes by number and numbers that JSON has not", () => {
    const cases: [string, unknown][] = [
      [`{'a': '''it's\n"x"'''}`, { a: 'it\'s\n"x"' }],
      [`{"a": """b"""}`, { a: "b" }],
      ["{'a': (1, 2,), 'b': ()}", { a: [1, 2], b: [] }],
      ["{'a': ((1, 2), [(3,)])}", { a: [[1, 2], [[3]]] }],
      ["{'a': '\\x41\\u00e9\\U0001f600\\101\\\\'}", { a: "Aé😀A\\" }],
      ["{'a': nan, 'b': inf, 'c': -inf}", { a: null, b: null, c: null }],
      ["  {'a': 1}\n", { a: 1 }],
      ["{'__proto__': {'x': 1}}", JSON.parse('{"__proto__": {"x": 1}}')],
      ["{}", {}],
    ];
    for (const [source, expected] of cases) assert.deepEqual(pythonDict(source), expected, source);
    assert.equal(({} as { x?: number }).x, undefined);
  });

  it("is nothing else", () => {
    for (const source of [
      ...["", "x", "{broken", "{'a'}", "{'a': }", "{'a': 1,}", "{'a': 1 'b': 2}", "{'a': 1} x", "{1: 2}", "{'a', 'b'}"],
      ...["{'a': 'x\ny'}", "{'a': 'x}", "{'a': '\\x4'}", "{'a': '\\U00110000'}", "{'a': b'x'}", "{'a': f(1)}"],
      ...["{'a': (1, 2)", "{'a': [(1)}", "{'a': ((1)", "{'a': (1) 2}"],
      ...["{a: 1}", "{'a': Nonesuch}", "{'a': [1,]}", "['a']", "'a'", "{'a': '\\N{DASH}'}", `${"{'a': ".repeat(999)}`],
    ]) {
      assert.equal(pythonDict(source), undefined, source);
    }
  });

  it("is none where it is longer than an event of a backend is", () => {
    assert.ok(pythonDict(`{'a': '${"x".repeat(500_000)}'}`));
    assert.equal(pythonDict(`{'a': '${"x".repeat(600_000)}'}`), undefined);
  });

  it("takes time in proportion to its length", () => {
    const steps = (size: number) => {
      const source = `{'a': '${"\\n'".replaceAll("'", "\\'").repeat(size)}', 'b': [${"{'c': 1}, ".repeat(size)}1]}`;
      const times = [0, 1, 2].map(() => {
        const began = process.cpuUsage().user;
        assert.ok(pythonDict(source));
        return process.cpuUsage().user - began;
      });
      return Math.min(...times);
    };
    steps(5_000);
    // Four times the size; sixteen times the time would be the square.
    assert.ok(steps(32_000) < 9 * Math.max(steps(8_000), 1000));
  });
});

describe("a backend that prints dicts", () => {
  it("says the same as one that writes JSON", () => {
    const frame = (dict: string) => `data: ${dict}\n\n`;
    const body = [
      frame("{'type': 'ttft', 'value': 312.5}"),
      frame("{'type': 'token', 'value': 'Hel'}"),
      frame(`{'type': 'token', 'value': "lo, it's"}`),
      frame("{'type': 'token', 'value': '\\n안녕 \\u00e9'}"),
      event({ type: "token", value: "!" }),
      frame("{'type': 'done', 'total_tokens': 2}"),
    ].join("");
    const answer = decodeBody(body, "chat-stream");
    assert.equal(answer.text, "Hello, it's\n안녕 é!");
    assert.deepEqual(answer.usage, { outputTokens: 2 });
    const failed = decodeBody(frame("{'type': 'error', 'message': 'no'}"), "chat-stream");
    assert.equal(failed.error?.details.providerMessage, "no");
  });

  it("may still send tokens that look like one", () => {
    const body = "event: message\ndata: {'a': 1}\n\nevent: done\ndata:\n\n";
    assert.equal(decodeBody(body, "chat-stream").text, "{'a': 1}");
  });
});
