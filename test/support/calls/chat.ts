/** Dialects of calls in chat-completions streams: whichever of id, index and name a server sends with each piece. */
import fc from "fast-check";
import { chunk, done } from "../chat.ts";
import {
  between,
  type CallAnswer,
  cuts,
  inOrder,
  manners,
  orders,
  piecesOf,
  places,
  type SentCall,
  sentCalls,
} from "./sent.ts";

/** Dialects that say the same as a server that means something else; there is one that does in each case. */
function isTakenForAnother({ id, index, name, manner, order }: Dialect): boolean {
  // Pieces of several calls mixed up, with nothing that tells them apart.
  if (order !== "one by one") {
    if ((index === "zero" || index === "none") && id !== "every" && id !== "fresh") return true;
    if (id === "fresh" && name === "every" && index === "counting") return true;
  }
  // Whole calls under their own ids, as from Gemini or with indexes from vLLM: those ids are believed.
  if (id === "fresh" && name === "every") return index === "none" || manner === "twice" || manner === "empty first";
  // The same whole call once more without an id is another one, as from older servers.
  const isTwice = manner === "twice" || (manner === "empty first" && index === "none");
  return id === "none" && name === "every" && isTwice && index !== "right";
}

const shape = fc.record({
  calls: sentCalls,
  manner: fc.constantFrom(...manners),
  order: fc.constantFrom(...orders),
  id: fc.constantFrom("every", "first", "none", "shared", "fresh"),
  index: fc.constantFrom("right", "zero", "counting", "none", "far"),
  name: fc.constantFrom("first", "every"),
  isHeadAlone: fc.boolean(),
  cuts,
  places,
  finish: fc.constantFrom("last", "early", "none"),
});

export const chatCalls: fc.Arbitrary<CallAnswer> = shape
  .filter((dialect) => !isTakenForAnother(dialect))
  .map((dialect) => {
    const { calls, manner, order, id, index, name, finish } = dialect;
    // Arguments one index too far are no part of the beginning.
    const isHeadAlone = dialect.isHeadAlone || index === "far";
    const deltas = calls.map((call, number) => {
      const { pieces, needed } = piecesOf(JSON.stringify(call.arguments), manner, dialect.cuts);
      const all = isHeadAlone ? ["", ...pieces] : pieces;
      const last = needed - (isHeadAlone ? 0 : 1);
      return all.map((piece, at) => ({ number, at, piece, closes: at === last ? [number] : [] }));
    });
    const sent = inOrder(deltas, order).map(({ number, at, piece, closes }, count) => {
      const ids = { every: `id${number}`, first: at === 0 ? `id${number}` : undefined, none: undefined };
      const own = id === "shared" ? "id" : id === "fresh" ? `id${count}` : ids[id];
      const indexes = { right: number, zero: 0, counting: count, none: undefined, far: at === 0 ? number : number + 1 };
      const called = at === 0 || name === "every" ? calls[number]!.name : undefined;
      const call = { index: indexes[index], id: own, function: { name: called, arguments: piece } };
      return { event: chunk({ tool_calls: [call] }), closes };
    });
    const texts = dialect.places.map((_, at) => chunk({ content: `text ${at} ` }));
    const all = between(sent, texts, dialect.places);
    const end = { event: chunk({}, { finish_reason: "tool_calls" }) };
    if (finish === "early") all.splice(-1, 0, end);
    if (finish === "last") all.push(end);
    all.push({ event: done });
    return { calls, sent: all, isClear: isClear({ ...dialect, calls }), dialect: JSON.stringify(dialect) };
  });

interface Dialect {
  manner: string;
  order: string;
  id: string;
  index: string;
  name: string;
}

function isClear({ calls, manner, order, id, index, name }: Dialect & { calls: readonly SentCall[] }): boolean {
  const isOwn = index === "right" && (id === "every" || id === "first");
  const isBare = (call: SentCall) => Object.keys(call.arguments).length === 0;
  // An empty object may hold the place of arguments.
  if (!isOwn && calls.length > 1 && (calls.some(isBare) || manner === "twice" || manner === "empty first"))
    return false;
  if (isOwn) return true;
  if (id === "fresh") return index === "right" && name === "first";
  if (index === "right") return id !== "shared" && (id !== "none" || name === "first");
  if (id === "every") return index === "zero" || index === "none";
  if (calls.length === 1) return id !== "none" && name === "first" && index !== "far";
  const isRepeating = manner === "twice" || manner === "empty first" || manner === "cumulative";
  return order === "one by one" && id === "first" && index !== "far" && index !== "counting" && !isRepeating;
}
