/** Puts the arguments of a streamed function call together, whose pieces each name their place in the object. */
import { limits } from "../../core/limits.ts";
import { ArgumentsSize } from "../provider/arguments-size.ts";
import { isObject, type Json } from "../provider/json.ts";

export class PartialArguments {
  readonly #root = emptyObject();
  readonly #size: ArgumentsSize;
  /** Characters of all pieces and their paths. */
  #length = 0;
  /** The place whose text goes on with the next piece of the same place. */
  #open: string | undefined;
  /** Places in lists that nothing was put into: each would be written out. */
  #gaps = 0;
  /** A piece could not be placed, so that the object is not what the model meant. */
  broken = false;

  /** `size`: of the whole answer. */
  constructor(size = new ArgumentsSize()) {
    this.#size = size;
  }

  /** `partialArgs` of a chunk: `[{jsonPath: "$.a[0].b", stringValue: "x", willContinue: true}]`. */
  push(pieces: unknown): void {
    if (!Array.isArray(pieces)) return;
    for (const piece of pieces) if (isObject(piece)) this.#piece(piece);
  }

  toJson(): string {
    return JSON.stringify(this.#root);
  }

  /** They are written out now. */
  drop(): void {
    this.#size.giveBack(this.#length);
  }

  /** Nobody is told of the pieces before all are there, so that nobody else counts them. */
  #piece(piece: Json): void {
    const path = typeof piece.jsonPath === "string" ? piece.jsonPath : "";
    const value = givenValue(piece);
    const length = path.length + (typeof value === "string" ? value.length : 1);
    if (this.broken || !this.#size.take(length)) {
      this.broken = true;
      return;
    }
    this.#length += length;
    const steps = parsePath(path);
    if (!steps) this.broken = true;
    // The beginning and the end of a text may come without any.
    else if (value !== undefined) this.#set(steps, value, path === this.#open);
    this.#open = piece.willContinue === true ? path : undefined;
  }

  #set(steps: readonly (string | number)[], value: unknown, goesOn: boolean): void {
    let holder: Json | unknown[] = this.#root;
    for (let at = 0; ; at++) {
      const step = steps[at]!;
      // A name into a list, or a number into an object, has no place there.
      if (Array.isArray(holder) !== (typeof step === "number")) {
        this.broken = true;
        return;
      }
      if (Array.isArray(holder)) {
        this.#gaps += Math.max(0, Number(step) - holder.length);
        if (this.#gaps > limits.listIndex) {
          this.broken = true;
          return;
        }
      }
      const fields = holder as Json;
      const key = step as string;
      if (at === steps.length - 1) {
        const before = fields[key];
        fields[key] = goesOn && typeof before === "string" && typeof value === "string" ? before + value : value;
        return;
      }
      if (typeof fields[key] !== "object" || fields[key] === null)
        fields[key] = typeof steps[at + 1] === "number" ? [] : emptyObject();
      holder = fields[key] as Json | unknown[];
    }
  }
}

/** Without a prototype, because the server chooses the names in it. */
function emptyObject(): Json {
  return Object.create(null);
}

function givenValue(piece: Json): unknown {
  if (typeof piece.stringValue === "string") return piece.stringValue;
  if (typeof piece.numberValue === "number") return piece.numberValue;
  if (typeof piece.boolValue === "boolean") return piece.boolValue;
  return "nullValue" in piece ? null : undefined;
}

/** The steps of "$.a[0]['b c']"; undefined when the path is none, or leads to where no argument is. */
function parsePath(path: string): (string | number)[] | undefined {
  if (!path.startsWith("$") || path.length > limits.argumentPath) return undefined;
  const steps: (string | number)[] = [];
  const pattern = /\.([^.[\]]+)|\[(\d+)\]|\[(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]/y;
  pattern.lastIndex = 1;
  while (pattern.lastIndex < path.length) {
    const match = pattern.exec(path);
    if (!match) return undefined;
    const name = match[1] ?? match[3] ?? match[4];
    if (name === undefined) {
      const index = Number(match[2]);
      if (index > limits.listIndex) return undefined;
      steps.push(index);
      continue;
    }
    const unescaped = name.replace(/\\(.)/g, "$1");
    if (unescaped === "__proto__") return undefined;
    steps.push(unescaped);
  }
  return steps.length === 0 || steps.length > limits.depth || typeof steps[0] === "number" ? undefined : steps;
}
