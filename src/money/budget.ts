/** The person's limits on spending: what of them is used up, and whether another request may leave. */
import { AssistantError, type BudgetUse } from "../core/errors.ts";
import type { Notice } from "../core/events.ts";
import type { Target } from "../core/target.ts";
import type { Cost } from "../core/usage.ts";
import type { Ledger } from "./ledger.ts";
import { addAmounts } from "./money.ts";
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
  const others = [...month.amounts].filter(([other, amount]) => other !== currency && amount > 0);
  return { unknown: month.unknown, currencies: others.map(([other]) => other) };
}

/** The turns of other windows that are still running, and what each may cost at most. */
export interface SharedHolds {
  /** Replaces what was placed under this id before. */
  place(id: string, hold: Hold): Promise<void>;
  lift(id: string): Promise<void>;
  /** Those of other processes. */
  others(): Promise<Hold[]>;
}

export type Hold = Pick<Cost, "amount" | "currency">;

export interface BudgetGuard {
  begin(): BudgetTurn;
}

/** One turn beside others that run at the same time. */
export interface BudgetTurn {
  /**
   * Before each request: notices to pass on. Throws `AssistantError` when the request must not leave. What it may cost at
   * most is held back from the turns that begin after it, so that together they overshoot a limit by one request at most;
   * undefined = unknown.
   */
  check(target: Target, most: Hold | undefined): Promise<Notice[]>;
  /** The turn is booked. Never rejects. */
  end(): Promise<void>;
}

/** `budget` is read before each request; undefined = none is set. */
export function createBudgetGuard(
  ledger: Ledger,
  budget: () => Budget | undefined,
  shared: SharedHolds = noOthers,
): BudgetGuard {
  /** What was said already; each limit is worth a word at 80 % and another one at 100 %, not with every question. */
  const said = new Set<string>();
  const isNews = (text: string): boolean => !said.has(text) && said.add(text) !== undefined;
  /** Of this window, by turn. */
  const held = new Map<string, Hold>();

  async function check(id: string, target: Target, most: Hold | undefined): Promise<Notice[]> {
    const limits = budget();
    if (limits === undefined) return [];
    const blocks = limits.onExceeded === "block";
    // Placed before others are read: of two windows at least one sees the other. What they lift is booked by then.
    if (blocks && most) await shared.place(id, most);
    const others = blocks ? await shared.others() : [];
    await ledger.refresh();
    const spending = ledger.spending();
    const ahead = [...others, ...[...held].flatMap(([turn, hold]) => (turn === id ? [] : [hold]))];
    const notices: Notice[] = [];
    const { unreadable } = ledger;
    if (unreadable === undefined) said.delete("unreadable");
    else if (blocks) {
      const message = `What was spent cannot be read, so the budget cannot be kept: ${unreadable}`;
      throw new AssistantError("no-credit", message, { provider: target.provider, reason: "budget" });
    } else if (isNews("unreadable"))
      notices.push({ type: "notice", code: "budget-unreadable", target, detail: unreadable });
    for (const use of budgetUses(limits, spending)) {
      const isOver = use.spent >= use.limit;
      const waiting = addAmounts(
        ...ahead.flatMap(({ amount, currency }) => (currency === use.currency ? [amount] : [])),
      );
      if (blocks && use.spent + waiting >= use.limit) {
        const message = `The budget of ${use.limit} ${use.currency} per ${use.period} is used up: ${use.spent} and ${waiting} held`;
        const blocked = isOver ? use : { ...use, held: waiting };
        throw new AssistantError("no-credit", message, {
          ...{ provider: target.provider, reason: "budget", budget: blocked },
        });
      }
      // A new day or month is news again: then less is spent.
      if (use.spent < use.limit * NEAR) for (const level of ["near", "over"]) said.delete(`${level} ${use.period}`);
      else if (isNews(`${isOver ? "over" : "near"} ${use.period}`))
        notices.push({ type: "notice", code: "budget", target, budget: use });
    }
    // Nothing is awaited between looking and taking, so that turns of one window never overtake each other.
    if (blocks && most) held.set(id, most);
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
  }

  return {
    begin() {
      const id = crypto.randomUUID();
      let placed = false;
      return {
        check(target, most) {
          placed ||= most !== undefined && budget() !== undefined;
          return check(id, target, most);
        },
        async end() {
          held.delete(id);
          if (placed) await shared.lift(id);
        },
      };
    },
  };
}

const noOthers: SharedHolds = {
  place: async () => {},
  lift: async () => {},
  others: async () => [],
};
