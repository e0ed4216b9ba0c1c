/** What is said in one output item, text or thinking, so that what comes in pieces and once more as a whole is told once. */
import { isObject, type Json, readIndex, text } from "../provider/json.ts";
import type { KeptItem } from "./signature.ts";

/** What is streamed of a message (its text or a refusal) and of reasoning (a summary, or the reasoning itself). */
export type Channel = "text" | "refusal" | "summary" | "reasoning";

/** The events that bring text, by their names without “response.” and “.delta” or “.done”. */
export const channelOfEvent: ReadonlyMap<string, Channel> = new Map([
  ["output_text", "text"],
  ["refusal", "refusal"],
  ["reasoning_summary_text", "summary"],
  ["reasoning_text", "reasoning"],
]);

/** By the type of a part. */
export const channelOfPart: ReadonlyMap<unknown, Channel> = new Map([
  ["output_text", "text"],
  ["text", "text"],
  ["refusal", "refusal"],
  ["summary_text", "summary"],
  ["reasoning_text", "reasoning"],
]);

/** A stretch of an item that comes in pieces and then once more, whole. */
export interface Part {
  channel: Channel;
  told: string;
  /** False when it began in an earlier stream, so that `told` is not all that was told of it. */
  fromStart: boolean;
}

export interface Speech {
  type: "speech";
  itemId: string | undefined;
  /** `message` or `reasoning`, where the server said. */
  kind: string | undefined;
  parts: Map<string, Part>;
  /** Where the thinking comes from: servers may send the same in both places. */
  thinking?: Channel;
  fromStart: boolean;
  /** Its end was seen. */
  ended?: true;
  proof?: Extract<KeptItem, { type: "reasoning" }>;
}

/** A part as an item that is whole holds it. */
export interface WholePart {
  channel: Channel;
  place: number;
  text: string;
}

export function createSpeech(itemId: string | undefined, kind: string | undefined, fromStart: boolean): Speech {
  return { type: "speech", itemId, kind, parts: new Map(), fromStart };
}

/** `content` is the whole item. */
export function endSpeech(item: Speech, content: Json): void {
  item.kind ??= text(content.type);
  item.ended = true;
  const encrypted = text(content.encrypted_content);
  // Some servers give the item another id at its end; this one belongs to the text beside it.
  if (encrypted !== undefined) item.proof = { type: "reasoning", id: text(content.id) ?? "", encrypted };
}

export function thinks(channel: Channel): boolean {
  return channel === "summary" || channel === "reasoning";
}

/** The part at this place; undefined when the same thinking comes from elsewhere. */
export function partOf(item: Speech, channel: Channel, place: unknown): Part | undefined {
  if (thinks(channel)) {
    item.thinking ??= channel;
    if (item.thinking !== channel) return undefined;
  }
  const key = `${channel} ${readIndex(place) ?? 0}`;
  let part = item.parts.get(key);
  if (!part) {
    part = { channel, told: "", fromStart: item.fromStart };
    item.parts.set(key, part);
  }
  return part;
}

/** All that an item says. */
export function wholeParts({ type, summary, content }: Json): WholePart[] {
  const parts: WholePart[] = [];
  const add = (channel: Channel, list: unknown, wordsOf: (part: Json) => unknown) => {
    if (!Array.isArray(list)) return;
    list.forEach((part, place) => {
      const whole = isObject(part) ? text(wordsOf(part)) : undefined;
      if (whole !== undefined) parts.push({ channel, place, text: whole });
    });
  };
  const isRefusal = (part: Json) => part.type === "refusal";
  if (type === "reasoning") {
    add("summary", summary, (part) => part.text);
    add("reasoning", content, (part) => part.text);
  } else if (type === "message") {
    const list = typeof content === "string" ? [{ text: content }] : content;
    add("text", list, (part) => (isRefusal(part) ? undefined : part.text));
    add("refusal", list, (part) => (isRefusal(part) ? part.refusal : undefined));
  }
  return parts;
}

/**
 * What of these parts, all of one channel of `item`, is not told yet. They count together: where the places of pieces
 * were not given they all came as one. Undefined when they contradict what was told, which cannot be untold.
 */
export function untold(item: Speech, parts: readonly WholePart[]): WholePart[] | undefined {
  const channel = parts[0]?.channel;
  let told = "";
  for (const part of item.parts.values()) if (part.channel === channel) told += part.told;
  const whole = parts.map((part) => part.text).join("");
  if (!whole.startsWith(told)) return undefined;
  let known = told.length;
  return parts.flatMap((part) => {
    const rest = part.text.slice(Math.min(known, part.text.length));
    known -= part.text.length - rest.length;
    return rest === "" ? [] : [{ ...part, text: rest }];
  });
}

/** The whole parts of each channel. */
export function byChannel(parts: readonly WholePart[]): WholePart[][] {
  const channels = new Set(parts.map(({ channel }) => channel));
  return [...channels].map((channel) => parts.filter((part) => part.channel === channel));
}

/**
 * Which of the streamed items a whole one is that does not say it by an id: the first that says the beginning of it.
 * `null` when only such are left that say something else, so that it may be one of them.
 */
export function speechOf(content: Json, open: readonly Speech[]): Speech | null | undefined {
  const { type, id } = content;
  const named = text(id) === undefined ? undefined : open.find((item) => item.itemId === id);
  if (named) return named;
  const alike = open.filter(({ kind }) => kind === undefined || kind === type);
  const whole = byChannel(wholeParts(content));
  const saysBeginning = (item: Speech) => hasSaid(item) && whole.every((parts) => untold(item, parts) !== undefined);
  const told = alike.find(saysBeginning);
  if (told) return told;
  return alike.find((item) => !hasSaid(item)) ?? (alike.length > 0 ? null : undefined);
}

function hasSaid(item: Speech): boolean {
  return [...item.parts.values()].some(({ told }) => told !== "");
}
