/** Keeps conversation logs in a folder, one append-only file each; writes are joined and never lose their order. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Conversation } from "../core/conversation.ts";
import type { Logger } from "../core/logger.ts";
import { createSlices } from "../core/slices.ts";
import { appendLines } from "./append-file.ts";
import { type ConversationRecord, createLogReader } from "./conversation-log.ts";
import { readLines } from "./read-lines.ts";

export interface ConversationStore {
  append(conversationId: string, record: ConversationRecord): void;
  /** Undefined when there is no such conversation or none of it can be read. */
  load(conversationId: string): Promise<Conversation | undefined>;
  /** Resolves when everything appended so far is on disk, or could not be written (which is logged once). */
  flush(): Promise<void>;
}

/** Milliseconds of streamed text that a killed editor may lose. */
const WRITE_INTERVAL = 300;
/** Milliseconds after which what found no room is tried again. */
const RETRY_INTERVAL = 5000;
const SAFE_ID = /^[A-Za-z0-9-]{1,64}$/;

/** `onTrouble`: what was said could not be saved; it is tried again, and told once until it has worked. */
export function createConversationStore(folder: string, logger: Logger, onTrouble?: () => void): ConversationStore {
  let pending = new Map<string, ConversationRecord[]>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing: Promise<void> = Promise.resolve();
  let complained = false;

  const write = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    if (pending.size === 0) return writing;
    const batch = pending;
    pending = new Map();
    writing = writing.then(async () => {
      let trouble: string | undefined;
      for (const [id, records] of batch) {
        let written = 0;
        try {
          written = await writeRecords(id, records);
          if (written < records.length) trouble = "the disk is full";
        } catch (error) {
          trouble = error instanceof Error ? error.message : String(error);
        }
        // Kept for the next write: a hole in the middle would be worse than a late end.
        if (written < records.length) pending.set(id, [...records.slice(written), ...(pending.get(id) ?? [])]);
      }
      if (trouble !== undefined) {
        timer ??= setTimeout(write, RETRY_INTERVAL);
        if (!complained) {
          logger.error(`The conversation could not be saved: ${trouble}`);
          onTrouble?.();
        }
      }
      complained = trouble !== undefined;
    });
    return writing;
  };

  /** How many were written whole. */
  const writeRecords = async (id: string, records: readonly ConversationRecord[]): Promise<number> => {
    const lines = records.map((record) => Buffer.from(`${JSON.stringify(record)}\n`));
    await mkdir(folder, { recursive: true });
    let room = await appendLines(fileOf(id), Buffer.concat(lines));
    // One whose line break alone found no room counts as written.
    const first = lines.findIndex(({ length }) => {
      room -= length;
      return room < -1;
    });
    return first < 0 ? lines.length : first;
  };

  const fileOf = (id: string): string => {
    if (!SAFE_ID.test(id)) throw new Error("Not a conversation id");
    return join(folder, `${id}.jsonl`);
  };

  return {
    append(id, record) {
      const records = pending.get(id) ?? [];
      pending.set(id, records);
      const last = records.at(-1);
      if (record.type === "delta" && last?.type === "delta" && last.id === record.id) {
        if (record.text !== undefined) last.text = (last.text ?? "") + record.text;
        if (record.thinking !== undefined) last.thinking = (last.thinking ?? "") + record.thinking;
      } else records.push({ ...record });
      timer ??= setTimeout(write, WRITE_INTERVAL);
    },
    async load(id) {
      await write();
      if (!SAFE_ID.test(id)) return undefined;
      try {
        const reader = createLogReader();
        const slices = createSlices();
        for await (const { lines, tooLong } of readLines(fileOf(id))) {
          for (const line of lines) {
            reader.line(line);
            const pause = slices.pause();
            if (pause) await pause;
          }
          reader.skip(tooLong);
        }
        const { conversation, skipped } = reader.end();
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
