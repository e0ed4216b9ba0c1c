/** What a server of a test means to call, and in which manner it sends the arguments. */
import fc from "fast-check";

export interface SentCall {
  name: string;
  arguments: Record<string, unknown>;
}

/** How the arguments of a call come. `cumulative`: each piece is all there is so far. `encoded`: as a JSON string. */
export const manners = ["whole", "split", "empty first", "twice", "cumulative", "encoded"] as const;
export type Manner = (typeof manners)[number];

/** One event of an answer, and the calls whose arguments have all been sent once it is over. */
export interface Sent {
  event: string;
  closes?: readonly number[];
}

/** An answer of a server, and whether its dialect says beyond doubt whose each piece is. */
export interface CallAnswer {
  calls: readonly SentCall[];
  sent: readonly Sent[];
  isClear: boolean;
  /** For the message of a test that fails. */
  dialect: string;
}

const value = fc.oneof(
  fc.constantFrom<unknown>("haha", '"', "{}", "\\", "}{", "한", 1, true, null, {}, { b: 1 }, [{ c: "d" }], []),
);

/** Several calls may have the same name; `n` tells their arguments apart unless there are none. */
export const sentCalls: fc.Arbitrary<SentCall[]> = fc
  .array(fc.tuple(fc.constantFrom("find", "read", "find_all"), fc.option(value, { freq: 4 })), {
    minLength: 1,
    maxLength: 4,
  })
  .map((calls) => calls.map(([name, a], n) => ({ name, arguments: a === null ? {} : { a, n } })));

/** The pieces of some arguments, and how many of them are needed. `at`: where to cut, each from 0 to 1. */
export function piecesOf(source: string, manner: Manner, at: readonly number[]): { pieces: string[]; needed: number } {
  const encoded = manner === "encoded" ? JSON.stringify(source) : source;
  const places = [...new Set(at.map((place) => 1 + Math.floor(place * (encoded.length - 1))))].sort((a, b) => a - b);
  const ends = [...places.filter((place) => place < encoded.length), encoded.length];
  const pieces = ends.map((end, index) => encoded.slice(index === 0 ? 0 : ends[index - 1], end));
  switch (manner) {
    case "whole":
      return { pieces: [source], needed: 1 };
    case "split":
    case "encoded":
      return { pieces, needed: pieces.length };
    case "empty first":
      return { pieces: ["{}", ...pieces], needed: pieces.length + 1 };
    case "twice":
      return { pieces: [...pieces, source], needed: pieces.length };
    case "cumulative":
      return { pieces: ends.map((end) => source.slice(0, end)), needed: ends.length };
  }
}

/** `calls` in the order of their pieces: one behind the other, in turn, or all beginnings first. */
export const orders = ["one by one", "in turn", "beginnings first"] as const;
export type Order = (typeof orders)[number];

export function inOrder<Piece>(calls: readonly (readonly Piece[])[], order: Order): Piece[] {
  if (order === "one by one") return calls.flat();
  if (order === "beginnings first") {
    return [...calls.map(([first]) => first!), ...calls.flatMap(([, ...rest]) => rest)];
  }
  const longest = Math.max(...calls.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) => calls.flatMap((pieces) => pieces.slice(at, at + 1))).flat();
}

/** Puts other events, such as text, between some of these. `places` from 0 to 1. */
export function between(sent: readonly Sent[], events: readonly string[], places: readonly number[]): Sent[] {
  const all = [...sent];
  events.forEach((event, index) => {
    all.splice(Math.floor((places[index] ?? 1) * (all.length + 1)), 0, { event });
  });
  return all;
}

export const cuts = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { maxLength: 4 });
export const places = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { maxLength: 3 });
