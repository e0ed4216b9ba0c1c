/** The sums of a month as they are kept in a file: packed, with a checksum of themselves, and read again without trust. */
import type { Answer } from "./answers.ts";
import type { Corrections } from "./corrections.ts";
import { asLine } from "./ledger-entry.ts";
import { type Load, loadKey } from "./load.ts";
import { type Amounts, type Cell, emptyRollUp, noAmounts, type RollUp, type Sample, type Sums } from "./roll-up.ts";

/**
 * The file is JSON: `{"v":3,"own":"<checksum of all that follows, 8 hexadecimal digits>", ...}`. Another `v` or checksum
 * is as good as no file, because everything can be counted again; but a file of a higher `v` is a newer version's and
 * stays as it is.
 */
const VERSION = 3;

export interface KeptSums {
  /** Days of a roll-up are those of the time zone it was made in. */
  zone: string;
  /** Bytes of the ledger's file that are counted, and their checksum. */
  covered: number;
  checksum: number;
  /** The last of these bytes, as latin1. */
  tail: string;
  /** What the disk said of the file, and when that was, milliseconds since 1970. */
  identity: string;
  at: number;
  /** Of the newest entries. */
  ids: string[];
  corrections: Corrections;
  /** Of `corrections`, those whose entry was found. */
  matched: string[];
  skipped: number;
  rollUp: RollUp;
}

type Checksum = (bytes: Uint8Array) => number;

export function packSums(sums: KeptSums, checksum: Checksum): string {
  const { rollUp, corrections, ...rest } = sums;
  const body = JSON.stringify({ ...rest, corrections: [...corrections.values()], rollUp: packRollUp(rollUp) });
  const text = body.slice(1);
  return `${opening(checksum(new TextEncoder().encode(text)))}${text}`;
}

function opening(own: number): string {
  return `{"v":${VERSION},"own":"${own.toString(16).padStart(8, "0")}",`;
}

/** "newer" = written by a newer version. Undefined for what is damaged, older, or of another time zone. */
export function unpackSums(text: string, checksum: Checksum, zone: string): KeptSums | "newer" | undefined {
  const start = /^\{"v":3,"own":"([0-9a-f]{8})",/.exec(text.slice(0, 40));
  if (start === null) return isNewer(text) ? "newer" : undefined;
  const body = text.slice(start[0].length);
  if (Number.parseInt(start[1]!, 16) !== checksum(new TextEncoder().encode(body))) return undefined;
  try {
    const { rollUp, corrections, ...rest } = JSON.parse(`{${body}`);
    if (rest.zone !== zone) return undefined;
    const known: Corrections = new Map();
    for (const value of corrections) {
      const line = asLine(value);
      if (line?.type === "correction") known.set(line.corrects, line);
    }
    return { ...rest, corrections: known, rollUp: unpackRollUp(rollUp) } as KeptSums;
  } catch {
    return undefined;
  }
}

function isNewer(text: string): boolean {
  const version = /^\s*\{\s*"v"\s*:\s*(\d{1,6})\s*,/.exec(text.slice(0, 100))?.[1];
  return version !== undefined && Number(version) > VERSION && text.trimEnd().endsWith("}");
}

function packRollUp({ cells, latest, minutes, loads, carried, answers }: RollUp): unknown {
  return {
    cells: [...cells.values()].map((cell) => ({
      ...cell,
      sums: { ...cell.sums, amounts: toTexts(cell.sums.amounts) },
    })),
    latest: [...latest],
    minutes: [...minutes].map(([minute, amounts]) => [minute, toTexts(amounts)]),
    loads: [...loads.values()],
    carried: carried.map(({ at, amounts }) => [at, toTexts(amounts)]),
    answers: [...answers],
  };
}

interface PackedRollUp {
  cells: (Omit<Cell, "sums"> & { sums: Omit<Sums, "amounts"> & { amounts: Record<string, string> } })[];
  latest: [string, Sample[]][];
  minutes: [number, Record<string, string>][];
  loads: Load[];
  carried: [string[], Record<string, string>][];
  answers: [string, Answer[]][];
}

/** Throws when it is no roll-up. */
function unpackRollUp(packed: PackedRollUp): RollUp {
  const rollUp = emptyRollUp();
  for (const cell of packed.cells) {
    const { day, provider, model, purpose, sums } = cell;
    const key = `${day}\n${provider}\n${model}\n${purpose}`;
    rollUp.cells.set(key, { ...cell, sums: { ...sums, amounts: toAmounts(sums.amounts) } });
  }
  for (const [target, samples] of packed.latest) rollUp.latest.set(target, samples);
  for (const [minute, amounts] of packed.minutes) rollUp.minutes.set(minute, toAmounts(amounts));
  for (const load of packed.loads) rollUp.loads.set(loadKey(load), load);
  for (const [at, amounts] of packed.carried) rollUp.carried.push({ at, amounts: toAmounts(amounts) });
  for (const [name, list] of packed.answers) rollUp.answers.set(name, list);
  return rollUp;
}

function toTexts(amounts: Amounts): Record<string, string> {
  return Object.fromEntries(Object.entries(amounts).map(([currency, picos]) => [currency, String(picos)]));
}

function toAmounts(texts: Record<string, string>): Amounts {
  const amounts = noAmounts();
  for (const [currency, picos] of Object.entries(texts)) amounts[currency] = BigInt(picos);
  return amounts;
}
