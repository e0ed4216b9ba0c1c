/** Puts tool calls together from fragments, whichever of index, id and name a server sends with each. */
import type { StreamEvent } from "../../core/events.ts";
import { JsonProgress } from "../../core/json-shape.ts";
import { limits } from "../../core/limits.ts";
import { isObject, type Json, readIndex, text } from "../json.ts";
import { isJsonObject } from "../tool-arguments.ts";

interface Call {
  /** The server's, or a made-up one. */
  id: string;
  /** True when the server gave the id. */
  given: boolean;
  /** What the server takes for its id, though it is that of another call. */
  sharedId?: string;
  name: string;
  arguments: string;
  progress: JsonProgress;
  /** Whether the arguments are an object; asked once when their last bracket has come. */
  isWhole?: boolean;
  /** True once `tool-call-start` went out. */
  started: boolean;
  signature?: string;
}

/** One more than an answer may have, so that the one too many is seen. */
const maximumCalls = limits.toolCalls + 1;

export class ToolCalls {
  readonly #calls: Call[] = [];
  readonly #byId = new Map<string, Call>();
  readonly #byIndex = new Map<number, Call>();
  readonly #makeId: () => string;

  constructor(makeId: () => string) {
    this.#makeId = makeId;
  }

  get size(): number {
    return this.#calls.length;
  }

  /** One element of `delta.tool_calls`. */
  push(fragment: unknown, out: StreamEvent[]): void {
    if (!isObject(fragment)) return;
    const body = isObject(fragment.function) ? fragment.function : isObject(fragment.custom) ? fragment.custom : {};
    const id = text(fragment.id);
    const name = text(body.name);
    const call = this.#find(id, readIndex(fragment.index), name);
    if (!call) return;
    if (id !== undefined && !call.given && !call.started && !this.#byId.has(id)) {
      call.id = id;
      call.given = true;
      this.#byId.set(id, call);
    }
    if (call.name === "" && name !== undefined) call.name = name;
    const signature = thoughtSignature(fragment);
    if (signature !== undefined) call.signature = signature;

    const piece = argumentsText(body.arguments ?? body.input);
    // One without a name is not told, so that nobody else counts what it has.
    if (call.started || call.arguments.length <= limits.toolArguments) {
      call.arguments += piece;
      call.progress.push(piece);
    }
    if (!call.started && call.name !== "") {
      call.started = true;
      out.push({ type: "tool-call-start", id: call.id, name: call.name });
      if (call.arguments !== "") out.push({ type: "tool-call-delta", id: call.id, arguments: call.arguments });
    } else if (call.started && piece !== "") {
      out.push({ type: "tool-call-delta", id: call.id, arguments: piece });
    }
  }

  /**
   * Ends all calls. Not before the end of the stream: arguments that parse can still be the beginning of more. After a
   * broken stream no call can be trusted; at the token limit the last one was cut off unless its arguments are whole.
   */
  end(how: "whole" | "length" | "broken", out: StreamEvent[]): void {
    for (const call of this.#calls.splice(0)) {
      if (!call.started) {
        if (call.name === "" && call.arguments === "" && !call.given) continue;
        out.push({ type: "tool-call-start", id: call.id, name: call.name });
        if (call.arguments !== "") out.push({ type: "tool-call-delta", id: call.id, arguments: call.arguments });
      }
      const empty = call.arguments.trim() === "";
      const source = empty ? "{}" : call.arguments;
      const whole = how === "whole" || (how === "length" && !empty);
      out.push({
        type: "tool-call-end",
        id: call.id,
        name: call.name,
        arguments: source,
        complete: whole && call.name !== "" && isJsonObject(source),
        ...(call.signature === undefined ? {} : { signature: call.signature }),
      });
    }
    this.#byId.clear();
    this.#byIndex.clear();
  }

  #find(id: string | undefined, index: number | undefined, name: string | undefined): Call | undefined {
    const known = id === undefined ? undefined : this.#byId.get(id);
    const there = index === undefined ? undefined : this.#byIndex.get(index);
    if (known) {
      // Some servers have one id for several calls.
      if (there?.sharedId === id) return there;
      const twin = index !== undefined && !there && isAnother(known, name) ? this.#add(undefined, index) : undefined;
      if (twin && id !== undefined) twin.sharedId = id;
      return twin ?? known;
    }
    if (index !== undefined) {
      // Some servers count all calls as 0: a new id together with a name is a new call.
      const another = there?.given && id !== undefined && name !== undefined;
      if (there && !another) return there;
      return this.#add(id, index);
    }
    const latest = this.#calls.at(-1);
    if (id === undefined && latest) {
      if (!isAnother(latest, name)) return latest;
    }
    return this.#add(id, undefined);
  }

  #add(id: string | undefined, index: number | undefined): Call | undefined {
    if (this.#calls.length >= maximumCalls) return undefined;
    const call: Call = {
      id: id ?? this.#makeId(),
      given: id !== undefined,
      name: "",
      arguments: "",
      progress: new JsonProgress(),
      started: false,
    };
    this.#calls.push(call);
    if (id !== undefined) this.#byId.set(id, call);
    if (index !== undefined) this.#byIndex.set(index, call);
    return call;
  }
}

/** Another name, or the same once more when the arguments are whole, begins a new call. */
function isAnother(call: Call, name: string | undefined): boolean {
  return name !== undefined && call.name !== "" && (name !== call.name || isWhole(call));
}

/** Servers that name the tool with each fragment ask this for each, so the arguments are not parsed anew every time. */
function isWhole(call: Call): boolean {
  if (!call.progress.isClosed) return false;
  call.isWhole ??= isJsonObject(call.arguments);
  return call.isWhole;
}

function argumentsText(value: unknown): string {
  if (typeof value === "string") return value;
  return value === null || value === undefined ? "" : JSON.stringify(value);
}

/** Gemini's OpenAI endpoint keeps its signature in `extra_content`. */
function thoughtSignature(fragment: Json): string | undefined {
  const extra = isObject(fragment.extra_content) ? fragment.extra_content : undefined;
  const google = isObject(extra?.google) ? extra.google : undefined;
  return text(google?.thought_signature);
}
