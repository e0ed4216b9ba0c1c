/** The content blocks of one message, by their index: which are told, and how tool calls come together in them. */

import { defined } from "../../core/defined.ts";
import type { StreamEvent } from "../../core/events.ts";
import { limits } from "../../core/limits.ts";
import { ArgumentsSize } from "../provider/arguments-size.ts";
import { CallArguments, decodedObject, hasNone } from "../provider/call-arguments.ts";
import type { Ending } from "../provider/event-decoder.ts";
import { isObject, type Json, readIndex, text } from "../provider/json.ts";
import { argumentsJson } from "../provider/tool-arguments.ts";
import type { KeptBlock } from "./signature.ts";

interface ToolBlock {
  type: "tool";
  id: string;
  name: string;
  arguments: CallArguments;
  /** What the block's beginning held; it counts when no piece follows. */
  input: string;
  /** Its end was seen. */
  closed: boolean;
  /** It was opened in the place of another call that had not ended, so that the pieces there may be of either. */
  isDoubtful: boolean;
  /** It was opened once more under its id when it had its arguments. */
  isReopened: boolean;
}

export type Block =
  | { type: "text"; length: number }
  | { type: "thinking"; length: number; signature?: string }
  | { type: "redacted"; data: string }
  | ToolBlock
  /** Of a kind that Runnel does not tell, such as a search on the server; its pieces are no one's. */
  | { type: "ignored" };

export class Blocks {
  readonly #all: Block[] = [];
  readonly #byIndex = new Map<number, Block>();
  /** Calls whose end was not seen, but for those that are doubtful anyway. */
  readonly #open = new Set<ToolBlock>();
  /** Of text or thinking that came under the index of a block of another kind, by kind and that index. */
  readonly #beside = new Map<string, Block>();
  /** Pieces of arguments whose block is not opened yet, or never is. */
  readonly #strays = new Map<number, string>();
  /** Calls of several names had one id. */
  #areIdsShared = false;
  /** Some pieces were too many to keep. */
  #lost = false;
  readonly #size = new ArgumentsSize();
  readonly #makeId: () => string;

  constructor(makeId: () => string) {
    this.#makeId = makeId;
  }

  get hasTools(): boolean {
    return this.#all.some(({ type }) => type === "tool");
  }

