/** What a clock that was set back does to budgets: they neither open nor stay shut. */
import { type Amounts, addTo, dayOf, noAmounts, type RollUp } from "./roll-up.ts";

// The rule: entries whose time is still to come count as spent now, in the last hour, today and this month, until a note
// in their file says when that was first seen. From then on they count as spent at the time of the note, in the hour with
// the distances between them. When their own time comes they count then as well, though never twice in one hour, day or
// month: whether that clock was wrong, or the one of the note, nobody knows.

/** Milliseconds that clocks of several machines may be apart. */
const TOLERANCE = 120_000;

/** Whether there is something from the future of which no note speaks. */
export function isAhead(rollUp: RollUp, now: number): boolean {
  const key = minuteKey(now + TOLERANCE);
  return unnoted(rollUp, key).size > 0 || noted(rollUp, key).some(({ at }) => at.at(-1)! > key);
}

/** Takes a note that was written at `time`, behind all that the roll-up holds by now. */
export function takeNote(rollUp: RollUp, time: number): void {
  const minute = minuteKey(time);
  const day = dayOf(time);
  const latest = Math.max(
    ...[...unnoted(rollUp, minute).keys()].map(Number),
    ...noted(rollUp, minute).map(({ at }) => Number(at.at(-1))),
  );
  moveTo(rollUp, minute, (at) => keyOf(Number(minute) - Math.max(0, latest - Number(at))));
  moveTo(rollUp, day, () => day);
  moveTo(rollUp, day.slice(0, 7), () => day.slice(0, 7));
}

/** What counts in the last hour by now beside what is booked in it. */
export function aheadOfHour(rollUp: RollUp, now: number): Amounts[] {
  const minute = minuteKey(now);
  const before = keyOf(Number(minute) - 60);
  return ahead(rollUp, minute, (at) => at > before && at <= minute);
}

/** The same of a day or a month, by its name. */
export function aheadOfPeriod(rollUp: RollUp, period: string): Amounts[] {
  return ahead(rollUp, period, (at) => at === period);
}

function ahead(rollUp: RollUp, now: string, isIn: (at: string) => boolean): Amounts[] {
  const carried = noted(rollUp, now).filter(({ at }) => !isIn(at[0]!) && (at.some(isIn) || at.at(-1)! > now));
  return [...unnoted(rollUp, now).values(), ...carried.map(({ amounts }) => amounts)];
}

function moveTo(rollUp: RollUp, now: string, placeOf: (at: string) => string): void {
  const fresh = unnoted(rollUp, now);
  for (const { at } of noted(rollUp, now)) {
    const last = at.at(-1)!;
    if (last > now) at.push(placeOf(last));
  }
  for (const [at, amounts] of fresh) rollUp.carried.push({ at: [at, placeOf(at)], amounts });
}

/** Notes on periods as long as this one. */
function noted({ carried }: RollUp, like: string): RollUp["carried"] {
  return carried.filter(({ at }) => scaleOf(at[0]!) === scaleOf(like));
}

/** What is booked after `now`, by periods as long as that, without what notes speak of. */
function unnoted(rollUp: RollUp, now: string): Map<string, Amounts> {
  const after = new Map<string, Amounts>();
  const add = (period: string, amounts: Amounts): void => {
    if (period <= now) return;
    const sum = after.get(period) ?? noAmounts();
    after.set(period, sum);
    for (const [currency, picos] of Object.entries(amounts)) addTo(sum, currency, picos);
  };
  if (scaleOf(now) === "minute") for (const [minute, amounts] of rollUp.minutes) add(keyOf(minute), amounts);
  else for (const { day, sums } of rollUp.cells.values()) add(day.slice(0, now.length), sums.amounts);
  if (after.size === 0) return after;
  for (const { at, amounts } of noted(rollUp, now)) {
    const sum = after.get(at[0]!);
    if (sum) for (const [currency, picos] of Object.entries(amounts)) addTo(sum, currency, -picos);
  }
  for (const [period, sum] of after) {
    for (const [currency, picos] of Object.entries(sum)) if (picos <= 0n) delete sum[currency];
    if (Object.keys(sum).length === 0) after.delete(period);
  }
  return after;
}

/** Names of one scale sort by time. */
function scaleOf(period: string): "minute" | "day" | "month" {
  if (!period.includes("-")) return "minute";
  return period.length === 7 ? "month" : "day";
}

function minuteKey(time: number): string {
  return keyOf(Math.floor(time / 60_000));
}

function keyOf(minute: number): string {
  return String(Math.max(0, minute)).padStart(12, "0");
}
