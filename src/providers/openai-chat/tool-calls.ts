/** Puts tool calls together from fragments, whichever of index, id and name a server sends with each. */
import { defined } from "../../core/defined.ts";
import type { StreamEvent } from "../../core/events.ts";
import { limits } from "../../core/limits.ts";
import { ArgumentsSize } from "../provider/arguments-size.ts";
import { CallArguments, hasNone } from "../provider/call-arguments.ts";
import { CallReadings } from "../provider/call-readings.ts";
import { isObject, type Json, readIndex, text } from "../provider/json.ts";
import { argumentsJson } from "../provider/tool-arguments.ts";
import type { Call } from "./call.ts";
import { doubtfulCalls } from "./doubtful-calls.ts";
import { lacksArguments, placeStrays } from "./stray-arguments.ts";

export class ToolCalls {
  readonly #calls: Call[] = [];
  readonly #byId = new Map<string, Call>();
  readonly #byIndex = new Map<number, Call>();
  readonly #makeId: () => string;
  readonly #size = new ArgumentsSize();
  readonly #readings = new CallReadings();
  #named = 0;
  /** Some fragments were too many to keep. */
  #lost = false;

  constructor(makeId: () => string) {
    this.#makeId = makeId;
  }

  get hasCalls(): boolean {
    return this.#calls.some(({ name, given, arguments: source }) => given || name !== "" || !source.isEmpty);
  }

  /** One element of `delta.tool_calls`. False when it is none. */
  push(fragment: unknown, out: StreamEvent[]): boolean {
    if (!isObject(fragment)) return false;
    const body = isObject(fragment.function)
      ? fragment.function
      : isObject(fragment.custom)
        ? fragment.custom
        : fragment;
    const id = text(fragment.id);
    const name = text(body.name);
    const piece = argumentsText(body.arguments ?? body.input);
    const index = readIndex(fragment.index);
    this.#readings.add(id, index, name, piece);
    const call = this.#find(id, index, name, piece);
    if (!call) return true;
    call.isByIndex ||= piece !== "" && id === undefined && name === undefined;
    if (id !== undefined && !call.given && !call.started && !this.#byId.has(id)) {
      call.id = id;
      call.given = true;
      this.#byId.set(id, call);
    }
    if (name !== undefined) this.#name(call, name);
    const signature = thoughtSignature(fragment);
    if (signature !== undefined) call.signature = signature;
    call.arguments.push(piece);
    this.#lost ||= call.arguments.isTooLong;
    if (piece === "") return true;
    const { length, isTooLong } = call.arguments;
    // A name may come in fragments too, so that only what comes after it tells that it is whole.
    const begins = !call.started && call.name !== "" && !call.twinOf && (length > 0 || isTooLong);
    if (begins) start(call, out);
    // What is too long to keep is emitted all the same: whoever counts the events ends the answer by it.
    if (call.started && (!begins || isTooLong)) out.push({ type: "tool-call-delta", id: call.id, arguments: piece });
    return true;
  }

