/** What VS Code's own parsers find in hostile text after Runnel made it inert: nothing, on any surface. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { lexer, type Token } from "marked";
import { drawnCode, fencedCode, inert, type Surface } from "../../src/core/inert-text.ts";

/** As VS Code 1.139 finds links in notifications, prompts and what is wrong with an input (parseLinkedText). */
const LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/gi;
/** As it finds icons in labels (renderLabelWithIcons): one with a backslash before it is text. */
const ICON = /(\\)?\$\(([A-Za-z0-9-]+(?:~[A-Za-z]+)?)\)/g;
/** As it finds them in what the filter of a pick searches, where a backslash changes nothing. */
const ICON_OF_FILTER = /\$\([A-Za-z0-9~-]+\)/g;

const limits: Record<Surface, number> = {
  notification: 500,
  modal: 900,
  detail: 2000,
  button: 80,
  progress: 200,
  status: 160,
  lens: 300,
  label: 300,
  description: 600,
  prompt: 600,
  title: 200,
  cell: 400,
};
const surfaces = Object.keys(limits) as Surface[];
const withLinks: Surface[] = ["notification", "button", "progress", "description", "prompt"];
const withIcons: Surface[] = ["button", "progress", "status", "lens", "label", "description", "prompt"];

/** What such a label shows, icons as "◆". */
const rendered = (label: string): string =>
  label.replace(ICON, (_, escaped, name) => (escaped === undefined ? "◆" : `$(${name})`));

const hostile = [
  "[See which](command:workbench.action.closeAllEditors)",
  "[See which](command:workbench.action.closeAllEditors 'a title')",
  "[x](COMMAND:workbench.action.closeAllEditors)",
  "[x](https://evil.example/?token=1)",
  "[x](file:///etc/passwd)",
  "[x](vscode://evil.ext/run)",
  "[x]\n(command:a)",
  "[x](command:a)[y](command:b)](command:c)",
  "[[x](command:a)](command:b)",
  "k[See which](command:workbench.action.closeAllEditors).pem",
  "[x]\u200b(command:a)",
  "[x]\\(command:a)",
  "[a\nb](command:a)",
  "![i](https://evil.example/pixel.png)",
  "[![i](https://evil.example/pixel.png)](command:a)",
  "<img src='https://evil.example/pixel.png'>",
  "<a href='command:workbench.action.closeAllEditors'>x</a>",
  "[x][1]\n\n[1]: https://evil.example/",
  "<https://evil.example/>",
  "https://evil.example www.evil.example evil@evil.example ftp://evil.example",
  "$(zap)",
  "\\$(zap)",
  "\\\\$(sync~spin)",
  "$($(zap))",
  "$($zap)(zap)$(zap",
  "x |\n| y | **z** | [a](command:b) |",
  "```\n[x](command:a)\n```",
  "&#91;x&#93;&#40;command:a&#41;",
  "\u202e\u2066gpj.exe\u2069\u200f\u061c",
  "\u0000\u0007\u001b[31mred\u001b[0m\u009b",
  "a\u2028b\u2029c\u0085d\u000be\u000cf",
  `${"a".repeat(3000)}[x](command:a)${"b".repeat(3000)}`,
  `[${"a".repeat(500)}](command:${"b".repeat(500)})`,
  "\ud800[x](command:a)\udc00",
  `${"\u{1f468}\u200d".repeat(400)}`,
  `e${"\u0301".repeat(5000)}`,
  " ".repeat(5000),
  "\u{e0041}\u{e0042}\u{e007f}",
  "\u3164\u115f\u2800\uffa0\u034f\u180e",
];

/** Text made of what parsers look for. */
const pieces = fc.constantFrom(
  ..."[]()!$~\\`*_<>|:/#@\"' \n\r\t\u0000\u001b\u00ad\u200b\u200d\u200e\u202e\u2028\u2066\ufe0f\ufeff\u2060\ud83d\udc68⟨…",
  ...[
    "](",
    "](command:",
    "[x](command:a)",
    "$(zap)",
    "$(",
    "\\$(",
    "https://",
    "www.",
    "a@b.co",
    "한",
    "é",
    "👨‍👩‍👧",
    "❤️",
    "```",
    "![i](",
  ],
);
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 3000 }),
  fc.array(pieces, { maxLength: 400 }).map((parts) => parts.join("")),
  fc.tuple(fc.constantFrom(...hostile), fc.string({ maxLength: 50 })).map(([one, other]) => one + other + one),
);

