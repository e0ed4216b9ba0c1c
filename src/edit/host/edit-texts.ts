/** What a person reads about edits: how one ended where that is not plain to see, and what it took. */
import { l10n } from "vscode";
import { estimateMark, formatCost, formatDuration, formatRate } from "../../core/format.ts";
import { assertNever } from "../../core/never.ts";
import type { TurnOutcome } from "../../core/outcome.ts";
import type { EditEnding, EditNotice } from "../session/edit-session.ts";

/** Undefined where the person sees it or did it themselves. */
export function endingText(ending: EditEnding): string | undefined {
  switch (ending) {
    case "accepted":
    case "rejected":
    case "closed":
    case "failed":
    case "stopped":
      return undefined;
    case "read-only":
      return l10n.t("The edit was not applied: the file cannot be changed.");
    case "unchanged":
      return l10n.t("The model changed nothing.");
    case "nothing":
      return l10n.t("The model answered with nothing; the file is as it was.");
    case "prose":
      return l10n.t("The model answered with words instead of code; the file is as it was.");
    case "repetition":
      return l10n.t("The model only repeated itself; the file is as it was.");
    case "line-too-long":
      return l10n.t("The model answered with a line that is too long; the file is as it was.");
    case "elided":
      return l10n.t("The model left lines out (“rest unchanged”); the file is as it was, so that nothing is lost.");
    case "patch-failed":
      return l10n.t("The model answered with a patch that does not fit; the file is as it was.");
    default:
      return assertNever(ending);
  }
}

export function noticeText(notice: EditNotice): string {
  switch (notice) {
    case "several":
      return l10n.t("The answer had several blocks of code; only the first was taken.");
    case "unclosed":
      return l10n.t("The answer's block of code was not closed; check its end.");
    case "repetition":
      return l10n.t("The model began to repeat itself and was stopped.");
    case "line-too-long":
      return l10n.t("The answer had a line that is too long and was stopped there.");
    case "taken-over":
      return l10n.t("The lines being edited were changed meanwhile, so the edit stopped there.");
    default:
      return assertNever(notice);
  }
}

/** The same for the row of buttons, where a whole sentence would be cut off. */
export function shortNoticeText(notice: EditNotice): string {
  switch (notice) {
    case "several":
      return l10n.t("first code block only");
    case "unclosed":
      return l10n.t("check the end");
    case "repetition":
      return l10n.t("stopped: repeats itself");
    case "line-too-long":
      return l10n.t("stopped: line too long");
    case "taken-over":
      return l10n.t("stopped: lines changed");
    default:
      return assertNever(notice);
  }
}

/** "412 ms · 88 tok/s · $0.0021", or "" while nothing is known. */
export function measuresText(outcome: TurnOutcome | undefined): string {
  if (outcome?.timings.ttft === undefined) return "";
  const { timings, tokensPerSecond, usage, cost } = outcome;
  const parts = [formatDuration(timings.ttft ?? 0)];
  if (tokensPerSecond !== undefined) parts.push(`${estimateMark(usage)}${formatRate(tokensPerSecond)} tok/s`);
  parts.push(formatCost(cost));
  return parts.join(" · ");
}

/** What leaves the editor, such as "sent: 42 lines of 3 files". */
export function sentText({ lines, files }: { lines: number; files: number }): string {
  if (files > 1) return l10n.t("sent: {0} lines of {1} files", lines, files);
  return lines === 1 ? l10n.t("sent: 1 line") : l10n.t("sent: {0} lines", lines);
}
