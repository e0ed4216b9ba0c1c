/** The output items of one response, by their index: what was told of each, and how calls come together in them. */
import type { StreamEvent } from "../../core/events.ts";
import type { Ending } from "../event-decoder.ts";
import { type Json, readIndex, text } from "../json.ts";
import { isJsonObject } from "../tool-arguments.ts";
import type { KeptItem } from "./signature.ts";

/** What is streamed of a message (its text or a refusal) and of reasoning (a summary, or the reasoning itself). */
export type Channel = "text" | "refusal" | "summary" | "reasoning";

/** A stretch of an item that comes in pieces and then once more, whole. */
export interface Part {
  channel: Channel;
  told: string;
  /** False when it began in an earlier stream, so that `told` is not all that was told of it. */
  fromStart: boolean;
}

interface Speech {
  type: "speech";
  parts: Map<string, Part>;
  /** Where the thinking comes from: servers may send the same in both places. */
  thinking?: Channel;
  fromStart: boolean;
  proof?: Extract<KeptItem, { type: "reasoning" }>;
}

interface Call {
  type: "call";
  id: string | undefined;
  name: string;
  arguments: string;
  /** The id under which it was told; pieces may come before. */
  told?: string;
  /** Its end was seen. */
  closed: boolean;
}

/** Of a kind that Runnel does not tell, such as a search on the server; its pieces are no one's. */
type Item = Speech | Call | { type: "ignored" };

/** No answer has more; beyond this a server is out of its mind. */
const maximumItems = 5000;

export class OutputItems {
  readonly #all: Item[] = [];
  readonly #byIndex = new Map<number, Item>();
  readonly #makeId: () => string;
  readonly #resumed: boolean;

  constructor(makeId: () => string, resumed: boolean) {
    this.#makeId = makeId;
    this.#resumed = resumed;
  }

  get size(): number {
    return this.#all.length;
  }

  get hasCalls(): boolean {
    return this.#all.some((item) => item.type === "call" && item.told !== undefined);
  }

  /** `output_item.added`. */
  open(index: unknown, content: Json, out: StreamEvent[]): void {
    const type = typeOf(content);
    const known = readIndex(index) === undefined ? undefined : this.#at(index);
    const item = known?.type === type ? known : this.#add(index, create(type, true));
    if (item.type === "call") this.#introduce(item, content, out);
  }

  /** `output_item.done`: what it says of a call holds, whatever the pieces were. */
  close(index: unknown, content: Json, out: StreamEvent[]): void {
    const type = typeOf(content);
    const known = (type === "call" ? this.#callOf(content) : undefined) ?? this.#at(index);
    const item = known?.type === type ? known : this.#add(index, create(type, !this.#resumed));
    if (item.type === "call") {
      this.#introduce(item, content, out);
      this.#tell(item, out);
      this.#settle(item, content, out);
    } else if (item.type === "speech") {
      const encrypted = text(content.encrypted_content);
      // Some servers give the item another id at its end; this one belongs to the text beside it.
      if (encrypted !== undefined) item.proof = { type: "reasoning", id: text(content.id) ?? "", encrypted };
    }
  }

  /** The part that a piece belongs to; undefined when it is not to be told. */
  part(index: unknown, channel: Channel, place: unknown): Part | undefined {
    const known = this.#at(index);
    if (known?.type === "ignored") return undefined;
    const item = known?.type === "speech" ? known : this.#add(index, create("speech", !this.#resumed));
    if (item.type !== "speech") return undefined;
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

  /** A piece of a call's arguments; it waits when the call is not known yet. */
  argue(index: unknown, piece: string, out: StreamEvent[]): void {
    const item = this.#at(index) ?? this.#add(index, create("call", true));
    if (item.type !== "call") return;
    item.arguments += piece;
    if (item.told !== undefined) out.push({ type: "tool-call-delta", id: item.told, arguments: piece });
  }

  /** The whole arguments, before the item's own end. */
  argued(index: unknown, content: Json, out: StreamEvent[]): void {
    const item = this.#at(index);
    if (item?.type === "call") this.#settle(item, content, out);
  }

  /** Ends all calls. A call whose end was not seen is not to be trusted, whatever its arguments look like. */
  endCalls(ending: Ending, out: StreamEvent[]): void {
    for (const item of this.#all) {
      if (item.type !== "call" || item.told === undefined) continue;
      const empty = item.arguments.trim() === "";
      const source = empty ? "{}" : item.arguments;
      const whole = item.closed && (ending === "whole" || (ending === "length" && !empty));
      const complete = whole && item.name !== "" && isJsonObject(source);
      out.push({ type: "tool-call-end", id: item.told, name: item.name, arguments: source, complete });
    }
  }

  /** The order of the items, which has to be the same when reasoning goes back. */
  kept(): KeptItem[] {
    return this.#all.flatMap((item): KeptItem[] => {
      if (item.type === "call") return item.told === undefined ? [] : [{ type: "call", id: item.told }];
      if (item.type === "ignored") return [];
      let length = 0;
      for (const part of item.parts.values()) if (!thinks(part.channel)) length += part.told.length;
      return [...(item.proof ? [item.proof] : []), ...(length > 0 ? [{ type: "text" as const, length }] : [])];
    });
  }

  #at(index: unknown): Item | undefined {
    const number = readIndex(index);
    return number === undefined ? this.#all.at(-1) : this.#byIndex.get(number);
  }

  #callOf(content: Json): Call | undefined {
    const id = text(content.call_id);
    const item = id === undefined ? undefined : this.#all.find((each) => each.type === "call" && each.id === id);
    return item?.type === "call" ? item : undefined;
  }

  #add(index: unknown, item: Item): Item {
    if (this.#all.length >= maximumItems) return item;
    this.#all.push(item);
    const number = readIndex(index);
    if (number !== undefined) this.#byIndex.set(number, item);
    return item;
  }

  #introduce(call: Call, content: Json, out: StreamEvent[]): void {
    call.id ??= text(content.call_id);
    if (call.name === "") call.name = text(content.name) ?? "";
    if (call.name !== "") this.#tell(call, out);
  }

  #tell(call: Call, out: StreamEvent[]): void {
    if (call.told !== undefined) return;
    call.told = call.id ?? this.#makeId();
    out.push({ type: "tool-call-start", id: call.told, name: call.name });
    if (call.arguments !== "") out.push({ type: "tool-call-delta", id: call.told, arguments: call.arguments });
  }

  #settle(call: Call, content: Json, out: StreamEvent[]): void {
    // Tools of OpenAI's kind `custom` take a plain text as their input.
    const whole = text(content.arguments) ?? text(content.input) ?? call.arguments;
    const isLonger = whole.length > call.arguments.length;
    const rest = isLonger && whole.startsWith(call.arguments) ? whole.slice(call.arguments.length) : "";
    call.arguments = whole;
    call.closed = content.status !== "incomplete";
    if (call.told !== undefined && rest !== "") out.push({ type: "tool-call-delta", id: call.told, arguments: rest });
  }
}

export function thinks(channel: Channel): boolean {
  return channel === "summary" || channel === "reasoning";
}

function typeOf({ type }: Json): Item["type"] {
  if (type === "message" || type === "reasoning") return "speech";
  return type === "function_call" || type === "custom_tool_call" ? "call" : "ignored";
}

function create(type: Item["type"], fromStart: boolean): Item {
  switch (type) {
    case "speech":
      return { type, parts: new Map(), fromStart };
    case "call":
      return { type, id: undefined, name: "", arguments: "", closed: false };
    case "ignored":
      return { type };
  }
}
