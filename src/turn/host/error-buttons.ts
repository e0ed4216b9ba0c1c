/** Which buttons stand under an error, most helpful first, and what is on them. */
import { l10n } from "vscode";
import type { ErrorAction } from "../../core/error-view.ts";
import type { MessageError } from "../../core/errors.ts";

/** Most helpful first. */
export function errorActions(error: MessageError, canContinue: boolean): ErrorAction[] {
  const again: ErrorAction = canContinue ? "continue" : "retry";
  switch (error.kind) {
    case "missing-key":
      if (error.details.variable !== undefined && error.details.reason !== "key-not-allowed")
        return ["edit-provider", again];
      return ["set-key"];
    case "unauthorized":
      return ["set-key", "retry", "show-log"];
    case "no-credit":
      return error.details.reason === "budget" ? ["raise-budget", "show-usage", "retry"] : ["choose-model", "retry"];
    case "not-found":
      return error.details.reason === "model-not-found"
        ? ["choose-model", "retry"]
        : ["edit-provider", "test-connection"];
    case "bad-request":
      if (error.details.reason === "no-model") return ["choose-model", "add-provider"];
      if (error.details.reason === "insecure-origin" || error.details.reason === "redirect") return ["edit-provider"];
      return ["retry", "choose-model", "show-log"];
    case "context-too-long":
      return ["choose-model"];
    case "tls":
      return ["retry", "edit-provider", "show-log"];
    case "too-large":
      return ["retry", "choose-model", "show-log"];
    case "malformed":
      if (error.details.reason === "internal" || error.details.reason === "not-loaded") return ["show-log", again];
      return error.details.reason === "html" ? ["edit-provider", "test-connection"] : [again, "show-log"];
    case "network":
      return error.details.reason === "dns" ? ["edit-provider", "retry"] : [again, "test-connection"];
    case "rate-limited":
    case "overloaded":
      return [again, "choose-model"];
    case "refused":
      return ["retry", "choose-model"];
    case "proxy":
    case "connect-timeout":
    case "first-token-timeout":
    case "idle-timeout":
    case "incomplete":
    case "reported":
    case "unknown":
      return [again, "show-log"];
    default:
      return error.kind satisfies never;
  }
}

export function actionLabel(action: ErrorAction): string {
  switch (action) {
    case "retry":
      return l10n.t("Retry");
    case "continue":
      return l10n.t("Continue");
    case "set-key":
      return l10n.t("Set API Key");
    case "choose-model":
      return l10n.t("Choose Model");
    case "edit-provider":
      return l10n.t("Edit Provider");
    case "test-connection":
      return l10n.t("Test Connection");
    case "add-provider":
      return l10n.t("Add Provider");
    case "raise-budget":
      return l10n.t("Change Budget");
    case "show-usage":
      return l10n.t("Show Usage");
    case "show-log":
      return l10n.t("Show Log");
    default:
      return action satisfies never;
  }
}
