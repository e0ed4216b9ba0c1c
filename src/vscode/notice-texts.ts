/** What a person reads about things that happened on the way to an answer. */
import { l10n } from "vscode";
import type { Notice } from "../core/events.ts";
import { formatTarget } from "../core/target.ts";
import { errorSentence } from "./error-texts.ts";

/** Undefined for notices that only the log needs. */
export function noticeText(notice: Notice, providerName: (id: string) => string): string | undefined {
  const { target, error } = notice;
  const why = error
    ? errorSentence(error, {
        providerName: target ? providerName(target.provider) : "",
        model: target?.model ?? "",
        partial: false,
      })
    : "";
  switch (notice.code) {
    case "malformed-frames":
      return l10n.t("Unreadable pieces of the answer were skipped: {0}", notice.count ?? 1);
    case "content-idle":
      return l10n.t("The connection is alive, but nothing new has come for a while.");
    case "late-error":
      return l10n.t("After the answer the server reported: {0}", notice.detail ?? "");
    case "waiting-for-slot":
      return l10n.t("Waiting for a free slot: your settings limit the requests to this provider.");
    case "retrying":
      return (notice.seconds ?? 0) < 1
        ? l10n.t("{0} Asking again ({1} of {2}).", why, notice.count ?? 1, notice.most ?? 1)
        : l10n.t(
            "{0} Asking again after {1} seconds ({2} of {3}).",
            why,
            Math.ceil(notice.seconds ?? 0),
            notice.count ?? 1,
            notice.most ?? 1,
          );
    case "fell-back":
      return l10n.t("{0} Asking over plain HTTP instead of the WebSocket.", why);
    case "failed-over":
      return l10n.t("{0} Asking the next model instead of {1}.", why, target ? formatTarget(target) : "");
    case "not-streamed":
    case "repaired":
      return undefined;
  }
}
