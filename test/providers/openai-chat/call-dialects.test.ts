/** Tool calls in every dialect of chat completions: a call that is complete is one that was meant. */
import assert from "node:assert/strict";
import type { StreamEvent } from "../../../src/core/events.ts";
import { ChatDecoder } from "../../../src/providers/openai-chat/decode.ts";
import { isFullSize, seed, sizeOf } from "../../support/long.ts";
import { randomFrom } from "../../support/random.ts";

interface Call {
  name: string;
  arguments: Record<string, unknown>;
}

/** How a server writes calls down. */
const dialects = {
  /** Which fragments have the call's id; `fresh`: each has one of its own. */
  id: ["first", "every", "none", "fresh"],
  /** Which fragments have the call's name. */
  name: ["first", "every"],
  /** `right`: that of the call; `zero`: always 0; `far`: arguments behind the first fragment come one too far. */
  index: ["right", "zero", "none", "far"],
  /** `empty`: an empty object holds the place first; `twice`: the whole behind its pieces; `encoded`: JSON in a string. */
  arguments: ["whole", "split", "empty", "empty-split", "twice", "cumulative", "encoded"],
  order: ["one after another", "all starts first", "mixed"],
} as const;

type Dialect = { [Field in keyof typeof dialects]: (typeof dialects)[Field][number] };

interface Fragment {
  call: number;
  place: number;
  piece: string;
}

function* allDialects(): Generator<Dialect> {
  for (const id of dialects.id)
    for (const name of dialects.name)
      for (const index of dialects.index)
        for (const how of dialects.arguments)
          for (const order of dialects.order) yield { id, name, index, arguments: how, order };
}

/**
 * Where nothing but the order says whose a fragment is, calls must come one after another; whoever mixes them without
 * saying whose each is cannot be understood by anybody.
 */
function tellsCallsApart({ id, name, index, order }: Dialect): boolean {
  // Each fragment is a call then, by all that it says.
  if (name === "every" && index === "none" && id === "none") return false;
  if (name === "every" && index === "far" && id === "fresh") return false;
  if (name === "every" || id === "fresh") return order === "one after another";
  return order === "one after another" || index === "right" || (id === "every" && index !== "far");
}

class Writer {
  readonly #random: () => number;
  readonly #dialect: Dialect;

  constructor(random: () => number, dialect: Dialect) {
    this.#random = random;
    this.#dialect = dialect;
  }

