/** Ledger entries as CSV (RFC 4180) and as JSON, piece by piece because there may be many. */
import { csvRow } from "./csv.ts";
import { jsonOf, type LedgerEntry } from "./ledger-entry.ts";
import { decimalText, toPicos } from "./money.ts";

export type ExportFormat = "csv" | "json";

const columns: [name: string, value: (entry: LedgerEntry) => string | number | undefined][] = [
  ["time", ({ time }) => new Date(time).toISOString()],
  ["provider", ({ provider }) => provider],
  ["model", ({ model }) => model],
  ["purpose", ({ purpose }) => purpose],
  ["outcome", ({ outcome }) => outcome],
  ["ttft_ms", ({ ttft }) => ttft],
  ["total_ms", ({ total }) => total],
  ["input_tokens", ({ usage }) => usage?.inputTokens],
  ["cached_tokens", ({ usage }) => usage?.cacheReadTokens],
  ["output_tokens", ({ usage }) => usage?.outputTokens],
  ["reasoning_tokens", ({ usage }) => usage?.reasoningTokens],
  ["tokens_per_second", ({ tokensPerSecond }) => tokensPerSecond],
  ["cost", ({ cost }) => cost && decimalText(toPicos(cost.amount))],
  ["currency", ({ cost }) => cost?.currency],
  ["cost_source", ({ cost }) => cost?.source],
];

export async function* exportEntries(
  batches: AsyncIterable<readonly LedgerEntry[]>,
  format: ExportFormat,
): AsyncGenerator<string> {
  if (format === "csv") {
    yield csvRow(columns.map(([name]) => name));
    for await (const batch of batches) {
      yield batch.map((entry) => csvRow(columns.map(([, value]) => value(entry)))).join("");
    }
    return;
  }
  let separator = "[\n";
  for await (const batch of batches) {
    if (batch.length === 0) continue;
    yield separator + batch.map((entry) => jsonOf(entry)).join(",\n");
    separator = ",\n";
  }
  yield separator === "[\n" ? "[]\n" : "\n]\n";
}
