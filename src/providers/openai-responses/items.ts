/** The output items of one response: which of them an event is about, and how calls come together in them. */
import type { StreamEvent } from "../../core/events.ts";
import { limits } from "../../core/limits.ts";
import { ArgumentsSize } from "../provider/arguments-size.ts";
import { CallArguments, hasNone } from "../provider/call-arguments.ts";
import type { Ending } from "../provider/event-decoder.ts";
import { type Json, readIndex, text } from "../provider/json.ts";
import { type Call, type Item, isOfKind, isOtherCall, isOtherThan, typeOf } from "./output-item.ts";
import type { KeptItem } from "./signature.ts";
import { type Channel, createSpeech, endSpeech, type Part, partOf, type Speech, speechOf, thinks } from "./speech.ts";

/** Which item an event is about, as far as the server says. */
export interface Place {
  index?: unknown;
  /** `item_id`. GitHub Copilot gives another one with each event, so that only one that is known tells anything. */
  id?: unknown;
}

export class OutputItems {
  readonly #all: Item[] = [];
  readonly #byIndex = new Map<number, Item>();
  readonly #byId = new Map<string, Item>();
  /** Ids of items that more than one call has. */
  readonly #sharedIds = new Set<string>();
  /** Indexes of more than one call. */
  readonly #shared = new Set<number>();
  /** These are the items of an answer's rest, so that one may have begun before. */
  isResumed = false;
  readonly #byCallId = new Map<string, Call>();
  /** The ids under which calls were told. */
  readonly #told = new Set<string>();
  readonly #size = new ArgumentsSize();
  readonly #makeId: () => string;
  /** Arguments came that are of no known call. */
  #isAstray = false;

  constructor(makeId: () => string) {
    this.#makeId = makeId;
  }

  get hasCalls(): boolean {
    return this.#told.size > 0;
  }

  get speeches(): Speech[] {
    return this.#all.filter((item) => item.type === "speech");
  }

