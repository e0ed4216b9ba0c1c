/** That one window hears of what another one writes to the ledger. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "../../src/core/logger.ts";
import { createLedger } from "../../src/money/ledger.ts";
import { createLedgerFolder } from "../../src/money/ledger-folder.ts";
import { watchLedger } from "../../src/money/ledger-watch.ts";
import { paid } from "../support/outcomes.ts";

describe("watching the ledger", () => {
  it("tells of entries and of corrections, and of nothing once it is over", async () => {
    const folder = await mkdtemp(join(tmpdir(), "runnel-watch-"));
    let told: () => void = () => {};
    let count = 0;
    const watcher = watchLedger(join(folder, "usage"), silentLogger, () => told(), 0);
    try {
      const other = createLedger({ files: createLedgerFolder(join(folder, "usage")) });
      const heard = () => new Promise<void>((resolve) => (told = () => resolve(void count++)));
      // The watching begins a moment later, so the first entries may go unheard.
      const first = heard();
      while (count === 0) {
        await other.record(paid(1), `entry-${Math.random()}`);
        await Promise.race([first, new Promise((resolve) => setTimeout(resolve, 50))]);
      }
      const second = heard();
      const [answer] = (await other.report()).answers;
      await other.correct(answer!.id, { amount: 0, currency: "USD" });
      await second;
      watcher.dispose();
      assert.ok(count >= 2);
    } finally {
      watcher.dispose();
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("does without where there is no folder to be had", async () => {
    const messages: string[] = [];
    const logger = { ...silentLogger, debug: (text: string) => messages.push(text) };
    const watcher = watchLedger("/dev/null/usage", logger, () => {}, 0);
    while (messages.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    watcher.dispose();
    assert.match(messages[0]!, /not watched/);
  });
});
