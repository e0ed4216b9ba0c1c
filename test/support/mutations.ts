/** Damages the bytes of a file of JSON or of JSON lines as disks, crashes, editors and newer versions do: pure and seeded. */
import { randomFrom } from "./random.ts";

export interface Mutation {
  kind: MutationKind;
  bytes: Uint8Array;
}

type Random = () => number;
type Damage = (bytes: Buffer, random: Random) => Buffer;

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** What is put in the place of a value; JSON that any field may suddenly hold. */
const otherTypes = ["null", "true", "[]", "{}", '""', '"text"', "0", "-1", "[[1]]", '{"a":{"b":[]}}'];
const hugeNumbers = ["1e303", "1e999", "9007199254740993", "1e21", "123456789012345678901234567890", "1.7e308"];
const unknownWords = ["quantum", "__proto__", "constructor", "toString", "", "COMPLETED", "x".repeat(3000), "\\u0000"];

const damages = {
  "bit-flip": (bytes, random) => {
    const changed = Buffer.from(bytes);
    for (let count = 1 + below(random, 4); count > 0 && changed.length > 0; count--) {
      const at = below(random, changed.length);
      changed[at] = changed[at]! ^ (1 << below(random, 8));
    }
    return changed;
  },
  truncation: (bytes, random) => bytes.subarray(0, below(random, bytes.length + 1)),
  "lost-beginning": (bytes, random) => bytes.subarray(below(random, bytes.length + 1)),
  "duplicated-line": onLines((lines, random) => {
    const at = below(random, lines.length);
    lines.splice(below(random, lines.length + 1), 0, lines[at]!);
  }),
  "swapped-lines": onLines((lines, random) => {
    const [one, other] = [below(random, lines.length), below(random, lines.length)];
    [lines[one], lines[other]] = [lines[other]!, lines[one]!];
  }),
  "removed-line": onLines((lines, random) => {
    lines.splice(below(random, lines.length), 1);
  }),
  "merged-lines": onText((text, random) => replaceOne(text, /\n/g, () => "", random)),
  "byte-order-mark": (bytes, random) => (random() < 0.7 ? Buffer.concat([BOM, bytes]) : insert(bytes, BOM, random)),
  crlf: onText((text) => text.replaceAll("\n", "\r\n")),
  "nul-bytes": (bytes, random) => insert(bytes, Buffer.alloc(1 + below(random, 600)), random),
  "invalid-utf8": (bytes, random) =>
    insert(bytes, Buffer.from([0xc3, 0xff, 0xfe, 0xed, 0xa0, 0x80].slice(below(random, 5))), random),
  "deep-json": onText((text, random) => {
    const depth = 10 ** (1 + below(random, 4));
    const deep =
      random() < 0.5 ? "[".repeat(depth) + "]".repeat(depth) : '{"a":'.repeat(depth) + "1" + "}".repeat(depth);
    return random() < 0.5 ? replaceValue(text, () => deep, random) : insertLine(text, deep, random);
  }),
  "wrong-type": onText((text, random) => replaceValue(text, () => pick(otherTypes, random), random)),
  "missing-field": onText((text, random) =>
    replaceOne(text, /"[^"\\\n]{1,40}":(?:"(?:[^"\\\n]|\\.)*"|[\d.eE+-]+|true|false|null),?/g, () => "", random),
  ),
  "unknown-word": onText((text, random) =>
    replaceOne(text, /:"(?:[^"\\\n]|\\.)*"/g, () => `:"${pick(unknownWords, random)}"`, random),
  ),
  "huge-number": onText((text, random) =>
    replaceOne(text, /:-?\d[\d.eE+-]*/g, () => `:${pick(hugeNumbers, random)}`, random),
  ),
  "negative-number": onText((text, random) =>
    replaceOne(text, /:\d[\d.eE+-]*/g, (found) => `:-${found.slice(1)}`, random),
  ),
  "other-version": onText((text, random) =>
    replaceOne(
      text,
      /"v":\d+/g,
      () => `"v":${pick(["0", "2", "3", "99", "-1", "1.5", "null", '"1"'], random)}`,
      random,
    ),
  ),
} satisfies Record<string, Damage>;

export type MutationKind = keyof typeof damages;

export const mutationKinds = Object.keys(damages) as MutationKind[];

/** Without end, all kinds in turn; the same for the same seed. The given bytes are left as they are. */
export function* mutations(seed: number, bytes: Uint8Array): Generator<Mutation> {
  const random = randomFrom(seed);
  const original = Buffer.from(bytes);
  for (;;) for (const kind of mutationKinds) yield { kind, bytes: new Uint8Array(damages[kind](original, random)) };
}

function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

function pick<T>(list: readonly T[], random: Random): T {
  return list[below(random, list.length)]!;
}

function insert(bytes: Buffer, more: Buffer, random: Random): Buffer {
  const at = below(random, bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]);
}

function onText(change: (text: string, random: Random) => string): Damage {
  return (bytes, random) => Buffer.from(change(bytes.toString("utf8"), random));
}

function onLines(change: (lines: string[], random: Random) => void): Damage {
  return onText((text, random) => {
    const lines = text.split(/(?<=\n)/);
    change(lines, random);
    return lines.join("");
  });
}

function insertLine(text: string, line: string, random: Random): string {
  const lines = text.split(/(?<=\n)/);
  lines.splice(below(random, lines.length + 1), 0, `${line}\n`);
  return lines.join("");
}

/** One of all matches; the text as it is where there is none. */
function replaceOne(text: string, pattern: RegExp, by: (found: string) => string, random: Random): string {
  const found = [...text.matchAll(pattern)];
  if (found.length === 0) return text;
  const { 0: old, index } = pick(found, random);
  return text.slice(0, index) + by(old) + text.slice(index + old.length);
}

/** A value that is no object and no array. */
function replaceValue(text: string, by: () => string, random: Random): string {
  return replaceOne(text, /:(?:"(?:[^"\\\n]|\\.)*"|-?\d[\d.eE+-]*|true|false|null)/g, () => `:${by()}`, random);
}
