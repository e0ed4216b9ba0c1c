/** The ways to read the pieces of an answer's calls: where servers tell calls apart in an unusual way, more than one may fit. */
import { limits } from "../../core/limits.ts";
import { ArgumentsSize } from "./arguments-size.ts";
import { CallArguments, decodedObject, hasNone } from "./call-arguments.ts";

interface Fragment {
  id: string | undefined;
  index: number | undefined;
  name: string | undefined;
  piece: string;
}

interface ReadCall {
  name: string;
  pieces: string[];
}

/** The call that each fragment belongs to, as a key; undefined for one that cannot be read so. */
type Reading = (fragments: readonly Fragment[]) => (string | number | undefined)[];

export class CallReadings {
  #fragments: Fragment[] = [];
  #isUsual = true;
  #isLost = false;
  /** What came first under each index. */
  readonly #heads = new Map<number, Fragment & { hasBegun: boolean }>();
  readonly #ids = new Set<string>();

  add(id: string | undefined, index: number | undefined, name: string | undefined, piece: string): void {
    const fragment = { id, index, name, piece };
    this.#isUsual &&= this.#continues(fragment);
    if (this.#fragments.length < limits.strayFragments) this.#fragments.push(fragment);
    else this.#isLost = true;
  }

  /** As the protocol has it: each call has its own id and index, and its pieces have that index. */
  #continues(fragment: Fragment): boolean {
    const { id, index, name, piece } = fragment;
    if (index === undefined) return this.#isWholeCall(fragment);
    const head = this.#heads.get(index);
    if (head) {
      // A name may come in pieces, before the arguments do.
      const isNamed = name === undefined || name === head.name || !head.hasBegun;
      head.hasBegun ||= piece !== "";
      return isNamed && (id === undefined || id === head.id);
    }
    if (id === undefined || name === undefined || this.#ids.has(id)) return false;
    // May be one call, with an id and an index of its own for each piece.
    const before = [...this.#heads.values()].at(-1);
    if (before?.name === name && !before.hasBegun && piece !== "") return false;
    this.#heads.set(index, { ...fragment, hasBegun: piece !== "" });
    this.#ids.add(id);
    return true;
  }

  /** As Gemini's endpoint for OpenAI's protocol has it: each call in one piece, under its own id, without an index. */
  #isWholeCall({ id, name, piece }: Fragment): boolean {
    const isNew = id !== undefined && name !== undefined && !this.#ids.has(id) && this.#heads.size === 0;
    if (isNew) this.#ids.add(id);
    return isNew && decodedObject(piece) !== undefined;
  }

  /**
   * Which of these calls, whose arguments are settled, are the same however the fragments are read. A reading counts
   * when all its calls have a name and arguments that are one object.
   */
  agree(calls: readonly { name: string; arguments: string; isEmpty: boolean }[]): boolean[] {
    if (this.#isUsual) return calls.map(() => true);
    if (this.#isLost) return calls.map(() => false);
    const others = this.#others();
    const told = new Set<string>();
    const hasIndexes = settled(grouped(this.#fragments, numbered(byIndex(this.#fragments)) ?? [])) !== undefined;
    const ids = new Set(this.#fragments.map(({ id }) => id));
    const haveIds = !ids.has(undefined) && ids.size === calls.length;
    const isScattered = !hasIndexes && !haveIds && this.#isScattered();
    // Nothing says whose a piece is.
    const isMixed = calls.length > 1 && ((others.length === 0 && this.#isInterleaved()) || isScattered);
    if (isMixed || (!hasIndexes && this.#isShared())) return calls.map(() => false);
    const areBare = this.#fragments.every(({ id, index }) => id === undefined && index === undefined);
    const byName = new Map<string, { all: number; filled: number }>();
    for (const { name, arguments: source } of calls) {
      const { all, filled } = byName.get(name) ?? { all: 0, filled: 0 };
      byName.set(name, { all: all + 1, filled: filled + (hasNone(source) ? 0 : 1) });
    }
    return calls.map((call) => {
      const { name, arguments: source, isEmpty } = call;
      const key = keyOf(name, source);
      const isAgain = told.has(key) && !haveIds && !(hasNone(source) && areBare);
      told.add(key);
      // What has none may have held the place of another's.
      const { all = 0, filled = 0 } = byName.get(name) ?? {};
      const isPlace = hasNone(source) && (filled > 0 || (isEmpty && all > 1));
      return others.map((reading) => take(reading, key)).every((isThere) => isThere) && !isAgain && !isPlace;
    });
  }

  /** One id stands with several names. */
  #isShared(): boolean {
    const names = new Map<string, string>();
    return this.#fragments.some(({ id, name, piece }) => {
      if (id === undefined || name === undefined) return false;
      const before = names.get(id);
      names.set(id, name);
      if (before === undefined || before === name) return false;
      // A name that was cut short comes again, longer.
      return !name.startsWith(before) || !(piece === "" || hasNone(piece));
    });
  }

  /** A name came again behind another. */
  #isInterleaved(): boolean {
    const known = new Set<string>();
    let latest: string | undefined;
    return this.#fragments.some(({ name }) => {
      if (name === undefined || name === latest) return false;
      latest = name;
      const isAgain = known.has(name);
      known.add(name);
      return isAgain;
    });
  }

  /** A piece without a name came where several calls had been begun and none of them had arguments. */
  #isScattered(): boolean {
    let lacking = 0;
    return this.#fragments.some(({ name, piece }) => {
      if (name !== undefined) {
        if (piece === "" || hasNone(piece)) lacking++;
        return false;
      }
      if (piece.trim() === "") return false;
      if (lacking > 1) return true;
      lacking = 0;
      return false;
    });
  }

  /** How often each call is in each of the readings that hold. */
  #others(): Map<string, number>[] {
    const seen = new Set<string>();
    return readings.flatMap((keyOfCall) => {
      const keys = keyOfCall(this.#fragments);
      const numbers = keys && numbered(keys);
      if (!numbers || seen.has(numbers.join())) return [];
      seen.add(numbers.join());
      return settled(grouped(this.#fragments, numbers)) ?? [];
    });
  }
}

/** An id names a call; without one a piece belongs to the latest call at its index, else to the latest of all. */
const byId: Reading = (fragments) => {
  const at = new Map<number | undefined, string>();
  return fragments.map(({ id, index }) => {
    const key = id ?? at.get(index) ?? at.get(undefined);
    if (key !== undefined) at.set(index, key).set(undefined, key);
    return key;
  });
};

/** Ids and names tell nothing. */
const byIndex: Reading = (fragments) => fragments.map(({ index }) => index);

/** Arguments stand one index behind the beginning of their call. */
const byIndexBefore: Reading = (fragments) => {
  const begun = new Set<number>();
  return fragments.map(({ index, name, piece }) => {
    if (index === undefined) return undefined;
    if (piece !== "") return begun.has(index - 1) ? index - 1 : undefined;
    if (name !== undefined) begun.add(index);
    return index;
  });
};

/** A name that differs from the latest, or comes behind whole arguments, begins a call. */
const bySequence: Reading = (fragments) => {
  let count = 0;
  let latest: string | undefined;
  let pieces = new CallArguments();
  return fragments.map(({ name, piece }) => {
    if (name !== undefined && (name !== latest || hasArguments(pieces))) {
      count++;
      latest = name;
      pieces = new CallArguments();
    }
    pieces.push(piece);
    return count;
  });
};

/** All calls are begun first; then each piece goes to the first of its name that lacks arguments. */
const byNameInTurn: Reading = (fragments) => {
  /** Of each name, those that lack arguments begin at `first`: what has some keeps them. */
  const begun = new Map<string, { first: number; calls: { number: number; pieces: CallArguments }[] }>();
  let isBeginning = true;
  return fragments.map(({ name, piece }, number) => {
    isBeginning &&= piece === "";
    if (name === undefined) return undefined;
    const named = begun.get(name) ?? { first: 0, calls: [] };
    begun.set(name, named);
    if (isBeginning) {
      named.calls.push({ number, pieces: new CallArguments() });
      return number;
    }
    let call = named.calls[named.first];
    while (call && hasArguments(call.pieces)) call = named.calls[++named.first];
    call?.pieces.push(piece);
    return call?.number;
  });
};

const byName: Reading = (fragments) => fragments.map(({ name }) => name);

const asOne: Reading = (fragments) => fragments.map(() => 0);

const readings: readonly Reading[] = [byId, byIndex, byIndexBefore, bySequence, byNameInTurn, byName, asOne];

function hasArguments(pieces: CallArguments): boolean {
  return !pieces.isEmpty && pieces.isWhole && !pieces.hasNone;
}

/** Alike for readings that say the same; undefined where a fragment belongs to none. */
function numbered(keys: readonly (string | number | undefined)[]): number[] | undefined {
  const numbers = new Map<string | number | undefined, number>();
  for (const key of keys) if (!numbers.has(key)) numbers.set(key, numbers.size);
  return numbers.has(undefined) ? undefined : keys.map((key) => numbers.get(key)!);
}

/** Undefined where one call would have two names. */
function grouped(fragments: readonly Fragment[], numbers: readonly number[]): ReadCall[] | undefined {
  if (numbers.length < fragments.length) return undefined;
  const calls: ReadCall[] = [];
  for (const [at, { name = "", piece }] of fragments.entries()) {
    const number = numbers[at]!;
    calls[number] ??= { name, pieces: [] };
    const call = calls[number];
    if (call.name !== "" && name !== "" && name !== call.name) return undefined;
    call.name ||= name;
    call.pieces.push(piece);
  }
  return calls;
}

/** How often each call is in a reading; undefined when it does not hold. */
function settled(calls: readonly ReadCall[] | undefined): Map<string, number> | undefined {
  if (!calls) return undefined;
  const counts = new Map<string, number>();
  for (const { name, pieces } of calls) {
    const source = name === "" ? undefined : settledArguments(pieces.filter((piece) => piece.trim() !== ""));
    if (source === undefined) return undefined;
    const key = keyOf(name, source);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function settledArguments(pieces: readonly string[]): string | undefined {
  // Whole objects one behind the other are as many calls, of which only an empty one may hold a place.
  const isWhole = (piece: string) => decodedObject(piece) !== undefined;
  const [first = "{}", ...rest] = pieces;
  const behind = rest.length > 1 || (rest.length === 1 && hasNone(rest[0]!)) || !hasNone(first);
  if (rest.length > 0 && behind && pieces.every(isWhole)) return undefined;
  const source = new CallArguments(new ArgumentsSize());
  for (const piece of pieces) source.push(piece);
  return pieces.length === 0 ? "{}" : source.settle();
}

function keyOf(name: string, source: string): string {
  return `${name}\n${source.trim()}`;
}

function take(counts: Map<string, number>, key: string): boolean {
  const left = counts.get(key) ?? 0;
  if (left > 0) counts.set(key, left - 1);
  return left > 0;
}
