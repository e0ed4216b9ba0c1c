/** A process that saves conversations on a disk with room for 8 KiB a file, and again when there is more room. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ConversationRecord, formatLine } from "../../src/chat/conversation-log.ts";
import { createConversationStore } from "../../src/chat/conversation-store.ts";
import { silentLogger } from "../../src/core/logger.ts";

const [folder = ""] = process.argv.slice(2);
const recordsOf = (id: string): ConversationRecord[] => [
  { v: 1, type: "conversation", id, createdAt: 5 },
  { v: 1, type: "message", message: { id: "q", role: "user", text: "왜?", state: "complete" } },
  { v: 1, type: "message", message: { id: "a", role: "assistant", text: "", state: "streaming" } },
  { v: 1, type: "delta", id: "a", text: "그건 👍🏽" },
  { v: 1, type: "end", id: "a", message: { id: "a", role: "assistant", state: "complete" } },
];
const lines = recordsOf("100").map((record, n) => formatLine(record, { by: "12345678", n }));
const size = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
const ids = Array.from({ length: size }, (_, room) => String(100 + room));
const fileOf = (id: string): string => join(folder, `${id}.jsonl`);

await mkdir(folder, { recursive: true });
// Each has room for one byte more than the one before.
for (const [room, id] of ids.entries()) await writeFile(fileOf(id), `${" ".repeat(8 * 1024 - 1 - room)}\n`);

let troubles = 0;
const store = createConversationStore(folder, silentLogger, () => troubles++);
for (const id of ids) for (const record of recordsOf(id)) store.append(id, record);
await store.flush();
await store.flush();
for (const id of ids) await writeFile(fileOf(id), (await readFile(fileOf(id), "utf8")).trimStart());
await store.flush();
const loaded = await Promise.all(ids.map((id) => store.load(id)));
const skipped = loaded.reduce((sum, each) => sum + (each?.skipped ?? 0), 0);
const conversations = loaded.map((each) => each?.conversation);
process.stdout.write(JSON.stringify({ troubles, skipped, conversations }));
