// Characters that deceive are marked; characters that spell are left alone. Addresses that lead astray are no links.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { InputFilter } from "../../media/markdown/input.ts";
import { languageOf, languageTitle } from "../../media/markdown/languages.ts";
import { contradictedHost, followableAddress, shortAddress } from "../../media/markdown/link-policy.ts";
import { codePointName, plainVisible, splitInvisible } from "../../media/markdown/visible-text.ts";

const shown = (text: string) =>
  splitInvisible(text)
    .map((node) =>
      node.type === "invisible" ? `<${codePointName(node.codePoint)}>` : node.type === "text" ? node.text : "",
    )
    .join("");

describe("invisible characters", () => {
  it("are marked: bidi controls, zero width, tags, fillers", () => {
    assert.equal(shown("a\u202eb\u2066c"), "a<U+202E>b<U+2066>c");
    assert.equal(shown("\u200bx\ufeff\u00ad\u2060"), "<U+200B>x<U+FEFF><U+00AD><U+2060>");
    assert.equal(shown("a\u{e0041}\u{e0042}b"), "a<U+E0041><U+E0042>b");
    assert.equal(shown("a\u200db\u200cc\u3164"), "a<U+200D>b<U+200C>c<U+3164>");
    assert.equal(plainVisible("a\u202eb"), "a[U+202E]b");
  });

  it("stay where they spell: in emoji, Persian and Hindi", () => {
    for (const text of ["👨‍👩‍👧", "👩🏽‍💻", "❤️‍🔥", "🏳️‍🌈", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "می‌خواهم", "क्‍ष", "क्‌ष", "한국어", "é", "1️⃣"]) {
      assert.equal(shown(text), text);
    }
  });

  it("are replaced where there is little else", () => {
    assert.deepEqual(splitInvisible("a\u202e".repeat(500)), [{ type: "text", text: "a\ufffd".repeat(500) }]);
  });
});

describe("input filter", () => {
  const filter = (...pieces: string[]) => {
    const input = new InputFilter();
    return pieces.map((piece) => input.push(piece)).join("") + input.end();
  };

  it("joins surrogate pairs and replaces what has no other half", () => {
    assert.equal(filter("a\ud83d", "\ude00b"), "a😀b");
    assert.equal(filter("a\ud83d", "b", "\ude00"), "a\ufffdb\ufffd");
    assert.equal(filter("a\ud83d"), "a\ufffd");
  });

  it("knows every line end, even in two pieces", () => {
    assert.equal(filter("a\r", "\nb\r", "c\n", "\r\n"), "a\nb\nc\n\n");
    assert.equal(filter("\r", "", "\n", "\n"), "\n\n");
  });

  it("replaces control characters", () =>
    assert.equal(filter("a\0b\x1b[31mc\x7f\x85\td"), "a\ufffdb\ufffd[31mc\ufffd\ufffd\td"));
});

describe("link policy", () => {
  it("follows http, https and mailto", () => {
    assert.equal(followableAddress("https://example.com/a b".replace(" ", "%20")), "https://example.com/a%20b");
    assert.equal(followableAddress("HTTP://EXAMPLE.com"), "http://example.com/");
    assert.equal(followableAddress("mailto:a@b.c?subject=x"), "mailto:a@b.c?subject=x");
    assert.equal(followableAddress("https://аррӏе.com/"), "https://xn--80ak6aa92e.com/");
  });

  it("follows nothing else", () => {
    const addresses = [
      "command:workbench.action.quit",
      "vscode:extension/x",
      "javascript:alert(1)",
      "JaVaScRiPt:alert(1)",
      "data:text/html,x",
      "file:///etc/passwd",
      "src/a.ts",
      "/a",
      "//evil.example",
      "#a",
      "",
      "ftp://a.b",
      "https:evil",
      "https://",
      "https://a b",
      " javascript:x",
      "java\nscript:x",
      "https://a.b\n",
      "vscode-insiders://x",
      "http://[",
      `https://a.b/${"x".repeat(5000)}`,
    ];
    for (const address of addresses) assert.equal(followableAddress(address), undefined, address);
  });

  it("names the host that a text contradicts", () => {
    assert.equal(contradictedHost("https://google.com", "https://evil.example/"), "evil.example");
    assert.equal(contradictedHost("google.com/mail", "https://evil.example/"), "evil.example");
    assert.equal(contradictedHost("www.google.com", "https://google.com/x"), undefined);
    assert.equal(contradictedHost("https://EXAMPLE.com", "https://example.com/"), undefined);
    for (const name of ["node.js", "README.md", "the docs", "e.g. this", "src/a.ts", "한국어"]) {
      assert.equal(contradictedHost(name, "https://example.com/"), undefined, name);
    }
  });

  it("shortens what is shown", () => {
    assert.equal(shortAddress(" a\n b "), "a b");
    assert.equal(shortAddress(`data:${"x".repeat(500)}`).length, 121);
  });
});

describe("language of a code block", () => {
  it("is the first word of the info string", () => {
    const infos = [
      "ts",
      "TypeScript title=x",
      "{.python .x}",
      "language-js",
      "js{1,3}",
      "c++ x",
      "",
      "\u202ets",
      "go,editable",
    ];
    const languages = ["ts", "typescript", "python", "js", "js", "c++", "", "[u+202e]ts", "go"];
    assert.deepEqual(infos.map(languageOf), languages);
  });

  it("has a name to show", () => {
    const titles = ["ts", "tsx", "html", "sh", "c++", "toml", "unknown", ""].map(languageTitle);
    assert.deepEqual(titles, ["TypeScript", "TSX", "HTML", "Shell", "C++", "TOML", "unknown", ""]);
  });
});
