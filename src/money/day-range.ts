/** Which days a report counts, and the names of days and months one after the other. */
import { defined } from "../core/defined.ts";
import type { DayRange, RangeName } from "./usage-report.ts";

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** `today`: as `dayOf` names it. Custom days that are none, or left empty, set no limit; in the wrong order they are swapped. */
export function rangeOf(name: RangeName, today: string, custom: { from?: string; to?: string } = {}): DayRange {
  switch (name) {
    case "today":
      return { name, from: today, to: today };
    case "week":
      return { name, from: stepDay(today, -6), to: today };
    case "month":
      return { name, from: `${today.slice(0, 7)}-01`, to: today };
    case "last-month": {
      const to = stepDay(`${today.slice(0, 7)}-01`, -1);
      return { name, from: `${to.slice(0, 7)}-01`, to };
    }
    case "all":
      return { name };
    case "custom": {
      const [from, to] = [validDay(custom.from), validDay(custom.to)];
      const [first, last] = from !== undefined && to !== undefined && to < from ? [to, from] : [from, to];
      return { name, ...defined({ from: first, to: last }) };
    }
  }
}

/** From the first day to the last one, both included. */
export function daysBetween(first: string, last: string): string[] {
  const days: string[] = [];
  for (let day = first; day <= last; day = stepDay(day, 1)) days.push(day);
  return days;
}

export function monthsBetween(first: string, last: string): string[] {
  const months: string[] = [];
  let [year, month] = first.split("-").map(Number) as [number, number];
  for (;;) {
    const name = `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}`;
    if (name > last.slice(0, 7)) return months;
    months.push(name);
    [year, month] = month === 12 ? [year + 1, 1] : [year, month + 1];
  }
}

/** How many days lie from the first to the last one, both included. */
export function countDays(first: string, last: string): number {
  return Math.round((timeOf(last) - timeOf(first)) / 86_400_000) + 1;
}

function validDay(day: string | undefined): string | undefined {
  return day !== undefined && DAY.test(day) && !Number.isNaN(timeOf(day)) ? day : undefined;
}

/** Names of days are the calendar's, so in UTC each is as long as the other. */
function stepDay(day: string, step: number): string {
  return new Date(timeOf(day) + step * 86_400_000).toISOString().slice(0, 10);
}

function timeOf(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}
