/** Function calls of one answer: most come whole, some are streamed argument by argument. */
import { defined } from "../../core/defined.ts";
import type { StreamEvent } from "../../core/events.ts";
import { limits } from "../../core/limits.ts";
import { TooLarge } from "../../stream/too-large.ts";
import { ArgumentsSize } from "../provider/arguments-size.ts";
import { decodedObject, hasNone } from "../provider/call-arguments.ts";
import type { Ending } from "../provider/event-decoder.ts";
import { type Json, text } from "../provider/json.ts";
import { isSnapshot } from "../provider/repeated-calls.ts";
import { argumentsText } from "../provider/tool-arguments.ts";
import { PartialArguments } from "./partial-args.ts";

interface Call {
  id: string;
  /** The server gave the id. */
  given: boolean;
  name: string;
  /** JSON; undefined while it is streamed. */
  arguments: string | undefined;
  partial?: PartialArguments;
  signature?: string;
}

export class FunctionCalls {
  readonly #calls: Call[] = [];
  /** The call whose arguments are being streamed. */
  #open: Call | undefined;
  readonly #size = new ArgumentsSize();
  readonly #makeId: () => string;

  constructor(makeId: () => string) {
    this.#makeId = makeId;
  }

  get size(): number {
    return this.#calls.length;
  }

  /** How many of these calls, at their beginning, are all those that came before, once more. */
  repeatedIn(all: readonly Json[]): number {
    if (this.#calls.length === 0) return 0;
    const calls = all.map(({ id, name, args }) => ({
      id: text(id),
      name: text(name) ?? "",
      arguments: argumentsText(args),
    }));
    return isSnapshot(calls, this.#calls) ? this.#calls.length : 0;
  }

  /** The `functionCall` of a part, and the part's signature. */
  push(fields: Json, signature: string | undefined, out: StreamEvent[]): void {
    const name = text(fields.name);
    const isStreamed = fields.willContinue === true || fields.partialArgs !== undefined;
    if (!isStreamed && this.#isKnown(fields, name, out)) return;
    if (name !== undefined) {
      this.#closeOpen(out);
      const call = this.#add(fields, name, out);
      if (isStreamed) this.#open = call;
      else this.#finish(call, argumentsText(fields.args), out);
    } else if (!this.#open && (isStreamed || fields.args !== undefined)) this.#open = this.#add(fields, "", out);
    const call = name === undefined ? this.#open : this.#calls.at(-1);
    if (call && signature !== undefined) call.signature = signature;
    if (!this.#open) return;
    if (fields.partialArgs !== undefined) {
      this.#open.partial ??= new PartialArguments(this.#size);
      this.#open.partial.push(fields.partialArgs);
    }
    // The last of a streamed call is often empty.
    if (fields.willContinue !== true) {
      if (fields.args !== undefined && this.#open.partial === undefined) {
        this.#finish(this.#open, argumentsText(fields.args), out);
        this.#open = undefined;
      } else this.#closeOpen(out);
    }
  }

  /** The same call under the same id once more; behind an empty object that held the place its arguments come. */
  #isKnown({ id: given, args }: Json, name: string | undefined, out: StreamEvent[]): boolean {
    const id = text(given);
    const call = id === undefined ? undefined : this.#calls.find((each) => each.given && each.id === id);
    if (!call || call === this.#open || call.name !== name) return false;
    const source = argumentsText(args);
    if (call.arguments === source || hasNone(source)) return true;
    if (call.partial || !hasNone(call.arguments ?? "")) return false;
    this.#finish(call, source, out);
    return true;
  }

  end(ending: Ending, out: StreamEvent[]): void {
    const open = this.#open;
    this.#closeOpen(out);
    for (const call of this.#calls) {
      const source = call.arguments ?? "{}";
      const settled = decodedObject(source);
      // At the limit of tokens a call that was not closed was cut off; at an ordinary end its close was left out.
      const whole = ending === "whole" || (ending === "length" && call !== open);
      out.push({
        type: "tool-call-end",
        id: call.id,
        name: call.name,
        arguments: settled ?? source,
        complete: whole && call.name !== "" && !call.partial?.broken && settled !== undefined,
        ...defined({ signature: call.signature }),
      });
    }
  }

  #add(fields: Json, name: string, out: StreamEvent[]): Call | undefined {
    if (this.#calls.length > limits.toolCalls) return undefined;
    const given = text(fields.id);
    const isTaken = this.#calls.some(({ id }) => id === given);
    const isOwn = given !== undefined && !isTaken;
    const call: Call = { id: isOwn ? given : this.#makeId(), given: isOwn, name, arguments: undefined };
    this.#calls.push(call);
    out.push({ type: "tool-call-start", id: call.id, name });
    return call;
  }

  #closeOpen(out: StreamEvent[]): void {
    const call = this.#open;
    this.#open = undefined;
    if (!call) return;
    call.partial?.drop();
    this.#finish(call, call.partial?.toJson() ?? "{}", out);
  }

  #finish(call: Call | undefined, source: string, out: StreamEvent[]): void {
    if (!call) return;
    if (!this.#size.take(source.length)) throw new TooLarge("toolArguments");
    call.arguments = source;
    out.push({ type: "tool-call-delta", id: call.id, arguments: source });
  }
}
