// Documents that make a streaming parser stumble, written by hand and generated.
import fc from "fast-check";

export const documents: Readonly<Record<string, string>> = {
  prose: "A paragraph with *emphasis*, **strong**, ***both***, `code` and ~~nothing~~ else.\n\nAnother one.",
  "setext headings": "Title\n=====\n\nSub *title*\n---\n\nTwo\nlines\n===\n\nNot a heading\n\n---",
  "hash headings": "# One\n## Two ##\n### Three #\n#not one\n####### seven\n# `#` #\n#",
  "reference links":
    "See [one], [the second][two] and [three][].\n\n[one]: https://example.com/1\n[TWO]: <https://example.com/2> 'title'\n[three]:\n  https://example.com/3\n  \"on its own line\"",
  "reference defined twice": "[a]\n\n[a]: /first\n[a]: /second",
  "not a definition": "[a]: /url trailing words\n\n[b]:\n\n[c]: <> x",
  "definition inside paragraph": "text\n[a]: /url\n\n[a]",
  "nested lists":
    "- one\n  - two\n    - three\n      more of three\n  - two again\n- one again\n\n  second paragraph\n\n1. first\n   1. inner\n   2. inner\n2. second",
  "tight and loose": "- a\n- b\n- c\n\ntext\n\n- a\n\n- b\n- c\n\ntext\n\n- a\n  b\n\n  c\n- d",
  "loose through an inner list": "- a\n  - b\n\n  - c\n- d",
  "empty items": "-\n- a\n-\n\n1.\n2. x",
  "list start numbers": "3. three\n4. four\n\n0. zero\n\ntext 1. no list\n2. no list either",
  "two kinds of lists": "- a\n- b\n+ c\n+ d\n* e\n\n1. x\n1) y",
  "code in lists":
    "1. Step\n\n   ```js\n   const a = 1;\n\n   const b = 2;\n   ```\n\n2. Next\n\n       indented code\n\n   end",
  "fence closes with its list": "- ```\n  code\n\n- next\n\n> ```\n> quoted\nafter",
  tables:
    "| a | b |\n|---|:-:|\n| 1 | **2** |\n| `x\\|y` | [l](/u) |\n| short |\n| too | many | cells |\n\nx | y\n--|--\n1 | 2\ntext ends it not\n\nafter",
  "not tables": "| a | b |\n|---|\n| 1 | 2 |\n\na | b\n\n| --- | --- |",
  "table after text": "text\n| a |\n| - |\n| 1 |\n> quote ends it",
  "html blocks":
    "<div>\n*not emphasis*\n\n*emphasis*\n</div>\n\n<!-- a\n\ncomment -->\nx\n\n<script>\nlet a = 1;\n\nlet b = 2;\n</script>\n\ntext <b>inline</b> <i\nclass='x'>y</i>",
  "html that is none": '<not a tag\n\n< div>\n\n<3 hearts, a < b > c\n\n<a href="\n">',
  "closed fences": "```js\nconst a = `b`;\n```\n\n~~~\ntildes\n```\n~~~\n\n````md\n```\ninner\n```\n````",
  "unclosed fence": "text\n```python\nprint('a')\n\n\n  indented\n",
  "fence with a longer end": "```\na\n`````\nb",
  "backticks that open no fence": "``` not `a fence\n\n``\nx\n``",
  "indented code": "    code\n\n\n      more\n    end\ntext\n    not code\n\n\ttabbed\n",
  blockquotes: "> a\n> b\nlazy\n>\n> - c\n>   - d\nlazy too\n\n> > nested\n> less\n\n>no space",
  korean:
    "**굵은 글씨**와 *기울임*, `코드`입니다. [문서](https://example.com/한국어)를 보세요.\n\n- 첫째\n- 둘째\n\n| 이름 | 값 |\n|---|---|\n| 가 | 나 |",
  emoji: "👨‍👩‍👧 family, 🏴󠁧󠁢󠁥󠁮󠁧󠁿 flag, 👍🏽 thumb\n\n- 😀 **😀**\n\n```\n👩‍💻\n```",
  "task lists": "- [ ] todo\n- [x] done **now**\n- [X] also\n- [] none\n- [ ]\n\n1. [ ] numbered\n\n[ ] no item",
  strikethrough: "~~gone~~ ~one~ ~~~three~~~ a~~b~~c ~~ no ~~ **~~both~~**",
  autolinks:
    "https://example.com/a_b_c?d=e&f, www.example.com. (https://example.com/(x)) <https://a.b/c> <me@example.com> me@example.com mailto:me@example.com http:// ftp://x.y",
  links: '[a](b) [a](<b c> "t") [a]( /b \'t\' ) [a](b(c)d) [a](b "t" x) [a]() [![img](i.png)](l) [a[b]c](d) [x](y)[z]',
  images: '![alt *text*](a.png "t") ![](b.png) ![ref]\n\n[ref]: /c.png',
  "hard breaks": "one  \ntwo\\\nthree\nfour   ",
  escapes: "\\*not\\* \\[a\\](b) \\`x\\` \\# \\a \\\\ \\&amp;\n\n\\# no heading\n\n1\\. no list",
  entities: "&amp; &lt;b&gt; &copy; &#35; &#x1F600; &nope; &#0; &amp",
  emphasis: "*a **b** c* **a*b*c** ***a** b* _a_b_ __a__ a_b_c a*b*c *a _b* c_ **a ** b** *(**x**)*",
  "emphasis over lines": "**a\nb** *c\n\nd*",
  "code spans": "`a` ``a`b`` `` ` `` ` a ` `a\nb` `unclosed",
  rules: "***\n---\n- - -\n_ _ _\n\ntext\n***\nmore\n\n--\n",
  tabs: "-\ta\n\n\t\tcode\n\n>\t\tx\n\n1.\tone\n\ttwo",
  brackets: "[a [b] c] arr[0][1] [^1] [] [ ] [x]",
  "line ends": "a\r\nb\rc\n\r\n- d\r- e\r\n",
  blank: "\n\n  \n\ta\n\n",
};

