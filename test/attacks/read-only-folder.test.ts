/** A folder that may not be written to: the ledger, a conversation and pending edits say so, and are written when that is over. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createConversationStore } from "../../src/chat/conversation-store.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { createRecordFiles } from "../../src/edit/host/window-records.ts";
import { createLedger } from "../../src/money/ledger.ts";
import { createLedgerFolder } from "../../src/money/ledger-folder.ts";
import { long } from "../support/long.ts";
import { ordinaryUser } from "../support/other-user.ts";

const writer = fileURLToPath(new URL("../support/read-only-writer.ts", import.meta.url));

long.describe("a folder that is read-only", function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "runnel-"));
  });
  afterEach(async () => {
    await chmod(folder, 0o755);
    await rm(folder, { recursive: true, force: true });
  });

  it("is said once, and all is written when that is over", async function () {
    const user = ordinaryUser(writer);
    if (typeof user === "string") {
      console.log(`      left out: ${user}`);
      return this.skip();
    }
    await chmod(folder, 0o555);
    const child = spawn(process.execPath, [writer, folder], { ...user, stdio: ["pipe", "pipe", "inherit"] });
    try {
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      const next = async () => JSON.parse((await lines.next()).value ?? "null");
      const { ledger, ...before } = await next();
      assert.deepEqual(before, { troubles: 1, spent: 3, edit: "EACCES" });
      assert.match(ledger, /EACCES/);
      assert.deepEqual(await readdir(folder), []);
      await chmod(folder, 0o777);
      child.stdin.write("\n");
      assert.deepEqual(await next(), { troubles: 1, ledger: null, spent: 3, edit: null });
    } finally {
      // Only a window that is gone leaves its records to the next one.
      const gone = child.exitCode === null ? once(child, "exit") : undefined;
      child.kill("SIGKILL");
      await gone;
    }
    const { conversation, skipped } = (await createConversationStore(folder, silentLogger).load("c"))!;
    assert.deepEqual([conversation?.messages.map(({ text }) => text), skipped], [["one"], 0]);
    const found = createLedger({ files: createLedgerFolder(folder) });
    await found.refresh();
    assert.equal(found.spending().today.amounts.get("USD"), 3);
    assert.equal((await createRecordFiles(join(folder, "pending-edits.json")).read())?.records.length, 1);
  });
});
