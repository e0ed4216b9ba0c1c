/** `runnel.showUsage`: what was spent today and this month, and on which models. */
import * as vscode from "vscode";
import type { Ledger } from "../../usage/ledger.ts";
import { fromPicos } from "../../usage/money.ts";
import { amountsOf, turnsOf } from "../../usage/report.ts";
import { dayOf, type Sums } from "../../usage/roll-up.ts";
import { totalsText } from "../usage-texts.ts";

const { l10n } = vscode;

export async function showUsage(ledger: Ledger): Promise<void> {
  const today = dayOf(Date.now());
  const report = await ledger.report({ from: `${today.slice(0, 7)}-01` });
  const row = (label: string, sums: Sums): vscode.QuickPickItem => ({
    label,
    description: sumsText(sums),
    detail: l10n.t("answers: {0}", turnsOf(sums)),
  });
  const day = report.byDay.get(today);
  const models = [...report.byTarget].sort(([, one], [, other]) => dearest(other) - dearest(one));
  const exporting = { label: `$(export) ${l10n.t("Export Usage")}` };
  const picked = await vscode.window.showQuickPick(
    [
      ...(day ? [row(l10n.t("Today"), day)] : []),
      row(l10n.t("This month"), report.total),
      { label: l10n.t("By model"), kind: vscode.QuickPickItemKind.Separator },
      ...models.map(([target, sums]) => row(target, sums)),
      { label: "", kind: vscode.QuickPickItemKind.Separator },
      exporting,
    ],
    { title: l10n.t("Usage This Month") },
  );
  if (picked === exporting) await vscode.commands.executeCommand("runnel.exportUsage");
}

function sumsText(sums: Sums): string {
  const { estimated, unknown } = sums;
  return totalsText({ turns: turnsOf(sums), amounts: amountsOf(sums), estimated: estimated > 0, unknown });
}

/** For the order only: amounts of different currencies are not really comparable. */
function dearest({ amounts }: Sums): number {
  return Math.max(0, ...Object.values(amounts).map(fromPicos));
}