const words = [
  "lorem",
  "ipsum dolor",
  "사용자",
  "토큰을",
  "x",
  "2024",
  "12.5",
  "a.b",
  "(c)",
  "😀",
  "é",
  "don't",
  "A & B",
];
const inlineMarks = [
  "*",
  "**",
  "_",
  "__",
  "`",
  "``",
  "~~",
  "[",
  "](",
  ")",
  "![",
  "<b>",
  "</b>",
  "<",
  "&amp;",
  "&",
  "\\",
  "!",
  "https://a.b/c",
  "me@x.yz",
  "[ref]",
  "<https://q.r>",
  "\u200b",
];
const blockMarks = [
  "\n",
  "\n\n",
  "\n- ",
  "\n  - ",
  "\n1. ",
  "\n> ",
  "\n```\n",
  "\n```ts\n",
  "\n~~~\n",
  "\n# ",
  "\n---\n",
  "\n===\n",
  "\n| a | b |\n|---|---|\n| ",
  " | ",
  "\n    ",
  "\n\t",
  "\n<div>\n",
  "\n</div>\n",
  "\n[ref]: https://r.st\n",
  "\n- [ ] ",
  "  \n",
  "\\\n",
  "\r\n",
];

/** Text as nobody writes it, dense with marks. */
export const anyDocument: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...words) },
      { weight: 1, arbitrary: fc.constantFrom(" ", "  ") },
      { weight: 3, arbitrary: fc.constantFrom(...inlineMarks) },
      { weight: 2, arbitrary: fc.constantFrom(...blockMarks) },
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(""));

/** How text is cut on its way: lengths of the pieces, over and over. */
export const anyCuts: fc.Arbitrary<number[]> = fc.array(fc.integer({ min: 1, max: 9 }), {
  minLength: 1,
  maxLength: 12,
});

export function cut(text: string, lengths: readonly number[]): string[] {
  const pieces: string[] = [];
  for (let start = 0, index = 0; start < text.length; index++) {
    const length = lengths[index % lengths.length]!;
    pieces.push(text.slice(start, start + length));
    start += length;
  }
  return pieces;
}