  /**
   * Ends all calls. Not before the end of the stream: arguments that parse can still be the beginning of more. After a
   * broken stream no call can be trusted; at the token limit the last one was cut off unless its arguments are whole. A
   * call without arguments is trusted only where all arguments found their call: others may be its own. Where some under
   * an index of their own did not, the indexes may be off by one, so that no call has its arguments by them alone.
   */
  end(how: "whole" | "length" | "broken", out: StreamEvent[]): void {
    // Nearly always, and the answer's end waits for it.
    if (this.#calls.length === 0) return;
    const placed = placeStrays(this.#calls.splice(0)).filter((call) => !isRepeated(call));
    const { repeated, untrusted } = doubtfulCalls(placed);
    // One that was emitted already has to end as well.
    const calls = placed.filter((call) => call.started || !repeated.has(call));
    const isAstray = ({ name, arguments: source }: Call) => name === "" || (!source.isEmpty && !source.settle());
    const areAllPlaced = !this.#lost && !calls.some(isAstray);
    const areIndexesRight = calls.length < 2 || !calls.some(({ name, given }) => name === "" && !given);
    const settledOf = ({ arguments: source }: Call) => (source.isEmpty ? "{}" : source.settle());
    const agreed = this.#lost
      ? []
      : this.#readings.agree(
          calls.map((call) => ({ name: call.name, arguments: settledOf(call) ?? "", isEmpty: call.arguments.isEmpty })),
        );
    for (const [at, call] of calls.entries()) {
      if (!call.started) start(call, out);
      const empty = call.arguments.isEmpty;
      const settled = settledOf(call);
      const isWhole = how === "whole" || (how === "length" && !empty);
      const isOwn =
        !untrusted.has(call) &&
        !repeated.has(call) &&
        (areIndexesRight || !call.isByIndex) &&
        (areAllPlaced || !hasNone(settled ?? ""));
      out.push({
        type: "tool-call-end",
        id: call.id,
        name: call.name,
        arguments: settled ?? call.arguments.text,
        complete: isWhole && call.name !== "" && settled !== undefined && isOwn && agreed[at] === true,
        ...defined({ signature: call.signature }),
      });
    }
    this.#byId.clear();
    this.#byIndex.clear();
  }

  #find(id: string | undefined, index: number | undefined, name: string | undefined, piece: string): Call | undefined {
    const known = id === undefined ? undefined : this.#byId.get(id);
    const there = index === undefined ? undefined : this.#byIndex.get(index);
    if (known) {
      // Some servers have one id for several calls.
      if (there?.twinOf === known) return there;
      const isTwin = index !== undefined && !there && isAnother(known, name);
      if (isTwin) return this.#add(undefined, index, known);
      if (index !== undefined && !there) this.#byIndex.set(index, known);
      return known;
    }
    if (index !== undefined) {
      if (there && !this.#isAnotherAt(there, id, name, piece)) return there;
      return this.#add(id, index);
    }
    const latest = this.#calls.at(-1);
    if (id === undefined && latest && !isAnother(latest, name)) return latest;
    return this.#add(id, undefined);
  }

  /**
   * Some servers count all calls as 0: a new id together with a name is a new call, or, without ids, a name behind
   * arguments. An empty object holds the place of those that come, so that the same name behind it is no other call; and
   * whoever gave the first call an id gives the next one its own. A piece from the middle of arguments begins none.
   */
  #isAnotherAt(there: Call, id: string | undefined, name: string | undefined, piece: string): boolean {
    if (name === undefined) return false;
    // Arguments may stand one index too far, where the next call begins.
    if (there.name === "" && !there.given) return this.#calls.some((call) => call.name !== "" && lacksArguments(call));
    const hasOtherName = there.name !== "" && name !== there.name;
    if (id !== undefined) return (there.given || hasOtherName) && (hasOtherName || !goesOn(there, piece));
    if (!isAnother(there, name) || there.arguments.isEmpty) return false;
    return name !== there.name || !(there.given || there.arguments.hasNone);
  }

  #name(call: Call, name: string): void {
    if (call.name === "") this.#named++;
    if (!call.arguments.isEmpty && call.name !== "") return;
    if (call.name.length > limits.modelName) return;
    if (name.startsWith(call.name)) call.name = name;
    else if (!call.started) call.name += name;
  }

  #add(id: string | undefined, index: number | undefined, twinOf?: Call): Call | undefined {
    if (this.#named > limits.toolCalls || this.#calls.length >= limits.strayFragments) {
      this.#lost = true;
      return undefined;
    }
    const call: Call = {
      id: id ?? this.#makeId(),
      given: id !== undefined,
      name: "",
      arguments: new CallArguments(this.#size),
      isByIndex: false,
      isShared: false,
      started: false,
      ...defined({ index, twinOf }),
    };
    const there = index === undefined ? undefined : this.#byIndex.get(index);
    if (there) {
      there.isShared = true;
      call.isShared = true;
    }
    this.#calls.push(call);
    if (id !== undefined) this.#byId.set(id, call);
    if (index !== undefined) this.#byIndex.set(index, call);
    return call;
  }
}

function start(call: Call, out: StreamEvent[]): void {
  call.started = true;
  out.push({ type: "tool-call-start", id: call.id, name: call.name });
  const { text: source } = call.arguments;
  if (source !== "") out.push({ type: "tool-call-delta", id: call.id, arguments: source });
}

/** Another name, or the same once more when the arguments are whole, begins a new call. */
function isAnother(call: Call, name: string | undefined): boolean {
  return name !== undefined && call.name !== "" && (name !== call.name || call.arguments.isWhole);
}

/** Whether this is from the middle of arguments that have begun. */
function goesOn({ arguments: source }: Call, piece: string): boolean {
  return !source.isEmpty && /^\s*[^\s{"]/.test(piece) && !source.isWhole;
}

/** The same call under the same id: without arguments, or with the same ones. */
function isRepeated({ twinOf, name, arguments: source }: Call): boolean {
  if (twinOf?.name !== name) return false;
  return source.isEmpty || (source.settle() !== undefined && source.settle() === twinOf.arguments.settle());
}

function argumentsText(value: unknown): string {
  if (typeof value === "string") return value;
  return value === null || value === undefined ? "" : argumentsJson(value);
}

/** Gemini's OpenAI endpoint keeps its signature in `extra_content`. */
function thoughtSignature(fragment: Json): string | undefined {
  const extra = isObject(fragment.extra_content) ? fragment.extra_content : undefined;
  const google = isObject(extra?.google) ? extra.google : undefined;
  return text(google?.thought_signature);
}
