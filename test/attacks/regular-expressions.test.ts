/** Every regular expression of the extension host takes no longer than its input, on texts made from its own pieces. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { limits } from "../../src/core/limits.ts";
import { superLinear } from "../support/growth.ts";
import { long } from "../support/long.ts";
import { type Attack, attacksOn, attackText } from "../support/regex-attacks.ts";
import { regexLiterals } from "../support/regex-literals.ts";

const root = fileURLToPath(new URL("../../src", import.meta.url));

/**
 * What reads no more than so many characters, because whoever calls it cuts first: by file and beginning of the source.
 * That they do is tested with the functions themselves, in `pipelines.test.ts`.
 */
const bounded: readonly { file: string; source: string; characters: number }[] = [
  { file: "providers/provider/base-url.ts", source: "\\/models\\/.+:(stream", characters: limits.url },
  { file: "providers/errors/error-class.ts", source: "context[ _]length", characters: limits.errorMessage },
  { file: "providers/errors/error-class.ts", source: "model[ _]not", characters: limits.errorMessage },
];

const isBounded = ({ place, source }: Found): boolean =>
  bounded.some((each) => place.startsWith(`${each.file}:`) && source.startsWith(each.source));

interface Found {
  place: string;
  source: string;
  flags: string;
}

function found(): Found[] {
  const names = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  return names.sort().flatMap((name) => {
    const literals = regexLiterals(readFileSync(join(root, name), "utf8"));
    return literals.map(({ line, source, flags }) => ({ place: `${name}:${line}`, source, flags }));
  });
}

/** The worst that was found, or undefined. */
function weakness(source: string, flags: string): string | undefined {
  const expression = new RegExp(source, flags);
  for (const attack of attacksOn(source, flags)) {
    const growth = superLinear(
      (size) => attackText(attack, size),
      (text) => (expression.global ? text.replace(expression, "") : expression.test(text)),
    );
    if (growth !== undefined) return `${written(attack)}: ${growth}`;
  }
  return undefined;
}

function written({ before, pump, after }: Attack): string {
  return `${JSON.stringify(before)} + ${JSON.stringify(pump)} × n + ${JSON.stringify(after)}`;
}

describe("regular expressions under attack", function () {
  this.timeout(300_000);

  long.it("finds what grows faster than its input", () => {
    for (const [source, flags] of [
      ['("(?:[^"\\\\]|\\\\.)*")|-?Infinity|NaN', "g"],
      ["<title[^>]*>([^<]*)", "i"],
      ["^(?:[^\\n]*:\\s*\\n+)?```[^\\n]*", ""],
      ["\\s+$", ""],
      ["(a+)+$", ""],
      ["(a|a)*b", ""],
    ]) {
      assert.notEqual(weakness(source!, flags!), undefined, source);
    }
  });

  long.it("finds none in the sources", () => {
    const weak: string[] = [];
    for (const { place, source, flags } of found().filter((each) => !isBounded(each))) {
      const worst = weakness(source, flags);
      if (worst !== undefined) weak.push(`${place} /${source.slice(0, 80)}/: ${worst}`);
    }
    assert.deepEqual(weak, []);
  });

  it("knows each that reads a bounded text only", () => {
    assert.equal(found().filter(isBounded).length, bounded.length);
  });

  it("reads all that are written", () => {
    assert.ok(found().length > 150);
    const dollar = "$";
    const sample = `const a = b / c; const d = /x\\/[/]/g; const e = \`${dollar}{f! / 2} ${dollar}{/y/.test(g)}\`; if (!/z/u.test(h)) i();`;
    assert.deepEqual(
      regexLiterals(sample).map(({ source, flags }) => [source, flags]),
      [
        ["x\\/[/]", "g"],
        ["y", ""],
        ["z", "u"],
      ],
    );
  });
});