  /** `output_item.added`. */
  open(index: unknown, content: Json, out: StreamEvent[]): void {
    const named = this.#named(content.id);
    const known = named ?? (readIndex(index) === undefined ? undefined : this.#at({ index }));
    const isSame = known !== undefined && isOfKind(known, content) && !isOtherThan(known, content);
    const item = isSame ? known : this.#add({ index, id: content.id }, this.#create(content, true));
    this.#name(item, content.id);
    if (item.type === "call") this.#introduce(item, content, out);
  }

  /**
   * `output_item.done`: what it says of a call holds, whatever the pieces were. Without a place it comes from the list
   * of the whole response, and only its ids tell which item it is.
   */
  close(place: Place | undefined, content: Json, out: StreamEvent[]): Speech | undefined {
    const item = this.#closed(place, content) ?? this.#add(place ?? {}, this.#create(content, !this.isResumed));
    if (item.type === "call") {
      this.#introduce(item, content, out);
      this.#tell(item, out);
      this.#settle(item, content, out);
      item.isFinal = !item.arguments.isEmpty;
    } else if (item.type === "speech") {
      endSpeech(item, content);
      return item;
    }
    return undefined;
  }

  /** An item of text or thinking that stands in the list of its response only. */
  add(content: Json): Speech | undefined {
    const item = this.#add({}, this.#create(content, !this.isResumed));
    if (item.type !== "speech") return undefined;
    endSpeech(item, content);
    return item;
  }

  /** The part that a piece belongs to; undefined when it is not to be told. */
  part(place: Place, channel: Channel, at: unknown): Part | undefined {
    const known = this.#at(place);
    if (known?.type === "ignored") return undefined;
    const item =
      known?.type === "speech" ? known : this.#add(place, createSpeech(undefined, undefined, !this.isResumed));
    if (item.type !== "speech") return undefined;
    return partOf(item, channel, at);
  }

  /** A piece of a call's arguments; it waits when the call is not known yet. */
  argue(place: Place, piece: string, out: StreamEvent[]): void {
    const known = this.#at(place);
    const isOver = known?.type === "call" && known.isFinal === true;
    let item = isOver || !known ? this.#add(place, this.#create({ type: "function_call" }, true)) : known;
    if (item.type === "speech") {
      const open = this.#all.filter((each) => each.type === "call" && !each.closed);
      if (open.length === 1) item = open[0]!;
      else this.#isAstray = true;
    }
    if (item.type !== "call") return;
    if (this.#isAnyones(place)) item.isUnsure = true;
    item.arguments.push(piece);
    this.#isAstray ||= item.arguments.isTooLong;
    if (item.told !== undefined) out.push({ type: "tool-call-delta", id: item.told, arguments: piece });
  }

  /** The whole arguments, before the item's own end. */
  argued(place: Place, content: Json, out: StreamEvent[]): void {
    const named = this.#callOf(content) ?? this.#named(place.id);
    const item = named ?? this.#at(place);
    if (item?.type !== "call" || item.isFinal) return;
    if (!this.#callOf(content) && this.#isAnyones(place) && text(content.arguments) !== item.arguments.text) return;
    this.#settle(item, content, out);
  }

  /** Several calls are open at this place, so that it does not say whose a piece is. */
  #isAnyones({ index, id }: Place): boolean {
    if (this.#named(id)) return false;
    const number = readIndex(index);
    if (number !== undefined) return this.#shared.has(number);
    return this.#all.filter((each) => each.type === "call" && !each.closed).length > 1;
  }

  /**
   * Ends all calls. A call whose end was not seen is not to be trusted, whatever its arguments look like; nor is one
   * without any while there are arguments that belong to no call.
   */
  endCalls(ending: Ending, out: StreamEvent[]): void {
    const calls = this.#all.filter((item) => item.type === "call" && item.told !== undefined) as Call[];
    const isPlaced = ({ arguments: source }: Call) => source.isEmpty || source.settle() !== undefined;
    const areAllPlaced = !this.#isAstray && this.#all.every((item) => item.type !== "call" || isPlaced(item));
    for (const { told, name, arguments: source, closed } of calls) {
      const settled = source.isEmpty ? "{}" : source.settle();
      const isWhole = closed && (ending === "whole" || (ending === "length" && !source.isEmpty));
      const isOwn = settled !== undefined && (areAllPlaced || !hasNone(settled));
      const complete = isWhole && isOwn && name !== "";
      out.push({ type: "tool-call-end", id: told!, name, arguments: settled ?? source.text, complete });
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

  /** The item of this id if it is known, else at this index, else the latest. */
  #at({ index, id }: Place): Item | undefined {
    const named = this.#named(id);
    if (named) return named;
    const number = readIndex(index);
    return number === undefined ? this.#all.at(-1) : this.#byIndex.get(number);
  }

  /** The item whose end this is. */
  #closed(place: Place | undefined, content: Json): Item | undefined {
    const named = this.#callOf(content) ?? this.#named(content.id);
    if (named && isOfKind(named, content)) return named;
    if (!place) return undefined;
    const isUnplaced = readIndex(place.index) === undefined;
    if (isUnplaced && typeOf(content) === "speech") {
      const open = this.speeches.filter(({ ended }) => !ended);
      const speech = speechOf(content, open);
      return speech === null ? open.findLast((item) => isOfKind(item, content)) : speech;
    }
    const known = this.#at(place);
    return known && isOfKind(known, content) && !isOtherCall(known, content) ? known : undefined;
  }

  #callOf(content: Json): Call | undefined {
    const id = text(content.call_id);
    return id === undefined ? undefined : this.#byCallId.get(id);
  }

  #create(content: Json, fromStart: boolean): Item {
    const itemId = text(content.id);
    switch (typeOf(content)) {
      case "speech":
        return createSpeech(itemId, text(content.type), fromStart);
      case "call":
        return {
          type: "call",
          itemId,
          id: undefined,
          name: "",
          arguments: new CallArguments(this.#size),
          closed: false,
          begun: "",
        };
      case "ignored":
        return { type: "ignored", itemId };
    }
  }

  #add({ index, id }: Place, item: Item): Item {
    if (this.#all.length >= limits.items) return item;
    this.#all.push(item);
    const number = readIndex(index);
    if (number !== undefined) {
      if (item.type === "call" && this.#byIndex.get(number)?.type === "call") this.#shared.add(number);
      this.#byIndex.set(number, item);
    }
    this.#name(item, id);
    return item;
  }

  /** An id that several calls have tells nothing. */
  #named(id: unknown): Item | undefined {
    const given = text(id);
    return given === undefined || this.#sharedIds.has(given) ? undefined : this.#byId.get(given);
  }

  #name(item: Item, id: unknown): void {
    const given = text(id);
    if (given === undefined) return;
    const known = this.#byId.get(given);
    if (known !== undefined && known !== item && item.type === "call" && known.type === "call") {
      this.#sharedIds.add(given);
    }
    if (known !== undefined) return;
    item.itemId ??= given;
    this.#byId.set(given, item);
  }

  #introduce(call: Call, content: Json, out: StreamEvent[]): void {
    call.id ??= text(content.call_id);
    if (call.id !== undefined && !this.#byCallId.has(call.id)) this.#byCallId.set(call.id, call);
    if (call.name === "") call.name = text(content.name) ?? "";
    if (call.begun === "") call.begun = text(content.arguments) ?? text(content.input) ?? "";
    if (call.name !== "") this.#tell(call, out);
  }

  #tell(call: Call, out: StreamEvent[]): void {
    // One more than an answer may have, so that the one too many is seen.
    if (call.told !== undefined || this.#told.size > limits.toolCalls) return;
    call.told = call.id === undefined || this.#told.has(call.id) ? this.#makeId() : call.id;
    this.#told.add(call.told);
    out.push({ type: "tool-call-start", id: call.told, name: call.name });
    const { text: source } = call.arguments;
    if (source !== "") out.push({ type: "tool-call-delta", id: call.told, arguments: source });
  }

  #settle(call: Call, content: Json, out: StreamEvent[]): void {
    const before = call.arguments;
    // Tools of OpenAI's kind `custom` take a plain text as their input.
    const given = text(content.arguments) ?? text(content.input) ?? (before.isEmpty ? call.begun : before.text);
    const own = before.settle();
    // An empty object where pieces said more only held their place.
    const isPlaceholder = hasNone(given) && own !== undefined && !hasNone(own) && !call.isUnsure;
    const whole = isPlaceholder ? own : given;
    const isLonger = whole.length > before.text.length;
    const rest = isLonger && whole.startsWith(before.text) ? whole.slice(before.text.length) : "";
    before.drop();
    call.arguments = new CallArguments(this.#size);
    call.arguments.push(whole);
    this.#isAstray ||= call.arguments.isTooLong;
    call.closed = content.status !== "incomplete";
    if (call.told !== undefined && rest !== "") out.push({ type: "tool-call-delta", id: call.told, arguments: rest });
  }
}
