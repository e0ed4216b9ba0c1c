/** The files of a comparison: what is in them, and that no name from a server becomes a formula or breaks the table. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { marked } from "marked";
import { type Comparison, comparisonCsv, comparisonMarkdown } from "../../src/compare/export.ts";
import { AssistantError } from "../../src/core/errors.ts";
import type { TurnOutcome } from "../../src/core/outcome.ts";
import { csvRow } from "../../src/money/csv.ts";
import { median } from "../../src/money/statistics.ts";

const target = { provider: "local", model: "m|<b>" };
const outcome = (change: Partial<TurnOutcome> = {}): TurnOutcome => ({
  kind: "completed",
  purpose: "compare",
  message: { role: "assistant", parts: [{ type: "text", text: "**Answer**" }] },
  target,
  timings: { ttft: 400.4, total: 2000, waited: 1000 },
  tokensPerSecond: 123.456,
  usage: { inputTokens: 20, outputTokens: 200 },
  cost: { amount: 0.0000012, currency: "USD", source: "computed" },
  attempts: [{ target }],
  startedAt: Date.UTC(2026, 10, 26),
  ...change,
});
const comparison = (outcomes: TurnOutcome[]): Comparison => ({
  startedAt: Date.UTC(2026, 10, 26),
  prompt: "Why ``` this?",
  rounds: outcomes.length,
  models: [{ target, price: { input: 0.1, output: 0.42, currency: "USD" } }],
  runs: outcomes.map((one, round) => ({ place: 0, round, outcome: one })),
});
const words = {
  title: "Comparison",
  note: "Medians.",
  prompt: "Question",
  answers: "Answers",
  round: "Round {round}",
  columns: {
    model: "Model",
    ttft: "TTFT (ms)",
    perThousand: "1,000 tokens (ms)",
    rate: "tok/s",
    total: "Total (ms)",
    success: "Success",
    tokensIn: "In",
    tokensOut: "Out",
    cost: "Cost",
    price: "Price",
  },
  problem: ({ outcome: { error } }: { outcome: TurnOutcome }) => error?.message,
};

/** A reader of CSV by the book, to see what a spreadsheet would. */
function readCsv(text: string): string[][] {
  return text
    .split("\r\n")
    .slice(0, -1)
    .map((line) => [...`${line},`.matchAll(/("(?:[^"]|"")*"|[^,]*),/g)].map(([, cell]) => cell!))
    .map((cells) => cells.map((cell) => cell.replace(/^"|"$/g, "").replaceAll('""', '"')));
}

describe("the files of a comparison", () => {
  it("holds the table, the question and every answer as Markdown", () => {
    const failed = outcome({
      kind: "failed",
      message: { role: "assistant", parts: [] },
      error: new AssistantError("network", "It was refused."),
      attempts: [{ target, error: { kind: "network", message: "It was refused." } }],
    });
    const slow = outcome({ timings: { ttft: 600, total: 3000, waited: 1000 } });
    const text = comparisonMarkdown(comparison([outcome(), slow, failed]), words);
    const row = text.split("\n").find((line) => line.startsWith("| local/"));
    assert.equal(
      row,
      "| local/m\\|\\<b\\> | 500 (400–600) | 7500 (5000–10000) | 123.5 | 1500 (1000–2000) | 2/3 | 20 | 200 | " +
        "0.0000012 USD | 0.42 USD |",
    );
    assert.match(text, /\n````text\nWhy ``` this\?\n````\n/);
    assert.match(text, /### local\/m\\\|\\<b\\>, Round 1\n\n```markdown\n\*\*Answer\*\*\n```\n/);
    assert.match(text, /Round 3\n\n> It was refused\.\n/);
  });

  it("lets no answer and no server's words put in a picture or a heading", () => {
    const hostile = "![](https://evil.example/?q)\n\n```\n\n# Forged\n\n## Answers";
    const failed = outcome({
      message: { role: "assistant", parts: [{ type: "text", text: hostile }] },
      error: new AssistantError("reported", `It says: ${hostile}`),
    });
    const html = marked.parse(comparisonMarkdown(comparison([failed]), words), { async: false });
    assert.doesNotMatch(html, /<img|<h[12]>(Forged|Answers<\/h2>[\s\S]*<h2>Answers)/);
  });

  it("marks what is estimated and never shows an unknown cost as zero", () => {
    const { cost: _, ...unpriced } = outcome({ usage: { inputTokens: 20, outputTokens: 200, estimated: true } });
    const text = comparisonMarkdown(comparison([unpriced]), words);
    assert.match(text, /\| 400 \| ~5000 \| ~123\.5 \| 1000 \| 1\/1 \| ~20 \| ~200 \| — \| 0\.42 USD \|/);
  });

  it("has a line of CSV for each answer", () => {
    const [head, line] = readCsv(comparisonCsv(comparison([outcome()])));
    const cells = Object.fromEntries(head!.map((name, index) => [name, line![index]]));
    assert.equal(head!.length, line!.length);
    assert.deepEqual(
      [cells.round, cells.model, cells.outcome, cells.ttft_ms, cells.total_ms, cells.ms_per_1000_tokens],
      ["1", "m|<b>", "completed", "400", "1000", "5000"],
    );
    assert.deepEqual([cells.cost, cells.currency, cells.output_price_per_million], ["0.0000012", "USD", "0.42"]);
    assert.deepEqual([cells.cached_tokens, cells.error, cells.answered_by], ["", "", ""]);
  });

  it("lets no name become a formula, and reads back as it was", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("=", "+", "-", "@", ",", '"', "a", "한") }), (name) => {
        const [[cell, second] = []] = readCsv(csvRow([name, 1]));
        assert.doesNotMatch(cell!, /^[=+\-@\t\r]/);
        assert.ok(cell === name || cell === `'${name}`);
        assert.equal(second, "1");
      }),
    );
  });
});

describe("the median", () => {
  it("is the middle, or halfway between the two in the middle", () => {
    assert.deepEqual([median([3, 1, 2]), median([4, 1, 2, 3]), median([7]), median([])], [2, 2.5, 7, undefined]);
  });
});
