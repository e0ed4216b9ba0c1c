/** The lines of the ledger: one for each request, corrections of them, and notes on the clock; how they are made and read again. */
import { defined } from "../core/defined.ts";
import { MOST_AMOUNT, MOST_TOKENS, mostIn } from "../core/foreign-number.ts";
import type { TurnOutcome } from "../core/outcome.ts";
import { type Cost, type TokenUsage, tokenCounts } from "../core/usage.ts";

/**
 * What one request used, cost and took. Names that a newer version may add to (purpose, outcome, currency, source) are
 * strings here: what is not known is kept and shown as it is.
 */
export interface LedgerEntry {
  /** 1, or a newer version's number: then the fields that are understood. */
  v: number;
  /** Tells entries apart, so that nothing is counted twice. */
  id: string;
  /** When the turn began, milliseconds since 1970. */
  time: number;
  provider: string;
  model: string;
  /** The model name the server reported, where it differs. */
  answeredBy?: string;
  purpose: string;
  outcome: string;
  /** True for an attempt that failed before another one of the same turn: it is paid for, but is no turn. */
  attempt?: true;
  /** Milliseconds. */
  ttft?: number;
  total?: number;
  tokensPerSecond?: number;
  usage?: TokenUsage;
  /** Absent = unknown. */
  cost?: EntryCost;
  type?: undefined;
}

export type EntryCost = Omit<Cost, "source"> & { source: string };

/** A person's own word on what an entry cost. Of several for one entry the one with the highest time counts. */
export interface Correction {
  v: number;
  id: string;
  type: "correction";
  /** The id of an entry of the same file. */
  corrects: string;
  time: number;
  /** Absent = what was recorded holds again. */
  cost?: EntryCost;
}

/** The clock stood at `time` although the file had entries of later: it had been set back (see `clock-notes.ts`). */
export interface ClockNote {
  v: number;
  id: string;
  type: "clock";
  time: number;
}

export type LedgerLine = LedgerEntry | Correction | ClockNote;

/** What a turn comes to in the ledger: itself, and each attempt before that used something. */
export function entriesOf(outcome: TurnOutcome, newId: () => string, id = newId()): LedgerEntry[] {
  const { startedAt: time, purpose, timings, target } = outcome;
  const entries: LedgerEntry[] = [];
  for (const attempt of outcome.attempts) {
    if (attempt.usage === undefined && attempt.cost === undefined) continue;
    entries.push({
      ...{ v: 1, id: newId(), time, ...attempt.target, purpose, outcome: "failed", attempt: true },
      ...spent(attempt),
    });
  }
  const asked = target.provider !== "" && outcome.error?.details.reason !== "budget";
  if (!asked) return entries;
  entries.push({
    ...{ v: 1, id, time, ...target, purpose, outcome: outcome.kind },
    ...defined({ answeredBy: outcome.answeredBy }),
    ...(timings.ttft === undefined ? {} : { ttft: tenths(timings.ttft) }),
    total: tenths(timings.total),
    ...(outcome.tokensPerSecond === undefined ? {} : { tokensPerSecond: tenths(outcome.tokensPerSecond) }),
    ...spent(outcome),
  });
  return entries;
}

