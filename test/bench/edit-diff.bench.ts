/** The streaming line diff, a line at a time and tidied at the end, beside one whole diff by the `diff` package. */
import { diffLines } from "diff";
import type { DiffLine } from "../../src/edit/diff/line-diff.ts";
import { createStreamingDiff } from "../../src/edit/diff/streaming-diff.ts";
import { largeEdits, type TextPair } from "../edit/support/texts.ts";

const rounds = Number(process.env.ROUNDS ?? 5);

/** Measured once: the reference takes many seconds. */
const slow = ["10000 lines, all rewritten", "10000 lines, unrelated"];

for (const length of [1000, 10_000]) {
  for (const [kind, pair] of Object.entries(largeEdits(length, 7))) compare(`${length} lines, ${kind}`, pair);
}

function compare(label: string, pair: TextPair): void {
  const oldText = pair.old.map((line) => `${line}\n`).join("");
  const newText = pair.new.map((line) => `${line}\n`).join("");
  const times: { ours: number; reference: number }[] = [];
  let streamed = 0;
  let ours = 0;
  let reference = 0;
  // Reading the text into lines is the reference's work too; ours gets its lines from the stream.
  const isSlow = slow.includes(label);
  for (let round = isSlow ? 0 : -2; round < (isSlow ? 1 : rounds); round++) {
    const runOurs = (): number => {
      const begin = performance.now();
      const diff = createStreamingDiff(pair.old);
      streamed = 0;
      for (const line of pair.new) streamed += changesIn(diff.push(line));
      streamed += changesIn(diff.end());
      const final = diff.final();
      const took = performance.now() - begin;
      ours = changesIn(final);
      return took;
    };
    const runReference = (): number => {
      const begin = performance.now();
      const changes = diffLines(oldText, newText);
      const took = performance.now() - begin;
      reference = changes.reduce((sum, change) => sum + (change.added || change.removed ? change.count : 0), 0);
      return took;
    };
    gc?.();
    const oursFirst = round % 2 === 0;
    const first = oursFirst ? runOurs() : runReference();
    gc?.();
    const second = oursFirst ? runReference() : runOurs();
    if (round >= 0) times.push(oursFirst ? { ours: first, reference: second } : { ours: second, reference: first });
  }
  report({
    name: "edit-diff",
    case: label,
    ours: median(times.map((time) => time.ours)),
    reference: median(times.map((time) => time.reference)),
    ratio: median(times.map((time) => time.ours / time.reference)),
    target: 1,
    unit: "milliseconds",
  });
  report({
    name: "edit-diff-quality",
    case: label,
    ours,
    reference,
    ratio: ours / reference,
    target: 1.05,
    streamed,
    unit: "changed lines",
  });
}

function changesIn(lines: readonly DiffLine[]): number {
  let changes = 0;
  for (const { type } of lines) if (type !== "same") changes++;
  return changes;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)]!;
}

function report(values: Record<string, string | number>): void {
  const rounded = Object.entries(values).map(([key, value]) => [
    key,
    typeof value === "number" ? Math.round(value * 1000) / 1000 : value,
  ]);
  console.log(JSON.stringify(Object.fromEntries(rounded)));
}
