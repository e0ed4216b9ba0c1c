/** Reads a conversation's log back line by line: shows what can be read, and knows how much is missing. */
import type { Conversation, ConversationMessage } from "../core/conversation.ts";
import { textSum } from "../core/text-sum.ts";
import { type ConversationRecord, changed, closedError } from "./conversation-log.ts";
import { ReadMessages } from "./read-messages.ts";
import { type LineReading, readLine } from "./stored-record.ts";

export interface LogReading {
  /** Undefined when the log is empty. */
  conversation: Conversation | undefined;
  /** Lines that are missing, damaged or not understood, wholly or in part. */
  skipped: number;
  /** Some bytes of the log are not as they were written, so it is worth a copy. */
  isDamaged: boolean;
  /** A newer version writes this log: nothing may be appended to it. */
  isNewer: boolean;
}

export interface LogReader {
  /** One line without its line break; true where it is damaged. */
  add(line: string): boolean;
  /** Nothing is added after this. */
  end(): LogReading;
}

/** Pieces of lines that are remembered, in case the same line came whole later, and their characters. */
const MOST_FRAGMENTS = 100;
const MOST_FRAGMENT_CHARACTERS = 16 * 1024 * 1024;

/** `id`: that of the conversation, where its log does not say. */
export function createLogReader(id = ""): LogReader {
  /** Absent = no record of it was read. */
  let head: Omit<Conversation, "messages"> | undefined;
  const messages = new ReadMessages();
  let isNewer = false;
  /** Read in part although they are as they were written. */
  let partial = 0;
  /** Not as they were written: each may be one of those that are missing. */
  let damaged = 0;
  /** Damaged ones that may have been written once more. */
  const fragments: string[] = [];
  let fragmentSize = 0;
  const seen = new Map<string, Set<number>>();
  /** Messages by their id, as the sum of what began them; "" where that is lost. */
  const begun = new Map<string, string>();
  /** Taken back, so that what still comes for them is no loss. */
  const removed = new Set<string>();
  let renamed = 0;

  const show = (message: ConversationMessage, sum: string): void => {
    begun.set(message.id, sum);
    messages.add(message);
  };

  /** Where the line that began a message is lost, what came of it is shown in a message of its own. */
  const begin = (messageId: string): void => {
    if (begun.has(messageId) || removed.has(messageId)) return;
    show({ id: messageId, role: "assistant", text: "", state: "incomplete", partial: true }, "");
  };

  /** False where it is a second one of the same name: then both are shown. */
  const takeMessage = (message: ConversationMessage): boolean => {
    const sum = textSum(JSON.stringify(message));
    const before = begun.get(message.id);
    if (before === sum) return true;
    if (message.id === "" || (before !== undefined && before !== "")) {
      while (begun.has(`unnamed-${renamed}`)) renamed++;
      show({ ...message, id: `unnamed-${renamed}` }, sum);
      return false;
    }
    const pieces = before === undefined ? undefined : messages.get(message.id);
    if (pieces === undefined) show(message, sum);
    else {
      // Its pieces came before it.
      begun.set(message.id, sum);
      const { text, thinking, state } = pieces;
      const whole = { ...message, text: message.text + text, ...(thinking && { thinking }) };
      const next = state === "streaming" || message.state === "streaming" ? whole : { ...whole, state };
      messages.replace(next);
    }
    return true;
  };

  /** False where it could only be taken in part. */
  const take = (record: ConversationRecord): boolean => {
    const before = head;
    head ??= { id };
    switch (record.type) {
      case "conversation": {
        const { id, createdAt } = record;
        // Another beginning takes nothing away of what is there.
        if (before?.createdAt !== undefined) return before.createdAt === createdAt && before.id === id;
        head = { id, createdAt };
        return true;
      }
      case "message":
        return takeMessage(record.message);
      case "remove": {
        const { fromId, ids } = record;
        for (const each of ids ?? messages.removeFrom(fromId)) {
          messages.remove(each);
          removed.add(each);
        }
        return true;
      }
      default: {
        begin(record.id);
        const message = messages.get(record.id);
        if (message === undefined) return true;
        const next = changed(message, record);
        messages.replace(next.role === "other" ? { ...next, role: message.role } : next);
        return true;
      }
    }
  };

  const takeReading = (reading: LineReading, line: string): void => {
    const { record, stamp, isDamaged, isPartial } = reading;
    isNewer ||= reading.isNewerLog;
    if (stamp !== undefined) {
      const numbers = seen.get(stamp.by) ?? new Set();
      seen.set(stamp.by, numbers);
      // The same line twice.
      if (numbers.has(stamp.n)) return;
      numbers.add(stamp.n);
    }
    const isTaken = record !== undefined && take(record);
    if (isDamaged || (record === undefined && stamp === undefined && !reading.isNewer)) {
      const isKept = fragments.length < MOST_FRAGMENTS && fragmentSize + line.length <= MOST_FRAGMENT_CHARACTERS;
      if (record === undefined && isKept) {
        fragments.push(line);
        fragmentSize += line.length;
      } else damaged++;
    } else if (isPartial || !isTaken) partial++;
  };

  /** A line that a full disk tore was written once more, as a whole. */
  const forgetTorn = (line: string): void => {
    for (let at = fragments.length - 1; at >= 0; at--) {
      if (fragments[at] === "" || !line.startsWith(fragments[at]!)) continue;
      fragmentSize -= fragments[at]!.length;
      fragments.splice(at, 1);
    }
  };

  return {
    add(line) {
      if (line.trim() === "") return false;
      const readings = readLine(line);
      if (readings.some(({ record }) => record !== undefined)) forgetTorn(line);
      for (const reading of readings) takeReading(reading, line);
      return readings.some(({ isDamaged }) => isDamaged);
    },
    end() {
      const torn = fragments.filter((fragment) => {
        const found = /^\{"v":1,"by":"([^"]+)","n":(\d+),/.exec(fragment);
        return found === null || seen.get(found[1]!)?.has(Number(found[2])) !== true;
      });
      let missing = 0;
      for (const numbers of seen.values()) {
        const last = [...numbers].reduce((most, number) => Math.max(most, number), 0);
        missing += last + 1 - numbers.size;
      }
      const skipped = partial + Math.max(damaged + torn.length, missing);
      // A log of which nothing can be read is a conversation all the same, with nothing to show.
      const read = head ?? (skipped > 0 ? { id } : undefined);
      return {
        conversation: read && { ...read, messages: messages.all().map(finished) },
        skipped,
        isDamaged: damaged + torn.length + missing > 0,
        isNewer,
      };
    },
  };
}

/** A message still `streaming` was cut off with the editor: it becomes `incomplete`. */
function finished(message: ConversationMessage): ConversationMessage {
  const { seams, ...rest } = message;
  const cuts = seams?.filter((seam) => seam <= message.text.length).sort((one, other) => one - other);
  const shown = cuts === undefined ? rest : { ...rest, seams: [...new Set(cuts)] };
  if (message.state !== "streaming") return shown;
  return {
    ...shown,
    state: message.text === "" && !message.thinking ? "failed" : "incomplete",
    error: closedError,
  };
}
