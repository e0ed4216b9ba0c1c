/** What a clock that was set back does to budgets: they neither open nor stay shut. */
import { type Amounts, addTo, dayOf, type RollUp } from "./roll-up.ts";

// The rule: entries whose time is still to come count as spent now, in the last hour, today and this month, until a note
// in their file says when that was first seen. From then on they count as spent at the time of the note, in the hour with
// the distances between them. When their own time comes they count then as well: whether that clock was wrong, or the one
// of the note, nobody knows.

/** Milliseconds that clocks of several machines may be apart. */
const TOLERANCE = 120_000;

/** Whether there is something from the future of which no note speaks. */
export function isAhead(rollUp: RollUp, now: number): boolean {
  const limit = minuteOf(now + TOLERANCE);
  return [...rollUp.minutes].some(([minute, amounts]) => minute > limit && !isNoted(rollUp, `m${minute}`, amounts));
}

/** Takes a note that was written at `time`, behind all that the roll-up holds by now. */
export function takeNote(rollUp: RollUp, time: number): void {
  const minute = minuteOf(time);
  const latest = Math.max(minute, ...rollUp.minutes.keys());
  for (const [at, amounts] of rollUp.minutes)
    if (at > minute) move(rollUp, `m${at}`, amounts, `m${minute - (latest - at)}`);
  const day = dayOf(time);
  for (const [name, amounts] of periodsAfter(rollUp, day)) move(rollUp, name, amounts, day);
  const month = day.slice(0, 7);
  for (const [name, amounts] of periodsAfter(rollUp, month)) move(rollUp, name, amounts, month);
}

/** What counts in the last hour by now beside what is booked in it. */
export function aheadOfHour(rollUp: RollUp, now: number): Amounts[] {
  const minute = minuteOf(now);
  const coming = [...rollUp.minutes].filter(([at]) => at > minute);
  const carried = [...rollUp.clock.carried].flatMap(([name, amounts]) => {
    const at = name.startsWith("m") ? Number(name.slice(1)) : Number.NaN;
    return at > minute - 60 && at <= minute ? [amounts] : [];
  });
  return [...coming.map(([at, amounts]) => unnoted(rollUp, `m${at}`, amounts)), ...carried];
}

/** The same of a day or a month, by its name. */
export function aheadOfPeriod(rollUp: RollUp, period: string): Amounts[] {
  const coming = [...periodsAfter(rollUp, period)].map(([name, amounts]) => unnoted(rollUp, name, amounts));
  const carried = rollUp.clock.carried.get(period);
  return carried === undefined ? coming : [...coming, carried];
}

/** What is booked under days, or months, after this one. */
function periodsAfter({ cells }: RollUp, period: string): Map<string, Amounts> {
  const after = new Map<string, Amounts>();
  for (const { day, sums } of cells.values()) {
    const name = day.slice(0, period.length);
    if (name <= period) continue;
    const amounts = after.get(name) ?? noAmounts();
    after.set(name, amounts);
    for (const [currency, picos] of Object.entries(sums.amounts)) addTo(amounts, currency, picos);
  }
  return after;
}

function move({ clock }: RollUp, from: string, amounts: Amounts, to: string): void {
  const noted = clock.noted.get(from) ?? noAmounts();
  const carried = clock.carried.get(to) ?? noAmounts();
  for (const [currency, picos] of Object.entries(amounts)) {
    const more = picos - (noted[currency] ?? 0n);
    if (more <= 0n) continue;
    addTo(carried, currency, more);
    noted[currency] = picos;
  }
  clock.noted.set(from, noted);
  clock.carried.set(to, carried);
}

function unnoted({ clock }: RollUp, period: string, amounts: Amounts): Amounts {
  const noted = clock.noted.get(period);
  if (noted === undefined) return amounts;
  const rest = noAmounts();
  for (const [currency, picos] of Object.entries(amounts)) {
    const more = picos - (noted[currency] ?? 0n);
    if (more > 0n) rest[currency] = more;
  }
  return rest;
}

function isNoted(rollUp: RollUp, period: string, amounts: Amounts): boolean {
  return Object.values(unnoted(rollUp, period, amounts)).every((picos) => picos === 0n);
}

function minuteOf(time: number): number {
  return Math.floor(time / 60_000);
}

function noAmounts(): Amounts {
  return Object.create(null) as Amounts;
}
