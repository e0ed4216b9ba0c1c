/** Lets the person say what an answer did cost: nothing, another amount, or what was recorded. */
import * as vscode from "vscode";
import { readCost } from "../../core/foreign-number.ts";
import { exactAmount, formatAmount } from "../../core/format.ts";
import { formatTarget } from "../../core/target.ts";
import { askText } from "../../editor/surfaces/inputs.ts";
import { ask } from "../../editor/surfaces/messages.ts";
import { type PickItem, pickOne } from "../../editor/surfaces/picks.ts";
import type { Answer } from "../answers.ts";
import type { Ledger, Money } from "../ledger.ts";

const { l10n } = vscode;

/** `currency`: of an answer whose cost is unknown. True when something was corrected. */
export async function correctAnswer(
  ledger: Pick<Ledger, "correct">,
  answer: Answer,
  currency: string,
): Promise<boolean> {
  const recorded = answer.recorded === undefined ? answer.cost : (answer.recorded ?? undefined);
  const unit = (recorded ?? answer.cost)?.currency ?? currency;
  const chosen = await chooseCost(answer, recorded, unit);
  if (chosen === undefined) return false;
  const { money } = chosen;
  const words = money ? exactAmount(money.amount, money.currency) : costText(recorded);
  const confirm = l10n.t("Correct");
  const picked = await ask({
    text: l10n.t("Change the cost of this answer to {0}?", words),
    detail: l10n.t(
      "{0}, {1}. Recorded: {2}. Totals and budgets follow in all windows; the recorded cost is kept and can be restored.",
      formatTarget(answer),
      new Date(answer.time).toLocaleString(vscode.env.language),
      costText(recorded),
    ),
    buttons: [confirm],
  });
  if (picked !== confirm) return false;
  return ledger.correct(answer.id, money);
}

/** `money` undefined = what was recorded. Undefined when the person changed their mind. */
async function chooseCost(
  answer: Answer,
  recorded: Answer["cost"],
  currency: string,
): Promise<{ money: Money | undefined } | undefined> {
  type Choice = PickItem & { means: "nothing" | "amount" | "recorded" };
  const choices: Choice[] = [
    { label: l10n.t("Not charged"), description: formatAmount(0, currency), means: "nothing" },
    { label: l10n.t("A different amount…"), means: "amount" },
  ];
  if (answer.recorded !== undefined)
    choices.push({ label: l10n.t("As recorded"), description: costText(recorded), means: "recorded" });
  const title = l10n.t("What did this answer cost?");
  const picked = await pickOne(choices, { title, placeholder: formatTarget(answer) });
  if (picked === undefined) return undefined;
  if (picked.means === "nothing") return { money: { amount: 0, currency } };
  if (picked.means === "recorded") return { money: undefined };
  const text = await askText({
    title,
    prompt: l10n.t("Amount in {0}", currency),
    value: String(answer.cost?.amount ?? ""),
    validate: (value) =>
      amountIn(value, currency) === undefined ? l10n.t("Enter an amount such as 0.25.") : undefined,
  });
  const amount = text === undefined ? undefined : amountIn(text, currency);
  return amount === undefined ? undefined : { money: { amount, currency } };
}

function amountIn(text: string, currency: string): number | undefined {
  return text.trim() === "" ? undefined : readCost(text, currency);
}

function costText(cost: Answer["cost"]): string {
  return cost === undefined ? l10n.t("unknown") : exactAmount(cost.amount, cost.currency);
}
