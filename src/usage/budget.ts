/** The person's limits on spending: what of them is used up, and whether another request may leave. */
import { AssistantError, type BudgetUse } from "../core/errors.ts";
import type { Notice } from "../core/events.ts";
import type { Target } from "../core/target.ts";
import type { Ledger } from "./ledger.ts";
import type { Spending } from "./spending.ts";

/** Amounts are in `currency`; absent = no limit. */
export interface Budget {
  hourly?: number;
  daily?: number;
  monthly?: number;
  currency: string;
  onExceeded: "block" | "warn";
}

/** What a budget cannot count, of this month. */
export interface Uncounted {
  /** Requests of unknown cost. */
  unknown: number;
  /** Other currencies in which something was spent. */
  currencies: string[];
}

/** Share of a limit from which on a person is warned. */
const NEAR = 0.8;

/** The limits there are, the shortest period first. */
export function budgetUses(budget: Budget, { hour, today, month }: Spending): BudgetUse[] {
  const { currency } = budget;
  const all: [BudgetUse["period"], number | undefined, Map<string, number>][] = [
    ["hour", budget.hourly, hour],
    ["day", budget.daily, today.amounts],
    ["month", budget.monthly, month.amounts],
  ];
  return all.flatMap(([period, limit, amounts]) =>
    limit === undefined ? [] : [{ period, limit, spent: amounts.get(currency) ?? 0, currency }],
  );
}

export function uncounted({ currency }: Budget, { month }: Spending): Uncounted {
  return { unknown: month.unknown, currencies: [...month.amounts.keys()].filter((other) => other !== currency) };
}

export interface BudgetGuard {
  /** Before each request: notices to pass on. Throws `AssistantError` when the request must not leave. */
  check(target: Target): Promise<Notice[]>;
}

/** `budget` is read before each request; undefined = none is set. */
export function createBudgetGuard(ledger: Ledger, budget: () => Budget | undefined): BudgetGuard {
  /** What was said already; each limit is worth a word at 80 % and another one at 100 %, not with every question. */
  const said = new Set<string>();
  const isNews = (text: string): boolean => !said.has(text) && said.add(text) !== undefined;

  return {
    async check(target) {
      const limits = budget();
      if (limits === undefined) return [];
      // Other windows spend from the same budget.
      await ledger.refresh();
      const spending = ledger.spending();
      const notices: Notice[] = [];
      const { unreadable } = ledger;
      if (unreadable === undefined) said.delete("unreadable");
      else if (limits.onExceeded === "block") {
        const message = `What was spent cannot be read, so the budget cannot be kept: ${unreadable}`;
        throw new AssistantError("no-credit", message, { provider: target.provider, reason: "budget" });
      } else if (isNews("unreadable"))
        notices.push({ type: "notice", code: "budget-unreadable", target, detail: unreadable });
      for (const use of budgetUses(limits, spending)) {
        const isOver = use.spent >= use.limit;
        if (isOver && limits.onExceeded === "block") {
          const message = `The budget of ${use.limit} ${use.currency} per ${use.period} is used up: ${use.spent}`;
          throw new AssistantError("no-credit", message, { provider: target.provider, reason: "budget", budget: use });
        }
        // A new day or month is news again: then less is spent.
        if (use.spent < use.limit * NEAR) for (const level of ["near", "over"]) said.delete(`${level} ${use.period}`);
        else if (isNews(`${isOver ? "over" : "near"} ${use.period}`))
          notices.push({ type: "notice", code: "budget", target, budget: use });
      }
      const { unknown, currencies } = uncounted(limits, spending);
      const key = `uncounted ${unknown > 0} ${currencies.join()}`;
      if ((unknown > 0 || currencies.length > 0) && isNews(key))
        notices.push({
          type: "notice",
          code: "budget-incomplete",
          target,
          count: unknown,
          detail: currencies.join(", "),
        });
      return notices;
    },
  };
}
