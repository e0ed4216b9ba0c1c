/** One line of the ledger: what one request used, cost and took; how lines are made, and read again whatever befell them. */
import type { OutcomeKind, Purpose, TurnOutcome } from "../core/outcome.ts";
import type { Cost, CostSource, TokenUsage } from "../core/usage.ts";

export interface LedgerEntry {
  v: 1;
  /** Tells entries apart, so that nothing is counted twice. */
  id: string;
  /** When the turn began, milliseconds since 1970. */
  time: number;
  provider: string;
  model: string;
  /** The model name the server reported, where it differs. */
  answeredBy?: string;
  purpose: Purpose;
  outcome: OutcomeKind;
  /** True for an attempt that failed before another one of the same turn: it is paid for, but is no turn. */
  attempt?: true;
  /** Milliseconds. */
  ttft?: number;
  total?: number;
  tokensPerSecond?: number;
  usage?: TokenUsage;
  /** Absent = unknown. */
  cost?: Cost;
}

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
    ...(outcome.answeredBy === undefined ? {} : { answeredBy: outcome.answeredBy }),
    ...(timings.ttft === undefined ? {} : { ttft: tenths(timings.ttft) }),
    total: tenths(timings.total),
    ...(outcome.tokensPerSecond === undefined ? {} : { tokensPerSecond: tenths(outcome.tokensPerSecond) }),
    ...spent(outcome),
  });
  return entries;
}

function spent({ usage, cost }: Pick<TurnOutcome, "usage" | "cost">): Pick<LedgerEntry, "usage" | "cost"> {
  return { ...(usage === undefined ? {} : { usage }), ...(cost === undefined ? {} : { cost }) };
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

export function writeEntry(entry: LedgerEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

/** How every line begins; nothing inside one reads like it, because quotes are escaped there. */
const BEGINNING = '{"v":1,"id":';

/** The entries of one line: none where it is torn, more where one was torn and the next came right behind it. */
export function readLine(line: string): LedgerEntry[] {
  const whole = parse(line);
  if (whole !== undefined) return [whole];
  return line
    .split(BEGINNING)
    .slice(1)
    .map((rest) => parse(BEGINNING + rest))
    .filter((entry) => entry !== undefined);
}

/** The entries of a line of a ledger file or of a JSON export, which has one entry and a comma on each; undefined = none is due. */
export function readFileLine(line: string): LedgerEntry[] | undefined {
  const text = line.trim();
  if (text === "" || text === "[" || text === "]" || text === "[]") return undefined;
  return readLine(text.endsWith(",") ? text.slice(0, -1) : text);
}

/** The entries of a ledger file or of an export, and how many lines could not be read. */
export function readEntries(text: string): { entries: LedgerEntry[]; unreadable: number } {
  if (/^\s*\[/.test(text)) {
    const values = JSON.parse(text) as unknown[];
    const entries = values.filter(isEntry);
    return { entries, unreadable: values.length - entries.length };
  }
  const entries: LedgerEntry[] = [];
  let unreadable = 0;
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const found = readLine(line);
    if (found.length === 0) unreadable++;
    for (const entry of found) entries.push(entry);
  }
  return { entries, unreadable };
}

function parse(line: string): LedgerEntry | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isEntry(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(value: unknown): value is LedgerEntry {
  if (typeof value !== "object" || value === null) return false;
  const entry = value as Record<string, unknown>;
  const { v, id, time, attempt, answeredBy, usage, cost } = entry;
  return (
    v === 1 &&
    [id, entry.provider, entry.model, entry.purpose].every((name) => typeof name === "string") &&
    isAmount(time) &&
    time < END_OF_TIME &&
    outcomes.has(entry.outcome) &&
    (attempt === undefined || attempt === true) &&
    (answeredBy === undefined || typeof answeredBy === "string") &&
    [entry.ttft, entry.total, entry.tokensPerSecond].every((number) => number === undefined || isAmount(number)) &&
    (usage === undefined || isUsage(usage)) &&
    (cost === undefined || isCost(cost))
  );
}

/** A month of a later year has no file that would be read again. */
const END_OF_TIME = Date.UTC(10_000, 0);

const outcomes = new Set<unknown>(["completed", "stopped", "incomplete", "failed"] satisfies OutcomeKind[]);

function isUsage(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).every(([name, count]) =>
    name === "estimated" ? typeof count === "boolean" : isAmount(count),
  );
}

const sources = new Set<unknown>(["reported", "computed", "estimated"] satisfies CostSource[]);

function isCost(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { amount, currency, source } = value as Record<string, unknown>;
  return isAmount(amount) && typeof currency === "string" && /^[A-Z]{3,8}$/.test(currency) && sources.has(source);
}

function isAmount(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && Number.isFinite(value);
}
