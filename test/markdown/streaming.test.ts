// However a text is cut on its way, the block tree at its end is the one of the whole text.
import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { MarkdownDocument } from "../../media/markdown/document.ts";
import { anyCuts, anyDocument, cut, documents } from "./support/documents.ts";
import { decodeNamed, toHtml, writeHtml } from "./support/html.ts";

function stream(pieces: readonly string[]): string {
  const document = new MarkdownDocument(decodeNamed);
  for (const piece of pieces) {
    document.push(piece);
    while (document.advance());
  }
  document.end();
  return writeHtml(document);
}

describe("streamed Markdown", () => {
  for (const [name, text] of Object.entries(documents)) {
    it(`is whole at its end: ${name}`, () => {
      const whole = toHtml(text);
      assert.equal(stream([...text]), whole, "one character at a time");
      for (let position = 1; position < text.length; position++) {
        assert.equal(stream([text.slice(0, position), text.slice(position)]), whole, `cut at ${position}`);
      }
    });
  }

  it("is whole at its end for any text and any cuts", () => {
    fc.assert(
      fc.property(anyDocument, anyCuts, (text, lengths) => {
        assert.equal(stream(cut(text, lengths)), toHtml(text));
      }),
      { numRuns: 1500 },
    );
  });

  it("takes LF, CR and CRLF for the same line end", () => {
    for (const text of Object.values(documents)) {
      if (text.includes("\r")) continue;
      const expected = toHtml(text);
      for (const lineEnd of ["\r", "\r\n"]) {
        const changed = text.replaceAll("\n", lineEnd);
        assert.equal(toHtml(changed), expected);
        assert.equal(stream(cut(changed, [1])), expected);
      }
    }
  });

  it("shows a line as soon as its beginning decides what it is, and nothing before", () => {
    const document = new MarkdownDocument(decodeNamed);
    const shown = (text: string) => {
      document.push(text);
      while (document.advance());
      return document.blocks.document.children.map((block) => `${block.type} ${block.content}`);
    };
    assert.deepEqual(shown("-"), []);
    assert.deepEqual(shown(" "), []);
    assert.deepEqual(shown("one"), ["list "]);
    assert.deepEqual(shown("\n\n``"), ["list "]);
    assert.deepEqual(shown("`ts"), ["list "]);
    assert.deepEqual(shown("\nlet"), ["list ", "code let"]);
    assert.deepEqual(shown("\n``"), ["list ", "code let\n"]);
    assert.deepEqual(shown("`\n하"), ["list ", "code let\n", "paragraph 하"]);
  });
});
