/** Keeps conversation logs in a folder, one append-only file each; writes are joined and never lose their order. */
import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "../core/logger.ts";
import { createSlices } from "../core/slices.ts";
import { textSum } from "../core/text-sum.ts";
import { appendLines } from "../files/append-file.ts";
import { keepDamagedCopy } from "../files/kept-copies.ts";
import { readLines } from "../files/read-lines.ts";
import { type ConversationRecord, formatLine } from "./conversation-log.ts";
import { createLogReader, type LogReading } from "./conversation-reader.ts";

/** `problem`: why the file could not be read at all, in English; then it is not to be appended to. */
export type LoadedConversation = LogReading & { problem?: string };

/** Stands for a line longer than any that Runnel writes; it counts as damaged. */
const OVERLONG = "an overlong line";

export interface ConversationStore {
  append(conversationId: string, record: ConversationRecord): void;
  /** Undefined when there is no such conversation. A damaged log is kept beside, as it is now. Never rejects. */
  load(conversationId: string): Promise<LoadedConversation | undefined>;
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
  /** Numbers the lines of this window in each conversation, so that a missing one is known. */
  const writer = randomBytes(6).toString("base64url");
  const numbers = new Map<string, number>();
  /** Written in part, maybe: the whole must be the same once more, so nothing is joined to it. */
  const torn = new WeakSet<ConversationRecord>();

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
        if (written < records.length) {
          pending.set(id, [...records.slice(written), ...(pending.get(id) ?? [])]);
          torn.add(records[written]!);
        }
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
    const next = numbers.get(id) ?? 0;
    const lines = records.map((record, index) =>
      Buffer.from(`${formatLine(record, { by: writer, n: next + index })}\n`),
    );
    await mkdir(folder, { recursive: true });
    let room = await appendLines(fileOf(id), Buffer.concat(lines));
    // One whose line break alone found no room counts as written.
    const first = lines.findIndex(({ length }) => {
      room -= length;
      return room < -1;
    });
    const written = first < 0 ? lines.length : first;
    numbers.set(id, next + written);
    return written;
  };

  const keepCopy = async (path: string, damage: string): Promise<void> => {
    try {
      const copy = await keepDamagedCopy(path, damage, Date.now());
      logger.warn(`A copy of it as it was found: ${copy}`);
    } catch (error) {
      logger.warn(`No copy of it could be made: ${error}`);
    }
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
      if (record.type === "delta" && last?.type === "delta" && last.id === record.id && !torn.has(last)) {
        if (record.text !== undefined) last.text = (last.text ?? "") + record.text;
        if (record.thinking !== undefined) last.thinking = (last.thinking ?? "") + record.thinking;
      } else records.push({ ...record });
      timer ??= setTimeout(write, WRITE_INTERVAL);
    },
    async load(id) {
      await write();
      // As it was stored, it may be anything.
      if (typeof id !== "string" || !SAFE_ID.test(id)) return undefined;
      const path = fileOf(id);
      try {
        const reader = createLogReader(id);
        /** A checksum of all that is damaged, made as it comes: of a large file it may be most of the lines. */
        let damage = textSum("");
        const slices = createSlices();
        for await (const { lines, tooLong } of readLines(path)) {
          for (const line of lines) {
            if (reader.add(line)) damage = textSum(damage + textSum(line));
            const pause = slices.pause();
            if (pause) await pause;
          }
          for (let count = 0; count < tooLong; count++) if (reader.add(OVERLONG)) damage = textSum(damage + OVERLONG);
        }
        const reading = reader.end();
        if (reading.skipped > 0) logger.warn(`${path}: ${reading.skipped} lines are missing or could not be read`);
        if (reading.isDamaged) await keepCopy(path, damage);
        return reading;
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        if (code === "ENOENT") return undefined;
        logger.error(`A saved conversation could not be read: ${message}`);
        return { conversation: undefined, skipped: 0, isDamaged: false, isNewer: false, problem: code ?? message };
      }
    },
    flush: write,
  };
}
