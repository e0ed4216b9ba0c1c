/** Every regular expression of the extension host takes no longer than its input, on texts made from its own pieces. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { superLinear } from "../support/growth.ts";
import { type Attack, attacksOn, attackText } from "../support/regex-attacks.ts";
import { regexLiterals } from "../support/regex-literals.ts";

const root = fileURLToPath(new URL("../../src", import.meta.url));

/** What only ever reads a text of Runnel's own, by file and beginning. */
const own: readonly string[] = [];

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

  it("finds what grows faster than its input", () => {
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

  it("finds none in the sources", () => {
    const weak: string[] = [];
    for (const { place, source, flags } of found()) {
      if (own.some((each) => place.startsWith(each))) continue;
      const worst = weakness(source, flags);
      if (worst !== undefined) weak.push(`${place} /${source.slice(0, 80)}/: ${worst}`);
    }
    assert.deepEqual(weak, []);
  });

  it("reads all that are written", () => {
    assert.ok(found().length > 150);
    const sample = 'const a = b / c; const d = /x\\/[/]/g; const e = `${f! / 2} ${/y/.test(g)}`; if (!/z/u.test(h)) i();';
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
