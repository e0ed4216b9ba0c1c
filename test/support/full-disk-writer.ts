/** A process that books turns, saves messages and records edits until its small disk is full, and goes on when there is room again. */
import { statfsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createConversationStore } from "../../src/chat/conversation-store.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { createRecordFiles } from "../../src/edit/host/window-records.ts";
import type { EditRecord } from "../../src/edit/session/edit-record.ts";
import { createLedger } from "../../src/money/ledger.ts";
import { createLedgerFolder } from "../../src/money/ledger-folder.ts";
import { paid } from "./outcomes.ts";

const [folder = ""] = process.argv.slice(2);
const errors: string[] = [];
let conversationTroubles = 0;
const logger = { ...silentLogger, error: (text: string) => errors.push(text) };
const ledger = createLedger({ files: createLedgerFolder(folder), logger });
const store = createConversationStore(folder, logger, () => conversationTroubles++);
const edits = createRecordFiles(join(folder, "pending-edits.json"));
const record: EditRecord = {
  ...{ uri: "file:///a.ts", startLine: 0, before: [], after: [], stage: "review" },
  ...{ lines: ["new"], oldLines: ["old"] },
};
const startedAt = Date.UTC(2026, 10, 20, 12);
const answers: string[] = [];
/** What was said to be kept. */
const booked: string[] = [];
const saved: string[] = [];

/** One turn, as an editor would keep it. */
async function turn(number: number): Promise<void> {
  const text = `m-${number} ${"값".repeat((number * 37) % 400)} end`;
  answers.push(text);
  store.append("c", {
    ...{ v: 1, type: "message" },
    message: { id: `m-${number}`, role: "user", text, state: "complete" },
  });
  await store.flush();
  await ledger.record({ ...paid(1), startedAt, answeredBy: "x".repeat((number * 53) % 900) }, `t-${number}`);
}

const reserve = join(folder, "reserve");
await writeFile(reserve, Buffer.alloc(16 * 1024));
await edits.write([record]);
const before = statfsSync(folder);
let number = 0;
for (; number < 1000 && (ledger.trouble === undefined || conversationTroubles === 0); number++) {
  const troubles = conversationTroubles;
  await turn(number);
  if (ledger.trouble === undefined) booked.push(`t-${number}`);
  if (conversationTroubles === 0 && troubles === 0) saved.push(`m-${number}`);
}
const editsError = await edits.write([{ ...record, lines: ["x".repeat(70_000)] }]).then(
  () => undefined,
  (error: NodeJS.ErrnoException) => error.code,
);
const onFull = await read();
const full = { turns: number, trouble: ledger.trouble, spent: ledger.spending().today.amounts.get("USD"), editsError };
await rm(reserve);
for (const end = number + 3; number < end; number++) await turn(number);
await ledger.flush();
await store.flush();
const trouble = ledger.trouble ?? null;
process.stdout.write(
  JSON.stringify({
    ...{ size: before.blocks * before.bsize, booked, saved, full, onFull, turns: number, trouble, answers },
    ...{ conversationTroubles, errors, after: await read() },
  }),
);
process.exit(0);

/** What another window would find. */
async function read(): Promise<unknown> {
  const other = createLedger({ files: createLedgerFolder(folder) });
  const turns: string[] = [];
  for await (const batch of other.entries()) for (const { id } of batch) turns.push(id);
  const loaded = await createConversationStore(folder, silentLogger).load("c");
  const messages = loaded?.conversation?.messages.map(({ id, text }) => ({ id, text }));
  return { turns, messages, skipped: loaded?.skipped, edits: (await edits.read())?.records.length };
}