/** Every kind of token in the Markdown, and in what is inside. */
function kindsIn(tokens: readonly Token[]): string[] {
  return tokens.flatMap((token) => {
    const inside = "tokens" in token && token.tokens ? kindsIn(token.tokens) : [];
    const cells =
      token.type === "table" ? token.rows.flat().flatMap((cell: { tokens: Token[] }) => kindsIn(cell.tokens)) : [];
    return [token.type, ...inside, ...cells];
  });
}

function isHarmless(surface: Surface, text: string): void {
  const result = inert(surface, text);
  const say = `${surface} of ${JSON.stringify(text.slice(0, 200))}: ${JSON.stringify(result.slice(0, 200))}`;
  assert.equal(/[\n\r\u2028\u2029\u0085\p{Cc}\p{Bidi_Control}]/u.test(result), false, `one line, no controls: ${say}`);
  assert.equal(/\p{Surrogate}/u.test(result), false, `well formed: ${say}`);
  assert.ok(result.length <= 2 * limits[surface], `bounded: ${say}`);
  if (withLinks.includes(surface)) assert.equal(result.match(LINK), null, `no link: ${say}`);
  if (withIcons.includes(surface))
    assert.equal(rendered(result).includes("◆") && !text.includes("◆"), false, `no icon: ${say}`);
  if (["label", "description", "button", "progress"].includes(surface))
    assert.equal(result.match(ICON_OF_FILTER), null, `no icon in a filter: ${say}`);
  if (surface === "description") {
    const kinds = kindsIn(lexer(result.replace(/[<>&]/g, (it) => ({ "<": "&lt;", ">": "&gt;", "&": "&amp;" })[it]!)));
    for (const kind of ["link", "image", "html"]) assert.equal(kinds.includes(kind), false, `no ${kind}: ${say}`);
  }
  if (surface === "cell") {
    const markdown = `| | |\n|---|---|\n| ${result} | ${result} |\n`;
    const tokens = lexer(markdown);
    assert.equal(tokens.length, 1, `one table: ${say}`);
    const kinds = new Set(kindsIn(tokens));
    assert.deepEqual(
      [...kinds].filter((kind) => !["table", "text", "escape"].includes(kind)),
      [],
      `plain text: ${say}`,
    );
  }
}

