/** What a person reads about things that happened on the way to an answer. */
import { l10n } from "vscode";
import { isWait, type Notice } from "../../core/events.ts";
import { formatElapsed } from "../../core/format.ts";
import { formatTarget, type Target } from "../../core/target.ts";
import { budgetText, uncountedText } from "../../money/host/budget-texts.ts";
import { errorSentence } from "./error-texts.ts";
import { repairText } from "./repair-texts.ts";

type ProviderName = (id: string) => string;

/**
 * Undefined for notices that only the log needs, and for waits that run down before one's eyes. `answered`: who gave the
 * answer, once there is one.
 */
export function noticeText(notice: Notice, providerName: ProviderName, answered?: Target): string | undefined {
  const { target } = notice;
  switch (notice.code) {
    case "malformed-frames":
      return l10n.t("Unreadable pieces of the answer were skipped: {0}", notice.count ?? 1);
    case "content-idle":
      return l10n.t("The connection is alive, but nothing new has come for a while.");
    case "implausible-numbers":
      return implausibleText(notice.detail ?? "");
    case "late-error":
      return l10n.t("After the answer the server reported: {0}", notice.detail ?? "");
    case "repaired":
      return repairText(notice.detail ?? "");
    case "fell-back":
      return l10n.t("{0} Asking over plain HTTP instead of the WebSocket.", why(notice, providerName));
    case "failed-over":
      if (answered && target)
        return l10n.t(
          "{0} {1} answered instead of {2}.",
          why(notice, providerName),
          formatTarget(answered),
          formatTarget(target),
        );
      return l10n.t(
        "{0} Asking the next model instead of {1}.",
        why(notice, providerName),
        target ? formatTarget(target) : "",
      );
    case "left-out":
      return l10n.t(
        "{0} {1} is paused for {2}.",
        why(notice, providerName),
        target ? formatTarget(target) : "",
        wholeSeconds(notice.seconds ?? 0),
      );
    case "trimmed":
      return l10n.t(
        "The model's context window has no room for the whole conversation. Oldest messages that were not sent: {0}",
        notice.count ?? 1,
      );
    case "budget":
      return notice.budget && budgetText(notice.budget);
    case "budget-incomplete":
      return uncountedText(notice.count ?? 0, notice.detail ?? "");
    case "budget-unreadable":
      return l10n.t("Your budget is not kept, because what was spent cannot be read: {0}", notice.detail ?? "");
    case "retrying":
      return isLong(notice)
        ? undefined
        : l10n.t("{0} Asking again ({1} of {2}).", why(notice, providerName), notice.count ?? 1, notice.most ?? 1);
    case "waiting-for-slot":
    case "waiting-for-server":
    case "asking":
    case "continued":
    case "not-streamed":
      return undefined;
  }
}

/** What is waited for, with the place of the time that is left; undefined for what is no wait, or over at once. */
export function waitText(notice: Notice, providerName: ProviderName): string | undefined {
  if (!isWait(notice) || !isLong(notice)) return undefined;
  const name = notice.target ? providerName(notice.target.provider) : "";
  switch (notice.code) {
    case "retrying":
      return l10n.t({
        message: "{0} Asking again in {time} ({1} of {2}).",
        args: [why(notice, providerName), notice.count ?? 1, notice.most ?? 1],
        comment: ["{0} is a sentence about an error; {time} is filled in later"],
      });
    case "waiting-for-server":
      return l10n.t({
        message: "{0} asked for a pause. Asking in {time}.",
        args: [name],
        comment: ["{0} is a provider; {time} is filled in later"],
      });
    default:
      return l10n.t({
        message: "Rate limit for {0} reached. Waiting up to {time}.",
        args: [name],
        comment: ["{0} is a provider; {time} is filled in later"],
      });
  }
}

/** `kinds`: of `ForeignNumber`, joined. */
function implausibleText(kinds: string): string {
  if (kinds === "price")
    return l10n.t("The provider's model list has a price for this model that cannot be right. The cost is unknown.");
  return kinds === "tokens"
    ? l10n.t("The server reported a token count that cannot be right. It counts as unknown.")
    : l10n.t("The server reported a cost or a token count that cannot be right. It counts as unknown.");
}

function isLong({ seconds = 0 }: Notice): boolean {
  return seconds >= 1;
}

function why({ error, target, code }: Notice, providerName: ProviderName): string {
  if (error === undefined) return "";
  // Beside the time that is left, the time that the server asked for is one too many.
  const { seconds: _, ...details } = error.details;
  const asked = code === "retrying" || code === "left-out" ? { ...error, details } : error;
  return errorSentence(asked, {
    providerName: target ? providerName(target.provider) : "",
    model: target?.model ?? "",
    partial: false,
  });
}

function wholeSeconds(seconds: number): string {
  return formatElapsed(Math.ceil(seconds) * 1000);
}
