import assert from "node:assert/strict";
import { type AnswerEnd, type AnswerLinesOptions, createAnswerLines } from "../../../src/edit/answer/answer-lines.ts";

const old = ["function total(order) {", "  return order.price;", "}"];
const code = ["function total(order) {", "\treturn order.price * order.count;  ", "}"];
const before = ["import { log } from './log';", "", "const rate = 2;", "const limit = 10;", ""];
const after = ["", "export function log(order) {", "  print(order);", "}"];
const document = ["# Title", "", "Some text.", "", "```js", "call();", "```", "", "The end."];

function read(pieces: readonly string[], options: Partial<AnswerLinesOptions> = {}): AnswerEnd {
  const answer = createAnswerLines({ oldLines: old, ...options });
  const lines = pieces.flatMap((piece) => answer.push(piece));
  const end = answer.end();
  return { ...end, lines: [...lines, ...end.lines] };
}

interface Case {
  name: string;
  answer: string;
  options?: Partial<AnswerLinesOptions>;
  lines: readonly string[];
  verdict?: AnswerEnd["verdict"];
  notices?: AnswerEnd["notices"];
}

const plain = code.join("\n");
const cases: Case[] = [
  { name: "plain code", answer: plain, lines: code },
  { name: "plain code with a line end behind it", answer: `${plain}\n`, lines: code },
  { name: "a fence", answer: `\`\`\`ts\n${plain}\n\`\`\``, lines: code },
  { name: "a fence of tildes, longer than need be", answer: `~~~~ ts\n${plain}\n~~~~~\n`, lines: code },
  { name: "blank lines around a fence", answer: `\n\n\`\`\`\n${plain}\n\`\`\`\n\n`, lines: code },
  {
    name: "talk around a fence",
    answer: `Sure! Here it is:\n\n\`\`\`ts\n${plain}\n\`\`\`\nIt \`works\`.`,
    lines: code,
  },
  { name: "Korean talk around a fence", answer: `수정한 코드입니다:\n\`\`\`ts\n${plain}\n\`\`\`\n끝.`, lines: code },
  { name: "talk before code without a fence", answer: `Here is the new code:\n\n${plain}\n`, lines: code },
  { name: "a fence that never closes", answer: `\`\`\`ts\n${plain}\n`, lines: code, notices: ["unclosed"] },
  { name: "a fence half closed", answer: `\`\`\`ts\n${plain}\n\`\``, lines: code, notices: ["unclosed"] },
  { name: "CRLF", answer: `\`\`\`\r\n${code.join("\r\n")}\r\n\`\`\`\r\n`, lines: code },
  { name: "lone carriage returns", answer: `\`\`\`\r${code.join("\r")}\r\`\`\``, lines: code },
  { name: "a byte order mark", answer: `\ufeff${plain}`, lines: code },
  {
    name: "two blocks: the first one",
    answer: `\`\`\`ts\n${plain}\n\`\`\`\nOr:\n\`\`\`ts\nother();\n\`\`\``,
    lines: code,
    notices: ["several"],
  },
  {
    name: "a fence in a comment of the code",
    answer: '```py\ndef f():\n    """\n    ```\n    f()\n    ```\n    """\n```',
    lines: ["def f():", '    """', "    ```", "    f()", "    ```", '    """'],
  },
  {
    name: "a Markdown document in a longer fence",
    answer: `\`\`\`\`markdown\n${document.join("\n")}\n\`\`\`\`\nDone.`,
    options: { language: "markdown" },
    lines: document,
  },
  {
    name: "a Markdown document in a fence like those inside it",
    answer: `\`\`\`markdown\n${document.join("\n")}\n\`\`\`\nDone.`,
    options: { language: "markdown" },
    lines: document,
  },
  {
    name: "a Markdown document with a bare fence inside",
    answer: "```markdown\n# A\n```\ncall();\n```\nB\n```\nDone.",
    options: { language: "markdown" },
    lines: ["# A", "```", "call();", "```", "B"],
  },
  {
    name: "a Markdown document without a fence around it",
    answer: document.join("\n"),
    options: { language: "markdown", oldLines: document },
    lines: document,
  },
  {
    name: "a Markdown document that begins with a fence of its own",
    answer: "```js\ncall(1);\n```\nText.",
    options: { language: "markdown", oldLines: ["```js", "call();", "```", "Text."] },
    lines: ["```js", "call(1);", "```", "Text."],
  },
  {
    name: "prose, when prose is edited",
    answer: "The first point:\n\nIt is short.",
    options: { language: "plaintext", oldLines: ["Something."] },
    lines: ["The first point:", "", "It is short."],
  },
  {
    name: "the whole file",
    answer: [...before, ...code, ...after].join("\n"),
    options: { before, after },
    lines: code,
  },
  {
    name: "the whole file with a change before the selection",
    answer: [...before.slice(0, 3), "const added = 1;", ...before.slice(2), ...code, ...after].join("\n"),
    options: { before, after },
    lines: code,
  },
  {
    name: "the lines around the selection",
    answer: `\`\`\`\n${[...before.slice(-2), ...code, ...after.slice(0, 2)].join("\n")}\n\`\`\``,
    options: { before, after },
    lines: code,
  },
  {
    name: "code that only begins like what stands before it",
    answer: "const limit = 11;\nconst rate = 2;\nother();",
    options: { before, after },
    lines: ["const limit = 11;", "const rate = 2;", "other();"],
  },
  {
    name: "code that ends like what stands behind it",
    answer: "one();\n\n}",
    options: { before, after: ["", "}", "two();"] },
    lines: ["one();", "", "}"],
  },
  {
    name: "a unified diff",
    answer:
      "```diff\n--- a/total.js\n+++ b/total.js\n@@ -1,3 +1,3 @@\n function total(order) {\n-  return order.price;\n+  return 2 * order.price;\n }\n```",
    lines: ["function total(order) {", "  return 2 * order.price;", "}"],
  },
  {
    name: "a diff with context beyond the selection",
    answer:
      "@@ -4,4 +4,4 @@\n const limit = 10;\n\n function total(order) {\n-  return order.price;\n+  return 0;\n }\n",
    options: { before, after },
    lines: ["function total(order) {", "  return 0;", "}"],
  },
  {
    name: "lines with signs and nothing else of a diff",
    answer: "```\n-  return order.price;\n+  return 0;\n```",
    lines: ["function total(order) {", "  return 0;", "}"],
  },
  {
    name: "a diff of something else",
    answer: "```diff\n-  return nothing;\n+  return 0;\n```",
    lines: [],
    verdict: "patch-failed",
  },
  {
    name: "a diff that changes lines beside the selection",
    answer: "```diff\n-const rate = 2;\n+const rate = 3;\n```",
    options: { before },
    lines: [],
    verdict: "patch-failed",
  },
  {
    name: "a diff that adds lines beside the selection",
    answer: "```diff\n const rate = 2;\n+const other = 3;\n const limit = 10;\n```",
    options: { before },
    lines: [],
    verdict: "patch-failed",
  },
  { name: "nothing", answer: "", lines: [], verdict: "nothing" },
  { name: "blank lines", answer: "\n  \n\n", lines: [], verdict: "nothing" },
  { name: "an empty fence: all lines go", answer: "```\n```", lines: [] },
  {
    name: "talk alone",
    answer: "I cannot change this code.\nPlease tell me more about it.",
    lines: [],
    verdict: "prose",
  },
  {
    name: "a placeholder",
    answer: "```js\nfunction total(order) {\n  // ... existing code ...\n}\n```",
    lines: ["function total(order) {"],
    verdict: "elided",
  },
  {
    name: "a placeholder that was in the old text",
    answer: "// ... existing code ...\nother();",
    options: { oldLines: ["// ... existing code ..."] },
    lines: ["// ... existing code ...", "other();"],
  },
  {
    name: "the empty last line of a whole file",
    answer: `\`\`\`\n${plain}\n\`\`\``,
    options: { oldLines: [...old, ""] },
    lines: [...code, ""],
  },
  { name: "empty lines behind the last", answer: `${plain}\n\n\n`, lines: code },
];

