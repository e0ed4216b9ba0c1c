/** A process that books turns until it is done or killed: one line on standard output for each that is written down. */

import { createLedger } from "../../src/money/ledger.ts";
import { createLedgerFolder } from "../../src/money/ledger-folder.ts";
import { fromPicos } from "../../src/money/money.ts";
import { outcome } from "./outcomes.ts";

const [folder = "", first = "0", count = "0"] = process.argv.slice(2);
const ledger = createLedger({ files: createLedgerFolder(folder) });

for (let number = Number(first); number < Number(first) + Number(count); number++) {
  // Each turn has an amount of its own, so that the sum tells which are there.
  const amount = fromPicos(BigInt(number) * 1_000_003n);
  // Model names of many lengths, some of several bytes a letter.
  const model = `m${number % 7}-${"값".repeat(number % 40)}`;
  await ledger.record(
    outcome({
      target: { provider: "p", model },
      usage: { inputTokens: number, outputTokens: 1 },
      cost: { amount, currency: number % 3 === 0 ? "KRW" : "USD", source: "computed" },
      startedAt: Date.UTC(2026, number % 12, 1 + (number % 28), 12),
      answeredBy: "x".repeat((number * 37) % 9000),
    }),
  );
  if (ledger.trouble !== undefined) throw new Error(ledger.trouble);
  process.stdout.write(`${number}\n`);
}
