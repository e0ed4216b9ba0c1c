/** `runnel.testConnection`: says of each step on the way to the model whether it works, and why not. */
import * as vscode from "vscode";
import { formatTarget, type Target } from "../../core/target.ts";
import { Pick, type PickItem } from "../../editor/surfaces/picks.ts";
import type { Candidate } from "../../turn/candidate.ts";
import { testConnection as runTest, type Steps, stepNames, untested } from "../../turn/connection-test.ts";
import type { TurnEnvironment } from "../../turn/turn-environment.ts";
import { failedStep, reportText, stepText, type Tested, verdict } from "./connection-texts.ts";
import type { Models } from "./models.ts";
import { openProviderSettings } from "./settings.ts";

const { l10n } = vscode;

type Item = PickItem & { run?: () => unknown };

/** Tests the given provider, else the chosen one; returns whether a streamed token arrived. */
export async function testConnection(
  models: Models,
  environment: TurnEnvironment,
  argument?: { provider?: string },
): Promise<boolean> {
  const target = testTarget(models, argument?.provider);
  const candidate = target && models.candidate(target);
  if (!target || !candidate) {
    await vscode.commands.executeCommand("runnel.addProvider");
    return false;
  }
  return showTest(candidate, { config: candidate.provider.config, target }, environment);
}

/** The lines fill in while the test runs; they stay until the person closes them, which also stops it. */
async function showTest(candidate: Candidate, tested: Tested, environment: TurnEnvironment): Promise<boolean> {
  const pick = new Pick<Item>();
  const abort = new AbortController();
  pick.title = l10n.t("Testing {0}", formatTarget(tested.target));
  pick.placeholder = l10n.t("Testing…");
  pick.ignoreFocusOut = true;
  pick.busy = true;
  pick.onDidHide(() => {
    abort.abort();
    pick.dispose();
  });
  pick.onDidAccept(() => {
    const run = pick.selectedItems[0]?.run;
    if (run === undefined) return;
    pick.hide();
    void run();
  });
  const show = (steps: Steps): void => {
    if (!abort.signal.aborted) pick.items = stepItems(steps, tested);
  };
  show(untested);
  pick.show();
  try {
    const steps = await runTest(candidate, environment, { signal: abort.signal, onChange: show });
    pick.busy = false;
    pick.placeholder = verdict(steps, tested);
    const actions = actionItems(steps, tested);
    pick.items = [...stepItems(steps, tested), ...actions];
    // What helps is one Enter away.
    pick.activeItems = actions.filter(({ run }) => run !== undefined).slice(0, 1);
    return failedStep(steps) === undefined;
  } catch (error) {
    if (abort.signal.aborted) return false;
    pick.hide();
    throw error;
  }
}

function stepItems(steps: Steps, tested: Tested): Item[] {
  return stepNames.map((name) => {
    const { icon, title, fact, reason } = stepText(name, steps[name], tested);
    return {
      icon,
      label: title,
      alwaysShow: true,
      ...(fact === "" ? {} : { description: fact }),
      ...(reason === "" ? {} : { detail: reason }),
    };
  });
}

/** What helps, by what failed; then what always does. */
function actionItems(steps: Steps, tested: Tested): Item[] {
  const { id } = tested.config;
  const item = (icon: string, label: string, command: string, argument?: unknown): Item => ({
    icon,
    label,
    alwaysShow: true,
    run: () => vscode.commands.executeCommand(command, argument),
  });
  const failed = failedStep(steps);
  const items: Item[] = [{ label: "", kind: vscode.QuickPickItemKind.Separator }];
  if (failed === "key") items.push(item("key", l10n.t("Set API Key"), "runnel.setApiKey", { provider: id }));
  if (failed === "answer") items.push(item("arrow-swap", l10n.t("Choose Model"), "runnel.selectModel"));
  if (failed !== undefined && failed !== "key")
    items.push({ icon: "edit", label: l10n.t("Edit Provider"), alwaysShow: true, run: openProviderSettings });
  items.push(
    item("refresh", l10n.t("Test Again"), "runnel.testConnection", { provider: id }),
    {
      icon: "copy",
      label: l10n.t("Copy Report"),
      alwaysShow: true,
      run: () => vscode.env.clipboard.writeText(reportText(steps, tested)),
    },
    item("output", l10n.t("Show Log"), "runnel.showLog"),
  );
  return items;
}

function testTarget(models: Models, providerId: string | undefined): Target | undefined {
  const { chosen } = models;
  if (providerId === undefined || chosen?.provider === providerId) return chosen;
  const model = models.config(providerId)?.models[0];
  return model && { provider: providerId, model: model.id };
}
