/** The content blocks of one message, by their index: which are told, and how tool calls come together in them. */
import type { StreamEvent } from "../../core/events.ts";
import type { Ending } from "../event-decoder.ts";
import { isObject, type Json, readIndex, text } from "../json.ts";
import { isJsonObject } from "../tool-arguments.ts";
import type { KeptBlock } from "./signature.ts";

interface ToolBlock {
  type: "tool";
  id: string;
  name: string;
  arguments: string;
  /** What the block's beginning held; it counts when no piece follows. */
  input: string;
  /** Its end was seen. */
  closed: boolean;
}

export type Block =
  | { type: "text"; length: number }
  | { type: "thinking"; length: number; signature?: string }
  | { type: "redacted"; data: string }
  | ToolBlock
  /** Of a kind that Runnel does not tell, such as a search on the server; its pieces are no one's. */
  | { type: "ignored" };

/** No answer has more; beyond this a server is out of its mind. */
const maximumBlocks = 5000;

export class Blocks {
  readonly #all: Block[] = [];
  readonly #byIndex = new Map<number, Block>();
  /** Pieces of arguments whose block is not opened yet. */
  readonly #early = new Map<number, string>();
  readonly #makeId: () => string;

  constructor(makeId: () => string) {
    this.#makeId = makeId;
  }

  get hasTools(): boolean {
    return this.#all.some(({ type }) => type === "tool");
  }

  open(index: unknown, content: Json, out: StreamEvent[]): Block {
    const block = this.#create(content);
    if (this.#all.length < maximumBlocks) this.#add(index, block);
    if (block.type === "tool") {
      out.push({ type: "tool-call-start", id: block.id, name: block.name });
      const early = this.#early.get(Number(index));
      if (early !== undefined) this.argue(index, early, out);
      this.#early.delete(Number(index));
    }
    return block;
  }

  /** The block a piece belongs to. A piece whose block was never opened opens one of the kind that the piece has. */
  find(index: unknown, kind: "text" | "thinking"): Block {
    const known = this.at(index);
    if (known) return known;
    const block: Block = { type: kind, length: 0 };
    if (this.#all.length < maximumBlocks) this.#add(index, block);
    return block;
  }

  /** The block at `index`; the latest when there is none given. */
  at(index: unknown): Block | undefined {
    const number = readIndex(index);
    return number === undefined ? this.#all.at(-1) : this.#byIndex.get(number);
  }

  /** A piece of a tool call's arguments. */
  argue(index: unknown, piece: string, out: StreamEvent[]): void {
    const block = this.at(index);
    const number = readIndex(index);
    if (block?.type === "tool") {
      block.arguments += piece;
      out.push({ type: "tool-call-delta", id: block.id, arguments: piece });
    } else if (!block && number !== undefined && this.#early.size < maximumBlocks) {
      this.#early.set(number, (this.#early.get(number) ?? "") + piece);
    }
  }

  /** `content_block_stop`: nothing more belongs to this block. */
  closeBlock(index: unknown): void {
    const block = this.at(index);
    if (block?.type === "tool") block.closed = true;
  }

  /** Ends all calls. A call whose block was left open is not to be trusted, whatever its arguments look like. */
  endCalls(ending: Ending, out: StreamEvent[]): void {
    for (const block of this.#all) {
      if (block.type !== "tool") continue;
      if (block.arguments.trim() === "") {
        block.arguments = block.input === "" ? "{}" : block.input;
        if (block.input !== "") out.push({ type: "tool-call-delta", id: block.id, arguments: block.input });
        else if (ending === "length") block.closed = false;
      }
      const { id, name, arguments: source, closed } = block;
      const complete = ending !== "broken" && closed && name !== "" && isJsonObject(source);
      out.push({ type: "tool-call-end", id, name, arguments: source, complete });
    }
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
        return { type: "thinking", length: 0, ...(signature === undefined ? {} : { signature }) };
      }
      case "redacted_thinking":
        return { type: "redacted", data: text(content.data) ?? "" };
      case "tool_use": {
        const { input } = content;
        const whole = isObject(input) && Object.keys(input).length > 0 ? JSON.stringify(input) : (text(input) ?? "");
        return {
          type: "tool",
          id: text(content.id) ?? this.#makeId(),
          name: text(content.name) ?? "",
          arguments: "",
          input: whole,
          closed: false,
        };
      }
      default:
        return { type: "ignored" };
    }
  }

  #add(index: unknown, block: Block): void {
    this.#all.push(block);
    const number = readIndex(index);
    if (number !== undefined) this.#byIndex.set(number, block);
  }
}