describe("the lines of an answer", () => {
  for (const { name, answer, options, lines, verdict = "code", notices = [] } of cases) {
    it(`reads ${name}, wherever it is cut in two`, () => {
      assert.deepEqual(read([answer], options), { lines: [...lines], verdict, notices });
      for (let cut = 1; cut < answer.length; cut++) {
        const whole = read([answer.slice(0, cut), answer.slice(cut)], options);
        assert.deepEqual(whole, { lines: [...lines], verdict, notices }, `cut at ${cut}`);
      }
      assert.deepEqual(read([...answer], options), { lines: [...lines], verdict, notices });
    });
  }

  it("lets plain code through line by line", () => {
    const answer = createAnswerLines({ oldLines: old });
    assert.deepEqual(answer.push("const one = 1;\ncon"), ["const one = 1;"]);
    assert.deepEqual(answer.push("st two = 2;\n"), ["const two = 2;"]);
    const fenced = createAnswerLines({ oldLines: old });
    assert.deepEqual(fenced.push("Here:\n```\none\n"), ["one"]);
  });

  it("gives up on a text without end", () => {
    const answer = createAnswerLines({ oldLines: old });
    let lines = 0;
    while (answer.verdict === undefined && lines < 10_000) lines += answer.push("one();\ntwo();\n").length;
    assert.equal(answer.verdict, "repetition");
    assert.ok(lines < 500);
    assert.equal(answer.end().verdict, "repetition");
  });

  it("leaves long lists alone that the old text had too", () => {
    const list = new Array<string>(2000).fill("  0,");
    assert.equal(read([list.join("\n")], { oldLines: list }).verdict, "code");
  });

  it("gives up on a line without end, but not on a long one in a text that has such lines", () => {
    const answer = createAnswerLines({ oldLines: old });
    for (let piece = 0; piece < 1000 && answer.verdict === undefined; piece++) answer.push("x".repeat(1000));
    assert.equal(answer.verdict, "line-too-long");
    const long = `var x="${"x".repeat(1_000_000)}";`;
    assert.deepEqual(read([`${long}\n`], { oldLines: [long] }), { lines: [long], verdict: "code", notices: [] });
  });

  const placeholders: [line: string, isOne: boolean][] = [
    ["// ... existing code ...", true],
    ["    # rest unchanged", true],
    ["# ... rest of the function ...", true],
    ["/* … */", true],
    ["{/* ... existing code ... */}", true],
    ["<!-- rest of the file unchanged -->", true],
    ["// (rest of the code remains the same)", true],
    ["-- ... remaining columns", true],
    ["// ... 기존 코드 ...", true],
    ["// your existing code here", true],
    ["// existing users keep their rate", false],
    ["// Wait for the rest of the answer.", false],
    ["# unchanged values are skipped", false],
    ["// and so on ...", false],
    ["  ...rest,", false],
    ["    ...", false],
    ["// the same as before the change, but faster", false],
  ];
  for (const [line, isOne] of placeholders) {
    it(`${isOne ? "sees that something is left out in" : "takes for code"} ${line}`, () => {
      const end = read([`before();\n${line}\nafter();\n`], { language: "typescript" });
      assert.equal(end.verdict, isOne ? "elided" : "code");
    });
  }
});
