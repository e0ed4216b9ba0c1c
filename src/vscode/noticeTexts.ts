/** What a person reads about things that happened on the way to an answer. */
import { l10n } from "vscode";
import type { StreamEvent } from "../core/events.ts";

/** Undefined for notices that only the log needs. */
export function noticeText(notice: Extract<StreamEvent, { type: "notice" }>): string | undefined {
  switch (notice.code) {
    case "malformed-frames":
      return l10n.t("Unreadable pieces of the answer were skipped: {0}", notice.count ?? 1);
    case "content-idle":
      return l10n.t("The connection is alive, but nothing new has come for a while.");
    case "late-error":
      return l10n.t("After the answer the server reported: {0}", notice.detail ?? "");
    case "not-streamed":
    case "repaired":
      return undefined;
  }
}