  open(index: unknown, content: Json, out: StreamEvent[]): Block {
    const block = this.#create(content);
    if (block.type !== "tool") {
      if (this.#all.length < limits.items) this.#add(index, block);
      return block;
    }
    const again = this.#all.find((each) => each.type === "tool" && each.id === block.id);
    if (again?.type === "tool" && again.name === block.name) {
      // Another call under the same id, if more arguments come.
      again.isReopened ||= again.closed || !lacksArguments(again) || this.at(index) !== again;
      this.#place(index, again);
      return again;
    }
    if (again) {
      block.id = this.#makeId();
      this.#areIdsShared = true;
    }
    const before = this.at(index);
    block.isDoubtful = before?.type === "tool" && before.id !== block.id && !before.closed && lacksArguments(before);
    if (readIndex(index) === undefined) block.isDoubtful = false;
    if (this.#all.length < limits.items) this.#add(index, block);
    this.#open.add(block);
    out.push({ type: "tool-call-start", id: block.id, name: block.name });
    this.#adopt(index, block, out);
    return block;
  }

  /**
   * Pieces that came under the block's index before it. Where another call lacks its arguments they may be that one's,
   * one index too far: then neither is to be trusted.
   */
  #adopt(index: unknown, block: ToolBlock, out: StreamEvent[]): void {
    const stray = this.#strays.get(Number(index));
    this.#strays.delete(Number(index));
    if (stray === undefined) return;
    this.#size.giveBack(stray.length);
    for (const each of this.#all) {
      if (each.type !== "tool" || each === block || !lacksArguments(each)) continue;
      each.isDoubtful = true;
      block.isDoubtful = true;
    }
    this.argue(index, stray, out);
  }

  /**
   * The block a piece belongs to. One whose block was never opened opens one of the kind that the piece has, and one
   * under a block of another kind has its own beside that.
   */
  find(index: unknown, kind: "text" | "thinking"): Block {
    const known = this.at(index);
    if (known?.type === kind || known?.type === "ignored") return known;
    const key = `${kind} ${readIndex(index)}`;
    const beside = known && this.#beside.get(key);
    if (beside) return beside;
    const block: Block = { type: kind, length: 0 };
    if (this.#all.length >= limits.items) return block;
    if (!known) this.#add(index, block);
    else {
      this.#beside.set(key, block);
      // Nothing was written in it yet, so that this comes first.
      const isFirst = known.type === "text" && known.length === 0;
      this.#all.splice(isFirst ? this.#all.lastIndexOf(known) : this.#all.length, 0, block);
    }
    return block;
  }

  /** The block at `index`; the latest when there is none given. */
  at(index: unknown): Block | undefined {
    const number = readIndex(index);
    return number === undefined ? this.#all.at(-1) : this.#byIndex.get(number);
  }

  sign(index: unknown, signature: string): void {
    const known = this.at(index);
    const block = known?.type === "thinking" ? known : this.#beside.get(`thinking ${readIndex(index)}`);
    if (block?.type === "thinking") block.signature = signature;
  }

  /** A piece of a tool call's arguments. */
  argue(index: unknown, piece: string, out: StreamEvent[]): void {
    const block = this.at(index);
    if (block?.type === "tool") {
      this.#doubt(index, block);
      block.arguments.push(piece);
      out.push({ type: "tool-call-delta", id: block.id, arguments: piece });
    } else if (block?.type !== "ignored" && this.#strays.size < limits.items) {
      // Nobody is told of them, so nobody else counts them.
      this.#lost ||= !this.#size.take(piece.length);
      if (this.#lost) return;
      const number = readIndex(index) ?? -1;
      this.#strays.set(number, (this.#strays.get(number) ?? "") + piece);
    }
  }

  /** Where several calls are open, a piece without an index may be of each of them. */
  #doubt(index: unknown, block: ToolBlock): void {
    if (block.isReopened) block.isDoubtful = true;
    if (readIndex(index) !== undefined) return;
    if (this.#open.size < 2 && !block.closed) return;
    block.isDoubtful = true;
    for (const each of this.#open) each.isDoubtful = true;
    // Those are marked for good.
    this.#open.clear();
    this.#open.add(block);
  }

  /** `content_block_stop`: nothing more belongs to this block. */
  closeBlock(index: unknown): void {
    const block = this.at(index);
    if (block?.type !== "tool") return;
    block.closed = true;
    this.#open.delete(block);
  }

  /**
   * Ends all calls. A call whose block was left open is not to be trusted, whatever its arguments look like; nor is one
   * without any while arguments are left of which nobody knows whose they are.
   */
  endCalls(ending: Ending, out: StreamEvent[]): void {
    const calls = this.#all.filter((block) => block.type === "tool");
    const areAllPlaced = this.#placeStrays(calls, out);
    // Then all indexes may be off by one.
    const isUnplaced = !areAllPlaced && this.#strays.size > 0 && calls.length > 1;
    const areIndexesWrong = isUnplaced || (this.#areIdsShared && calls.some((call) => lacksArguments(call)));
    for (const block of calls) {
      if (block.arguments.isEmpty && block.input !== "") {
        block.arguments.push(block.input);
        out.push({ type: "tool-call-delta", id: block.id, arguments: block.input });
      }
      const isEmpty = block.arguments.isEmpty;
      const settled = isEmpty ? "{}" : block.arguments.settle();
      const { id, name, closed, isDoubtful } = block;
      const isWhole =
        ending !== "broken" && closed && !isDoubtful && !areIndexesWrong && !(isEmpty && ending === "length");
      const isOwn = settled !== undefined && (areAllPlaced || !hasNone(settled));
      const complete = isWhole && isOwn && name !== "";
      out.push({ type: "tool-call-end", id, name, arguments: settled ?? block.arguments.text, complete });
    }
  }

  /** Gives pieces without a block to the last call, if this is the only one that lacks arguments. False when some stay, or belong to no object. */
  #placeStrays(calls: readonly ToolBlock[], out: StreamEvent[]): boolean {
    const isPlaced = calls.every(({ arguments: source }) => source.isEmpty || source.settle() !== undefined);
    if (this.#lost) return false;
    if (this.#strays.size === 0) return isPlaced;
    if (this.#areIdsShared) return false;
    const [call, other] = calls.filter(lacksArguments);
    if (!call || other || call !== calls.at(-1)) return false;
    for (const piece of this.#strays.values()) {
      this.#size.giveBack(piece.length);
      call.arguments.push(piece);
      out.push({ type: "tool-call-delta", id: call.id, arguments: piece });
    }
    return call.arguments.settle() !== undefined;
  }

  /** The order of the blocks, which has to be the same when signed thinking goes back. */
  kept(): KeptBlock[] {
    const kept: KeptBlock[] = [];
    for (const block of this.#all) {
      switch (block.type) {
        case "text":
          if (block.length > 0) kept.push({ type: "text", length: block.length });
          break;
        case "thinking":
          // Without its signature a block is refused.
          if (block.signature !== undefined)
            kept.push({ type: "thinking", length: block.length, signature: block.signature });
          else if (block.length > 0) kept.push({ type: "unsigned", length: block.length });
          break;
        case "redacted":
          kept.push({ type: "redacted", data: block.data });
          break;
        case "tool":
          kept.push({ type: "call", id: block.id });
          break;
      }
    }
    return kept;
  }

  #create(content: Json): Block {
    switch (content.type) {
      case "text":
        return { type: "text", length: 0 };
      case "thinking": {
        const signature = text(content.signature);
        return { type: "thinking", length: 0, ...defined({ signature }) };
      }
      case "redacted_thinking":
        return { type: "redacted", data: text(content.data) ?? "" };
      case "tool_use": {
        const { input } = content;
        const whole = isObject(input) && Object.keys(input).length > 0 ? argumentsJson(input) : (text(input) ?? "");
        return {
          type: "tool",
          id: text(content.id) ?? this.#makeId(),
          name: text(content.name) ?? "",
          arguments: new CallArguments(this.#size),
          input: whole,
          closed: false,
          isDoubtful: false,
          isReopened: false,
        };
      }
      default:
        return { type: "ignored" };
    }
  }

  #add(index: unknown, block: Block): void {
    this.#all.push(block);
    this.#place(index, block);
  }

  #place(index: unknown, block: Block): void {
    const number = readIndex(index);
    if (number === undefined) return;
    this.#byIndex.set(number, block);
    this.#beside.delete(`text ${number}`);
    this.#beside.delete(`thinking ${number}`);
  }
}

function lacksArguments({ arguments: source, input }: ToolBlock): boolean {
  const settled = source.isEmpty ? decodedObject(input) : source.settle();
  return settled === undefined || hasNone(settled);
}
