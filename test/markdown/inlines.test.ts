// Inline text while it arrives: calm to look at, and cut where nothing to come can change it.
import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { type InlineOptions, parseInlines } from "../../media/markdown/inlines.ts";
import type { Inline, Reference } from "../../media/markdown/nodes.ts";
import { plainText } from "../../media/markdown/pieces.ts";
import { anyDocument } from "./support/documents.ts";
import { decodeNamed } from "./support/html.ts";

const references = new Map<string, Reference>([["REF", { address: "https://r.st/", title: "" }]]);
const options: InlineOptions = { references, decodeNamed };

/** Inline nodes as a person reads them: strong in capitals of its tag. */
function sketch(nodes: readonly Inline[]): string {
  return nodes
    .map((node) => {
      switch (node.type) {
        case "text":
        case "html":
          return node.text;
        case "code":
          return `‹${node.text}›`;
        case "break":
          return "⏎";
        case "task":
          return node.checked ? "☑" : "☐";
        case "invisible":
          return `U+${node.codePoint.toString(16)}`;
        case "link":
        case "image":
          return `${node.type}(${sketch(node.children)} → ${node.address})`;
        default:
          return `${node.type}(${sketch(node.children)})`;
      }
    })
    .join("");
}

const whole = (source: string) => sketch(parseInlines(source, options).nodes);
const unfinished = (source: string) => sketch(parseInlines(source, { ...options, unfinished: true }).nodes);

describe("inline text that is not finished", () => {
  const cases: readonly [arrived: string, shown: string][] = [
    ["a **bo", "a strong(bo)"],
    ["a **bold*", "a strong(bold)"],
    ["a ***bo", "a strong(emphasis(bo))"],
    ["a **", "a"],
    ["a ~~go", "a strikethrough(go)"],
    ["a *em **both", "a emphasis(em strong(both))"],
    ["2 * 3", "2 * 3"],
    ["2*3", "2*3"],
    ["**한국어", "strong(한국어)"],
    ["call `foo(", "call ‹foo(›"],
    ["call ``a`b", "call ‹a`b›"],
    ["it`s", "it`s"],
    ["see [the do", "see the do"],
    ["see [the docs]", "see the docs"],
    ["see [the docs](https://exa", "see the docs"],
    ['see [the docs](https://example.com "ti', "see the docs"],
    ["see [the docs](https://example.com)", "see link(the docs → https://example.com)"],
    ["see [the docs][re", "see the docs"],
    ["see [**the** do", "see strong(the) do"],
    ["see ![an im", "see an im"],
    ["see [note] and", "see [note] and"],
    ["array[0", "array[0"],
    ["array[0]", "array[0]"],
    ["<https://a.b/c", "https://a.b/c"],
    ["<https", ""],
    ["a < b", "a < b"],
    ["AT&am", "AT"],
    ["AT&T a", "AT&T a"],
    ["back\\", "back"],
    ["text <b>bo", "text <b>bo"],
    ["https://exa", "link(https://exa → https://exa)"],
  ];
  for (const [arrived, shown] of cases) {
    it(`${arrived} → ${shown}`, () => assert.equal(unfinished(arrived), shown));
  }

  it("shows a task box only when it is one", () => {
    const task = (source: string) => sketch(parseInlines(source, { ...options, task: true, unfinished: true }).nodes);
    assert.deepEqual(["[", "[ ", "[ ]", "[ ] ", "[ ] a", "[x] a", "[y"].map(task), ["", "", "", "", "☐a", "☑a", "y"]);
  });

  it("never shows more raw marks than the finished text does, for marks that are closed", () => {
    const text =
      'Use **bold *and* `code`** with [a link](https://e.x/a_b "t"), ~~old~~ ![img](i.png) and <https://a.b>.';
    const marks = (shown: string) => shown.replace(/→ \S+/g, "").match(/[*`~[\]]/g) ?? [];
    for (let length = 1; length <= text.length; length++) {
      assert.deepEqual(marks(unfinished(text.slice(0, length))), [], text.slice(0, length));
    }
  });
});

describe("inline text that is set aside", () => {
  const merge = (nodes: readonly Inline[]) => {
    const merged: Inline[] = [];
    for (const node of nodes) {
      const last = merged[merged.length - 1];
      if (node.type === "text" && last?.type === "text")
        merged[merged.length - 1] = { type: "text", text: last.text + node.text };
      else merged.push(node);
    }
    return merged;
  };

  it("gives, parsed apart from the rest, what the whole gives, whatever comes", () => {
    let cuts = 0;
    const anyLine = anyDocument.map((text) => text.replace(/\s*[\r\n]+\s*/g, " ").trimStart());
    fc.assert(
      fc.property(anyLine, anyLine, (arrived, more) => {
        const { settled } = parseInlines(arrived, { ...options, unfinished: true, settle: true });
        if (settled === 0) return;
        cuts++;
        const all = (arrived + more).trimEnd();
        const first = parseInlines(all.slice(0, settled), options).nodes;
        const rest = parseInlines(all.slice(settled), options).nodes;
        assert.deepEqual(merge([...first, ...rest]), merge(parseInlines(all, options).nodes));
      }),
      { numRuns: 3000 },
    );
    assert.ok(cuts > 300, `only ${cuts} texts could be cut`);
  });

  it("goes on through long prose, and stops at markup that is open", () => {
    const prose = "many words and **some strong ones** with `code` in it ".repeat(10);
    const settled = (source: string) => parseInlines(source, { ...options, unfinished: true, settle: true }).settled;
    assert.ok(settled(prose) > prose.length - 30);
    assert.equal(settled(`before **${prose.replaceAll("*", "")}`), 0);
    assert.ok(settled(`before it **${prose.replaceAll("*", "")}`) <= "before ".length);
  });
});

describe("inline nodes", () => {
  it("know their plain text", () => {
    assert.equal(plainText(parseInlines("a **b `c`** [d](e)", options).nodes), "a b c d");
  });

  it("show a line break tag as a line break and every other tag as text", () => {
    assert.equal(whole("a<br>b<br />c <b>d</b> <img src=x onerror=y>"), "a⏎b⏎c <b>d</b> <img src=x onerror=y>");
  });

  it("let emphasis end before a Korean particle only if asked to", () => {
    const cjk = (source: string) => sketch(parseInlines(source, { ...options, cjkEmphasis: true }).nodes);
    assert.equal(whole("**강조(설명)**는"), "**강조(설명)**는");
    assert.equal(cjk("**강조(설명)**는"), "strong(강조(설명))는");
    assert.equal(cjk('은**"인용"**을'), '은strong("인용")을');
    assert.equal(cjk("a**(b)**c snake_case_"), whole("a**(b)**c snake_case_"));
  });
});
