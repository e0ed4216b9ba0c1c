// Our run of highlight.js's grammars colours as highlight.js does, in one go, in slices and line by line.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { LineRuns, LiveColors, signature } from "../../media/markdown/code-runs.ts";
import { findGrammar } from "../../media/markdown/grammar.ts";
import { highlighter } from "../../media/markdown/languages.ts";
import { Tokenizer } from "../../media/markdown/tokenizer.ts";
import { answerText } from "../bench/support/answer-text.ts";
import { samples } from "./support/code-samples.ts";

interface TreeNode {
  readonly scope?: string;
  readonly children: readonly (TreeNode | string)[];
}

/** Text and scopes as highlight.js emits them; what lies inside another language carries that language's name there. */
function expected(language: string, code: string): [text: string, scopes: string][] {
  const result = highlighter.highlight(code, { language, ignoreIllegals: true });
  assert.equal(result.errorRaised, undefined);
  const parts: [string, string][] = [];
  const walk = (node: TreeNode | string, scopes: readonly string[]) => {
    if (typeof node === "string") return add(parts, node, scopes);
    const inside = node.scope && !node.scope.startsWith("language:") ? [...scopes, node.scope] : scopes;
    for (const child of node.children) walk(child, inside);
  };
  walk((result._emitter as unknown as { rootNode: TreeNode }).rootNode, []);
  return parts;
}

function actual(language: string, code: string, pause: () => boolean): [text: string, scopes: string][] {
  const parts: [string, string][] = [];
  const tokenizer = new Tokenizer(findGrammar(language)!, (text, scopes) => add(parts, text, scopes));
  tokenizer.setText(code);
  while (!tokenizer.run(pause));
  return parts;
}

function add(parts: [string, string][], text: string, scopes: readonly string[]): void {
  const key = scopes.join(" ");
  const last = parts[parts.length - 1];
  if (last?.[1] === key) last[0] += text;
  else if (text !== "") parts.push([text, key]);
}

function wholeLines(language: string, code: string): LineRuns {
  const runs = new LineRuns();
  const tokenizer = new Tokenizer(findGrammar(language)!, runs.emit);
  tokenizer.setText(code);
  tokenizer.run(() => false);
  runs.endLine();
  return runs;
}

describe("code colours", () => {
  const languages = highlighter.listLanguages();
  const own = readFileSync(new URL("../../media/markdown/tokenizer.ts", import.meta.url), "utf8");
  const every = [...Object.values(samples), own, answerText(6000)];

  it("have a sample of every language", () => {
    assert.deepEqual(Object.keys(samples).sort(), [...languages].sort());
  });

  for (const language of languages) {
    it(`are those of highlight.js: ${language}`, () => {
      assert.ok(
        expected(language, samples[language]!).some(([, scopes]) => scopes !== ""),
        "a sample with colours",
      );
      for (const code of every) {
        const wanted = expected(language, code);
        assert.deepEqual(
          actual(language, code, () => false),
          wanted,
        );
        assert.deepEqual(
          actual(language, code, () => true),
          wanted,
          "stopped as often as possible",
        );
      }
    });

    it(`are the same line by line: ${language}`, () => {
      const code = samples[language]!;
      const live = new LiveColors(findGrammar(language)!);
      const lines = code.split(/(?<=\n)/).map((line) => live.line(line)!);
      assert.equal(
        lines
          .flat()
          .map((run) => run.text)
          .join(""),
        code,
      );
      const wanted = wholeLines(language, code).lines.map(signature);
      const wrong = lines.map(signature).filter((line, index) => line !== wanted[index]);
      // A rule may look at the next line, as those of heredocs and block scalars do.
      assert.ok(wrong.length <= lines.length / 3, `${wrong.length} of ${lines.length} lines`);
    });
  }

  it("keep the text, with line ends where they were", () => {
    const { lines } = wholeLines("typescript", own);
    assert.equal(
      lines
        .flat()
        .map((run) => run.text)
        .join(""),
      own,
    );
    for (const line of lines.slice(0, -1)) assert.match(line.map((run) => run.text).join(""), /^[^\n]*\n$/);
  });
});
