/** Keeps conversation logs in a folder, one append-only file each; writes are joined and never lose their order. */
import { appendFile, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Conversation } from "../core/conversation.ts";
import type { Logger } from "../core/logger.ts";
import { type ConversationRecord, readLog } from "./conversation-log.ts";

export interface ConversationStore {
  append(conversationId: string, record: ConversationRecord): void;
  /** Undefined when there is no such conversation or none of it can be read. */
  load(conversationId: string): Promise<Conversation | undefined>;
  /** Resolves when everything appended so far is on disk, or could not be written (which is logged once). */
  flush(): Promise<void>;
}

/** Milliseconds of streamed text that a killed editor may lose. */
const WRITE_INTERVAL = 300;
const SAFE_ID = /^[A-Za-z0-9-]{1,64}$/;

export function createConversationStore(folder: string, logger: Logger): ConversationStore {
  let pending: { id: string; record: ConversationRecord }[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing: Promise<void> = Promise.resolve();
  let complained = false;

  const write = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    if (pending.length === 0) return writing;
    const batch = pending;
    pending = [];
    writing = writing.then(async () => {
      const texts = new Map<string, string>();
      for (const { id, record } of batch) texts.set(id, `${texts.get(id) ?? ""}${JSON.stringify(record)}\n`);
      try {
        await mkdir(folder, { recursive: true });
        for (const [id, text] of texts) await appendFile(fileOf(id), text);
      } catch (error) {
        // Kept for the next write: a hole in the middle would be worse than a late end.
        pending = [...batch, ...pending];
        if (!complained)
          logger.error(`The conversation could not be saved: ${error instanceof Error ? error.message : error}`);
        complained = true;
      }
    });
    return writing;
  };

  const fileOf = (id: string): string => {
    if (!SAFE_ID.test(id)) throw new Error("Not a conversation id");
    return join(folder, `${id}.jsonl`);
  };

  return {
    append(id, record) {
      const last = pending.at(-1);
      if (record.type === "delta" && last?.id === id && last.record.type === "delta" && last.record.id === record.id) {
        if (record.text !== undefined) last.record.text = (last.record.text ?? "") + record.text;
        if (record.thinking !== undefined) last.record.thinking = (last.record.thinking ?? "") + record.thinking;
      } else pending.push({ id, record: { ...record } });
      timer ??= setTimeout(write, WRITE_INTERVAL);
    },
    async load(id) {
      await write();
      if (!SAFE_ID.test(id)) return undefined;
      try {
        const text = await readFile(fileOf(id), "utf8");
        // A torn last line would swallow the first record appended after it.
        if (text !== "" && !text.endsWith("\n")) await appendFile(fileOf(id), "\n");
        const { conversation, skipped } = readLog(text);
        if (skipped > 0) logger.warn(`${skipped} unreadable lines were skipped in a saved conversation`);
        return conversation;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT")
          logger.error(`A saved conversation could not be read: ${error}`);
        return undefined;
      }
    },
    flush: write,
  };
}
