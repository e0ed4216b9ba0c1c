/** Finds what may be a call once more, or hold the place of one, where neither ids nor indexes tell calls apart. */
import { isDeepStrictEqual } from "node:util";
import { hasNone } from "../provider/call-arguments.ts";
import { parseJson } from "../provider/json.ts";
import type { Call } from "./call.ts";

export interface DoubtfulCalls {
  /** The same as one before them. */
  repeated: ReadonlySet<Call>;
  /** Their arguments may be those of another, or more. */
  untrusted: ReadonlySet<Call>;
}

/**
 * A call that has an id and an index of its own is what it says. Of any other nobody knows whether it is one more or the
 * one before it again: servers give each fragment an id of its own, count all calls as 0, or name a call each time. Where
 * no call has an id or an index, each is one more.
 */
export function doubtfulCalls(calls: readonly Call[]): DoubtfulCalls {
  const repeated = new Set<Call>();
  const untrusted = new Set(piecesOfOthers(calls));
  const last = new Map<string, Call>();
  const areCounted = calls.some(({ given, index }) => given || index !== undefined);
  for (const call of calls) {
    const before = last.get(call.name);
    last.set(call.name, call);
    if (before === undefined) continue;
    const [first, second] = [before, call].map(argumentsOf);
    const areApart = hasOwnPlace(call) && hasOwnPlace(before);
    if (isEmpty(first) && isEmpty(second)) {
      if (!areApart && areCounted) repeated.add(call);
    } else if (isEmpty(first)) {
      // Perhaps the same call, begun with an empty object.
      if (!areApart || before.arguments.isEmpty) untrusted.add(before);
    } else if (isEmpty(second)) {
      if (!areApart || call.arguments.isEmpty) untrusted.add(call);
    } else if (!areApart && first !== undefined && isDeepStrictEqual(first, second)) repeated.add(call);
    if (repeated.has(call) || untrusted.has(call)) last.set(call.name, before);
  }
  return { repeated, untrusted };
}

/** Those under whose index a call of their name ends in the middle, so that what looks whole may be a piece of that one. */
function piecesOfOthers(calls: readonly Call[]): Call[] {
  const placeOf = ({ index, name }: Call) => `${index} ${name}`;
  const shared = calls.filter(({ isShared }) => isShared);
  const open = new Set(shared.filter((call) => argumentsOf(call) === undefined).map(placeOf));
  return shared.filter((call) => open.has(placeOf(call)));
}

function hasOwnPlace({ given, index, isShared, twinOf }: Call): boolean {
  return given && index !== undefined && !isShared && twinOf === undefined;
}

function argumentsOf({ arguments: source }: Call): unknown {
  const settled = source.isEmpty ? "{}" : source.settle();
  return settled === undefined ? undefined : hasNone(settled) ? {} : parseJson(settled);
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
