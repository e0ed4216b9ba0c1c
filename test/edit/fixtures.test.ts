/**
 * Diffs as a person reads them: before, `---`, after, `---`, and what is expected with its signs. An expected part that
 * is empty is filled in when the test runs, so a new fixture needs only its first two.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createStreamingDiff } from "../../src/edit/diff/streaming-diff.ts";

const folder = fileURLToPath(new URL("fixtures/", import.meta.url));
const signs = { same: " ", old: "-", new: "+" };

describe("a diff reads well:", () => {
  for (const name of readdirSync(folder)) {
    it(name.replace(/\.diff$/, "").replaceAll("-", " "), () => {
      const text = readFileSync(folder + name, "utf8");
      const [before, after, expected] = text.split(/^---\n/m).map((part) => part.split("\n").slice(0, -1));
      const diff = createStreamingDiff(before!);
      for (const line of after!) diff.push(line);
      diff.end();
      const found = diff.final().map(({ type, line }) => `${signs[type]} ${line}`.trimEnd());
      if (expected!.length === 0) writeFileSync(folder + name, `${text}${found.join("\n")}\n`);
      else assert.deepEqual(found, expected);
    });
  }
});
