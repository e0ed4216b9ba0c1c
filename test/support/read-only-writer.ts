/** A process that keeps a turn, a message and an edit in a folder it may not write to, and again after a line on its standard input. */
import { once } from "node:events";
import { join } from "node:path";
import { createConversationStore } from "../../src/chat/conversation-store.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { createRecordFiles } from "../../src/edit/host/window-records.ts";
import { createLedger } from "../../src/money/ledger.ts";
import { createLedgerFolder } from "../../src/money/ledger-folder.ts";
import { paid } from "./outcomes.ts";

const [folder = ""] = process.argv.slice(2);
let troubles = 0;
const store = createConversationStore(folder, silentLogger, () => troubles++);
const ledger = createLedger({ files: createLedgerFolder(folder) });
const edits = createRecordFiles(join(folder, "pending-edits.json"));
const record = {
  ...{ uri: "file:///a.ts", startLine: 0, before: [], after: [], stage: "review" as const },
  ...{ lines: ["new"], oldLines: ["old"] },
};

const keepAll = async (): Promise<unknown> => {
  await store.flush();
  await ledger.flush();
  const edit = await edits.write([record]).then(
    () => null,
    (error: NodeJS.ErrnoException) => error.code,
  );
  return { troubles, ledger: ledger.trouble ?? null, spent: ledger.spending().today.amounts.get("USD"), edit };
};
const say = (value: unknown): unknown => process.stdout.write(`${JSON.stringify(value)}\n`);

store.append("c", {
  ...{ v: 1, type: "message" },
  message: { id: "one", role: "user", text: "one", state: "complete" },
});
await ledger.record({ ...paid(3), startedAt: Date.now() });
await keepAll();
say(await keepAll());
await once(process.stdin, "data");
say(await keepAll());
process.exit(0);
