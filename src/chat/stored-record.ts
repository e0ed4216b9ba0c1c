/** Reads one line of a conversation's log: what of it is whole, what is damaged, and what a newer version put there. */

import type { ConversationMessage, MessageState } from "../core/conversation.ts";
import { defined } from "../core/defined.ts";
import { limits } from "../core/limits.ts";
import {
  identifier,
  integer,
  isObject,
  list,
  number,
  object,
  oneOf,
  own,
  type Reading,
  string,
} from "../core/stored.ts";
import { textSum } from "../core/text-sum.ts";
import { type ConversationRecord, type LineStamp, LOG_VERSION } from "./conversation-log.ts";
import { extras, turn } from "./stored-message.ts";

/** What became of a line, or of one of several that ran into each other. */
export interface LineReading {
  /** Absent = nothing of it is known. */
  record?: ConversationRecord;
  /** Absent where nobody numbered it, or where that is not certain. */
  stamp?: LineStamp;
  /** Its bytes are not those that were written. */
  isDamaged: boolean;
  /** Something of it was left out, because it is damaged or of a newer version. */
  isPartial: boolean;
  /** Of a higher version. */
  isNewer: boolean;
  /** The beginning of a log that a newer version writes. */
  isNewerLog: boolean;
}

const id = identifier();
const states: MessageState[] = ["streaming", "complete", "stopped", "failed", "incomplete"];

/** Never throws. More than one where line breaks between them were lost. */
export function readLine(given: string): LineReading[] {
  const line = given.replace(/^\ufeff/, "");
  const whole = parse(line);
  if (whole !== undefined) return [readValue(whole, line)];
  // Inside a string these quotes would be escaped, so a line begins here, whatever ran into it.
  return line.split(/(?=\{"v":)/).map((piece) => {
    const end = piece.lastIndexOf("}") + 1;
    const value = parse(piece) ?? parse(piece.slice(0, end));
    if (value === undefined) return { isDamaged: true, isPartial: true, isNewer: false, isNewerLog: false };
    const read = readValue(value, piece.slice(0, end));
    return piece.length === end ? read : { ...read, isDamaged: true };
  });
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function readValue(value: Record<string, unknown>, line: string): LineReading {
  const reading: Reading = { left: 0 };
  const v = own(value, "v");
  const isNewer = typeof v === "number" && Number.isInteger(v) && v > LOG_VERSION;
  const isNewerLog = isNewer && own(value, "type") === "conversation";
  const isKnown = v === LOG_VERSION || isNewer;
  const hasSum = own(value, "sum") !== undefined;
  const isWhole = !hasSum || isSumRight(line);
  const record = isKnown ? readRecord(value, reading) : undefined;
  const stamp = hasSum && isWhole ? stampOf(value) : undefined;
  return {
    ...defined({ record, stamp }),
    isDamaged: !isWhole,
    // A newer version may mean more by a line than is seen here.
    isPartial: record === undefined || reading.left > 0 || isNewer || (hasSum && isWhole && stamp === undefined),
    isNewer,
    isNewerLog,
  };
}

function isSumRight(line: string): boolean {
  const found = /,"sum":"([\da-f]{14})"\}\s*$/.exec(line.slice(-40));
  if (found === null) return false;
  return textSum(`${line.slice(0, line.lastIndexOf(',"sum":"'))}}`) === found[1];
}

function stampOf(value: Record<string, unknown>): LineStamp | undefined {
  const by = identifier(40)(own(value, "by"), { left: 0 });
  const n = integer(0, limits.logLines - 1)(own(value, "n"), { left: 0 });
  return by === undefined || n === undefined ? undefined : { by, n };
}

type Envelope = "v" | "type" | "by" | "n" | "sum";
const envelope = ["v", "type", "by", "n", "sum"];

function readRecord(value: Record<string, unknown>, reading: Reading): ConversationRecord | undefined {
  const body = Object.fromEntries(Object.entries(value).filter(([name]) => !envelope.includes(name)));
  switch (own(value, "type")) {
    case "conversation": {
      const read = conversation(body, reading);
      return read && { v: 1, type: "conversation", ...read };
    }
    case "message": {
      const message = messageOf(own(body, "message"), reading, undefined);
      return message && { v: 1, type: "message", message };
    }
    case "delta": {
      const read = delta(body, reading);
      // One that says nothing has lost what it said.
      if (read !== undefined && read.text === undefined && read.thinking === undefined) return undefined;
      return read && { v: 1, type: "delta", ...read };
    }
    case "end": {
      const ended = id(own(body, "id"), reading);
      const message = messageOf(own(body, "message"), reading, ended);
      if (ended === undefined || message === undefined) return undefined;
      const { text: _text, thinking: _thinking, ...end } = message;
      return { v: 1, type: "end", id: ended, message: { ...end, id: ended } };
    }
    case "resume": {
      const read = resume(body, reading);
      return read && { v: 1, type: "resume", ...read };
    }
    case "remove": {
      const before = reading.left;
      const read = remove(body, reading);
      // With one of its ids unknown it is not known what was meant, and what was taken back wrongly would be lost.
      return read === undefined || reading.left > before ? undefined : { v: 1, type: "remove", ...read };
    }
    default:
      return undefined;
  }
}

type Body<Type extends ConversationRecord["type"]> = Omit<Extract<ConversationRecord, { type: Type }>, Envelope>;
const conversation = object<Body<"conversation">>({
  required: { id, createdAt: number(0, 8.64e15) },
  optional: {},
});
const delta = object<Body<"delta">>({ required: { id }, optional: { text: string(), thinking: string() } });
const resume = object<Body<"resume">>({ required: { id }, optional: { turn } });
const remove = object<Body<"remove">>({ required: { fromId: id }, optional: { ids: list(id, 1e6) } });

/** `ended`: the id of a message whose text is known already. What can be read is shown; the rest counts as left out. */
function messageOf(value: unknown, reading: Reading, ended: string | undefined): ConversationMessage | undefined {
  if (!isObject(value)) return undefined;
  const before = reading.left;
  const own = (name: string): unknown => (Object.hasOwn(value, name) ? value[name] : undefined);
  const messageId = id(own("id"), reading) ?? ended;
  const text = string()(own("text"), reading);
  const thinking = string()(own("thinking"), reading);
  const role = oneOf(["user", "assistant", "other"])(own("role"), reading);
  const state = oneOf(states)(own("state"), reading);
  const isUnread = ended === undefined && text === undefined;
  // A message of which neither the name nor a word is known is none.
  if (messageId === undefined && isUnread && thinking === undefined) return undefined;
  if (isUnread) reading.left++;
  if (messageId === undefined || role === undefined || state === undefined) reading.left++;
  if (own("thinking") !== undefined && thinking === undefined) reading.left++;
  const rest = extras(value, reading) ?? {};
  return {
    id: messageId ?? "",
    role: role ?? "other",
    text: text ?? "",
    ...defined({ thinking }),
    state: state ?? "complete",
    ...rest,
    ...(reading.left > before ? { partial: true } : {}),
  };
}