  calls(): Call[] {
    const haveOneName = this.#random() < 0.4;
    return Array.from({ length: 1 + this.#below(3) }, (_, number) => ({
      name: haveOneName ? "get" : `tool_${number}`,
      arguments: this.#random() < 0.15 ? {} : this.#arguments(number),
    }));
  }

  deltas(calls: readonly Call[]): unknown[] {
    const { id, name, index } = this.#dialect;
    const fragments = this.#inOrder(calls.map((call, number) => this.#fragments(call, number)));
    return fragments.map(({ call, place, piece }) => ({
      type: "function",
      ...(index === "none" ? {} : { index: index === "zero" ? 0 : call + (index === "far" && place > 0 ? 1 : 0) }),
      ...(id === "every" || (id === "first" && place === 0) ? { id: `id_${call}` } : {}),
      ...(id === "fresh" ? { id: `id_${call}_${place}` } : {}),
      function: { ...(place === 0 || name === "every" ? { name: calls[call]!.name } : {}), arguments: piece },
    }));
  }

  #arguments(number: number): Record<string, unknown> {
    const city = ["Seoul", "東京", "대구"][this.#below(3)];
    return { city, number, ...(this.#random() < 0.3 ? { deep: { list: [1, {}], text: '}{"' } } : {}) };
  }

  #fragments(call: Call, number: number): Fragment[] {
    const json = JSON.stringify(call.arguments);
    const pieces = this.#pieces(json);
    const all = this.#random() < 0.5 ? pieces : ["", ...pieces];
    return all.map((piece, place) => ({ call: number, place, piece }));
  }

  #pieces(json: string): string[] {
    switch (this.#dialect.arguments) {
      case "whole":
        return [json];
      case "split":
        return this.#cut(json);
      case "empty":
        return ["{}", json];
      case "empty-split":
        return ["{}", ...this.#cut(json)];
      case "twice":
        return [...this.#cut(json), json];
      case "cumulative": {
        const pieces = this.#cut(json);
        return pieces.map((_, last) => pieces.slice(0, last + 1).join(""));
      }
      case "encoded":
        return this.#cut(JSON.stringify(json));
    }
  }

  #cut(text: string): string[] {
    const pieces: string[] = [];
    for (let at = 0; at < text.length; at += pieces.at(-1)!.length)
      pieces.push(text.slice(at, at + 1 + this.#below(8)));
    return pieces;
  }

  #inOrder(calls: Fragment[][]): Fragment[] {
    const { order } = this.#dialect;
    if (order === "one after another") return calls.flat();
    if (order === "all starts first")
      return [...calls.map(([first]) => first!), ...calls.flatMap((call) => call.slice(1))];
    const mixed: Fragment[] = [];
    for (
      let left = calls.filter((call) => call.length > 0);
      left.length > 0;
      left = left.filter((call) => call.length > 0)
    )
      mixed.push(left[this.#below(left.length)]!.shift()!);
    return mixed;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}

function read(deltas: readonly unknown[], atOnce: number): Call[] {
  let made = 0;
  const decoder = new ChatDecoder({ host: "host.test", makeId: () => `made_${++made}` });
  decoder.opened({ headers: {} });
  const events: StreamEvent[] = [];
  const chunk = (delta: unknown, reason?: string) => ({
    data: JSON.stringify({ choices: [{ index: 0, delta, finish_reason: reason ?? null }] }),
  });
  for (let at = 0; at < deltas.length; at += atOnce)
    decoder.decode([chunk({ tool_calls: deltas.slice(at, at + atOnce) })], events);
  decoder.decode([chunk({}, "tool_calls"), { data: "[DONE]" }], events);
  return events
    .filter((event) => event.type === "tool-call-end")
    .filter(({ complete }) => complete)
    .map(({ name, arguments: source }) => ({ name, arguments: JSON.parse(source) }));
}

describe("calls in any dialect that tells them apart", () => {
  for (const dialect of allDialects()) {
    if (!tellsCallsApart(dialect)) continue;
    const name = Object.entries(dialect).map(([field, value]) => `${field} ${value}`);
    it(`are never complete with what is another's: ${name.join(", ")}`, () => {
      const random = randomFrom(isFullSize ? seed : 7);
      const writer = new Writer(random, dialect);
      for (let run = 0; run < sizeOf({ few: 20, all: 2000 }); run++) {
        const calls = writer.calls();
        const deltas = writer.deltas(calls);
        const left = calls.map((call) => JSON.stringify(call));
        for (const complete of read(deltas, random() < 0.3 ? deltas.length : 1)) {
          const place = left.indexOf(JSON.stringify(complete));
          assert.ok(place >= 0, `seed ${seed}: ${JSON.stringify({ calls, deltas, complete })}`);
          left.splice(place, 1);
        }
      }
    });
  }

  for (const how of dialects.arguments.filter((each) => !each.startsWith("empty"))) {
    for (const order of dialects.order) {
      it(`are all there where ids and indexes are right: arguments ${how}, ${order}`, () => {
        const writer = new Writer(randomFrom(11), {
          id: "first",
          name: "first",
          index: "right",
          arguments: how,
          order,
        });
        for (let run = 0; run < sizeOf({ few: 20, all: 500 }); run++) {
          const calls = writer.calls().filter(({ arguments: given }) => Object.keys(given).length > 0);
          const byPlace = (one: Call, other: Call) => Number(one.arguments.number) - Number(other.arguments.number);
          assert.deepEqual(read(writer.deltas(calls), 1).sort(byPlace), calls);
        }
      });
    }
  }
});