describe("Inert text", () => {
  for (const text of hostile)
    it(`shows ${JSON.stringify(text.slice(0, 60))} on every surface as words`, () => {
      for (const surface of surfaces) isHarmless(surface, text);
    });

  it("holds nothing live, whatever the text", () => {
    fc.assert(fc.property(fc.constantFrom(...surfaces), anyText, isHarmless), { numRuns: 600 });
  });

  it("holds nothing live where several foreign texts meet in one sentence", () => {
    fc.assert(
      fc.property(anyText, anyText, (one, other) => {
        for (const surface of surfaces) isHarmless(surface, `“${one}” (${other}) [${one}](${other})`);
      }),
      { numRuns: 60 },
    );
  });

  it("leaves ordinary names, sentences and addresses as they are", () => {
    const ordinary = [
      "[id].tsx",
      "src/app/[...slug]/page.tsx:10-42",
      "a*b_c.txt",
      "C:\\Users\\김\\파일 (1).txt",
      "한국어 문장입니다. 日本語、中文。",
      "qwen3:8b",
      "https://api.example.com/v1/chat?x=1&y=2",
      "$HOME and $(not an icon) cost $0.21",
      "feature/JIRA-12_fix#3",
      "❤️ 👨‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿 1️⃣ 👍🏽",
      "می‌خواهم क्‍ष 葛󠄀",
      "שלום، العربية",
      'say "yes" <b>or</b> `no`',
    ];
    for (const text of ordinary) {
      for (const surface of ["notification", "modal", "status", "lens", "label", "prompt", "title"] as const)
        assert.equal(inert(surface, text), text, surface);
      const description = inert("description", text);
      assert.equal(description.replaceAll("\u2060", ""), text);
    }
  });

  it("shows in a label of icons exactly what it was given", () => {
    for (const text of ["$(zap)", "\\$(zap)", "\\\\$(sync~spin) \\$(a", "$(a~b1) $()"])
      for (const surface of ["status", "lens", "prompt"] as const) assert.equal(rendered(inert(surface, text)), text);
  });

  it("shows what is invisible", () => {
    assert.equal(inert("notification", "photo\u202egpj.exe"), "photo⟨U+202E⟩gpj.exe");
    assert.equal(
      inert("title", "a\u200bb\u001b[0m\u007f\u2028c\u061c"),
      "a⟨U+200B⟩b⟨U+001B⟩[0m⟨U+007F⟩⟨U+2028⟩c⟨U+061C⟩",
    );
    assert.equal(inert("title", "one\n two\r\n\tthree"), "one  two three");
    assert.equal(inert("title", `a${" ".repeat(300)}.exe`), "a .exe");
    assert.equal(inert("title", "a\ud800b"), "a\ufffdb");
  });

  it("keeps the beginning and the end of what is too long, and cuts no character in two", () => {
    const path = `${"folder/".repeat(100)}file.ts cannot be attached: it is not a text file.`;
    const shown = inert("title", path);
    assert.ok(shown.startsWith("folder/folder/") && shown.endsWith("it is not a text file."), shown);
    assert.match(shown, /^.{1,150}….{1,100}$/);
    const families = inert("notification", "👨‍👩‍👧".repeat(1000));
    assert.match(families, /^(?:👨‍👩‍👧)+…(?:👨‍👩‍👧)+$/u);
    for (let length = 195; length < 215; length++) {
      const marked = inert("title", "\u202e".repeat(length) + "x".repeat(length));
      assert.match(marked, /^(?:⟨U\+202E⟩)+…x+$/);
      assert.match(inert("title", "a".repeat(length) + "👨‍👩‍👧🇰🇷é".repeat(length)), /^a+…?(?:👨‍👩‍👧|🇰🇷|é|…)*$/u);
    }
  });

  it("does work for as much text as is shown, not for all that came", () => {
    // What lies in the middle is never looked at, so a getter for it would not be called: same results for any size.
    const shown = (size: number): string => inert("notification", `begin ${"[x](command:a) ".repeat(size)}end`);
    assert.equal(shown(10_000), shown(100_000));
    assert.ok(shown(100_000).length < 1000);
  });
});

describe("Code in a hover", () => {
  const isOneBlock = (code: string, language = "ts"): void => {
    const tokens = lexer(`Removed\\:\n\n${fencedCode(code, language)}`).filter(({ type }) => type !== "space");
    assert.deepEqual(
      tokens.map(({ type }) => type),
      ["paragraph", "code"],
      JSON.stringify(code),
    );
  };

  it("cannot leave its block", () => {
    for (const text of hostile) isOneBlock(text);
    for (const indent of ["", " ", "   ", "\t", "    "])
      for (const fence of ["```", "~~~", "`````"])
        isOneBlock(`a\n${indent}${fence}\n[x](command:a) ![i](https://evil.example/i.png)\n${indent}${fence}\n`);
    isOneBlock("x", "ts\n[x](command:a)\n```");
    fc.assert(fc.property(anyText, anyText, isOneBlock), { numRuns: 300 });
  });

  it("shows in it and in lines what is invisible", () => {
    assert.equal(fencedCode("a\tb\u202e\r\n\fc", "ts"), "```ts\na\tb⟨U+202E⟩\n⟨U+000C⟩c\n```\n");
    // A form feed would end the string of the style sheet in which VS Code puts it.
    assert.equal(drawnCode("\tif (isAdmin\u2066) {\f}"), "\tif (isAdmin⟨U+2066⟩) {⟨U+000C⟩}");
    fc.assert(fc.property(anyText, (text) => !/[\n\r\f\u2028\p{Surrogate}\p{Bidi_Control}]/u.test(drawnCode(text))));
  });
});