function spent({ usage, cost }: Pick<TurnOutcome, "usage" | "cost">): Pick<LedgerEntry, "usage" | "cost"> {
  return { ...defined({ usage, cost }) };
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

export function writeLine(line: LedgerLine): string {
  return `${jsonOf(line)}\n`;
}

/** As JSON; without what it has beside the known fields where that lies too deep to be written. */
export function jsonOf(line: LedgerLine): string {
  try {
    return JSON.stringify(line);
  } catch {
    return JSON.stringify(line, [...knownFields]);
  }
}

const knownFields = new Set([
  ...["v", "id", "time", "provider", "model", "answeredBy", "purpose", "outcome", "attempt", "ttft", "total"],
  ...["tokensPerSecond", "usage", "cost", "amount", "currency", "source", "type", "corrects", "estimated"],
  ...tokenCounts,
]);

/** How every line begins; nothing inside one reads like it, because quotes are escaped there. */
const BEGINNING = '{"v":1,"id":';

/** The records of one line: none where it is torn, more where one was torn and the next came right behind it. */
export function readLine(line: string): LedgerLine[] {
  const whole = parse(line);
  if (whole !== undefined) return [whole];
  return line
    .split(BEGINNING)
    .slice(1)
    .map((rest) => parse(BEGINNING + rest))
    .filter((entry) => entry !== undefined);
}

function parse(line: string): LedgerLine | undefined {
  try {
    return asLine(JSON.parse(line));
  } catch {
    return undefined;
  }
}

type Fields = Record<string, unknown>;

/** The value as a line, or undefined when it is none. A number that cannot be right is left out, so unknown. */
export function asLine(value: unknown): LedgerLine | undefined {
  if (!isFields(value)) return undefined;
  const { v, id, time, type } = value;
  const isNewer = v !== 1;
  if (isNewer && !(Number.isInteger(v) && Number(v) > 1)) return undefined;
  if (typeof id !== "string" || !isAmount(time) || time >= END_OF_TIME) return undefined;
  if (type === "clock") return value as unknown as ClockNote;
  if (type === "correction") return asCorrection(value);
  if (type !== undefined) return undefined;
  if (typeof value.provider !== "string" || typeof value.model !== "string") return undefined;
  if (isNewer) {
    // What is understood of it is shown.
    if (typeof value.purpose !== "string") value.purpose = "";
    if (typeof value.outcome !== "string") value.outcome = "";
  } else if (typeof value.purpose !== "string" || typeof value.outcome !== "string") return undefined;
  for (const [name, check] of optionalFields) {
    if (value[name] === undefined) continue;
    const verdict = check(value[name]);
    if (verdict === "wrong" && !isNewer) return undefined;
    if (verdict !== "right") delete value[name];
  }
  return value as unknown as LedgerEntry;
}

function asCorrection(value: Fields): Correction | undefined {
  const { corrects, cost } = value;
  if (typeof corrects !== "string" || (cost !== undefined && checkCost(cost) !== "right")) return undefined;
  return value as unknown as Correction;
}

/** A month of a later year has no file that would be read again. */
const END_OF_TIME = Date.UTC(10_000, 0);
/** Milliseconds, or tokens a second. */
const MOST_MEASURED = 1e10;

type Verdict = "right" | "implausible" | "wrong";

const optionalFields: [name: string, check: (value: unknown) => Verdict][] = [
  ["attempt", (value) => (value === true ? "right" : "wrong")],
  ["answeredBy", (value) => (typeof value === "string" ? "right" : "wrong")],
  ["ttft", (value) => checkNumber(value, MOST_MEASURED)],
  ["total", (value) => checkNumber(value, MOST_MEASURED)],
  ["tokensPerSecond", (value) => checkNumber(value, MOST_MEASURED)],
  ["usage", checkUsage],
  ["cost", checkCost],
];

function checkUsage(value: unknown): Verdict {
  if (!isFields(value)) return "wrong";
  if (value.estimated !== undefined && typeof value.estimated !== "boolean") return "wrong";
  for (const name of tokenCounts) {
    if (value[name] === undefined) continue;
    const verdict = checkNumber(value[name], MOST_TOKENS);
    if (verdict === "wrong") return "wrong";
    if (verdict === "implausible") delete value[name];
  }
  return "right";
}

function checkCost(value: unknown): Verdict {
  if (!isFields(value)) return "wrong";
  const { amount, currency, source } = value;
  if (typeof currency !== "string" || typeof source !== "string") return "wrong";
  if (currency !== "USD" && !CURRENCY.test(currency)) return "wrong";
  return checkNumber(amount, currency === "USD" ? mostIn(currency) : MOST_AMOUNT);
}

/** What a currency of this or a newer version may be called. */
const CURRENCY = /^[\p{L}\p{N}._-]{1,20}$/u;

function checkNumber(value: unknown, most: number): Verdict {
  if (!isAmount(value)) return "wrong";
  return value <= most ? "right" : "implausible";
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isAmount(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && Number.isFinite(value);
}
