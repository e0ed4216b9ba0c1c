/** `runnel.testConnection`: one tiny request that says what works and what does not, and why. */
import * as vscode from "vscode";
import { plainError } from "../../core/errors.ts";
import { userMessage } from "../../core/message.ts";
import { formatTarget, type Target } from "../../core/target.ts";
import { runTurn, type TurnEnvironment } from "../../session/turn.ts";
import { formatCost, formatDuration } from "../../shared/format.ts";
import { errorSentence } from "../error-texts.ts";
import type { Models } from "../models.ts";

const { l10n } = vscode;

/** Tokens; enough for a word from a model that thinks first to begin, too few to cost anything. */
const ANSWER_LIMIT = 64;

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
  const { config } = candidate.provider;
  const outcome = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: l10n.t("Testing {0}", formatTarget(target)),
      cancellable: true,
    },
    async (_progress, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort());
      return runTurn(
        [candidate],
        { messages: [userMessage("Reply with the single word OK.")], maxOutputTokens: ANSWER_LIMIT },
        { purpose: "test", signal: abort.signal, onEvent() {} },
        environment,
      );
    },
  );
  if (outcome.kind === "stopped") return false;
  const showLog = l10n.t("Show Log");
  if (outcome.error) {
    const sentence = errorSentence(plainError(outcome.error), {
      providerName: config.name,
      model: target.model,
      partial: outcome.kind === "incomplete",
    });
    const setKey = l10n.t("Set API Key");
    const needsKey = outcome.error.kind === "unauthorized" || outcome.error.kind === "missing-key";
    const answer = await vscode.window.showErrorMessage(sentence, ...(needsKey ? [setKey] : []), showLog);
    if (answer === showLog) await vscode.commands.executeCommand("runnel.showLog");
    if (answer === setKey) await vscode.commands.executeCommand("runnel.setApiKey", { provider: config.id });
    return false;
  }
  const facts = [l10n.t("first token after {0}", formatDuration(outcome.timings.ttft ?? outcome.timings.total))];
  facts.push(
    outcome.usage && !outcome.usage.estimated
      ? l10n.t("usage reported")
      : l10n.t("no usage reported: costs will be estimates"),
  );
  facts.push(l10n.t("cost {0}", formatCost(outcome.cost)));
  void vscode.window.showInformationMessage(
    l10n.t(
      "{0} works: {1}.",
      formatTarget(target),
      new Intl.ListFormat(vscode.env.language, { type: "unit" }).format(facts),
    ),
  );
  return true;
}

function testTarget(models: Models, providerId: string | undefined): Target | undefined {
  const { chosen } = models;
  if (providerId === undefined || chosen?.provider === providerId) return chosen;
  const model = models.config(providerId)?.models[0];
  return model && { provider: providerId, model: model.id };
}
