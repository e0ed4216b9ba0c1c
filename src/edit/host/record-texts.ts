/** What a person reads about edits that the window before left pending, where they could not simply be taken up. */
import type { TextDocument } from "vscode";
import { l10n, Uri, workspace } from "vscode";
import type { StoredRecords } from "./record-store.ts";

/** Files that a message names; the others are in the log. */
const MOST_NAMED = 5;

/** The window was closed in the middle of an answer. */
export function restoredText(document: TextDocument): string {
  const name = workspace.asRelativePath(document.uri, false);
  return l10n.t("The edit of {0} was cut short when the window closed; its lines are as they were before.", name);
}

/** As before, but the lines could not be put back. */
export function leftText(document: TextDocument): string {
  const name = workspace.asRelativePath(document.uri, false);
  return l10n.t(
    "The edit of {0} was cut short when the window closed. Its lines were changed since and stay as they are; please check them.",
    name,
  );
}

/** The lines of an edit that waited for review are not where they were. */
export function notReviewedText(document: TextDocument): string {
  const name = workspace.asRelativePath(document.uri, false);
  return l10n.t("The edit of {0} that waited for review was not found again. Its lines stay as they are.", name);
}

/** The record cannot be read, or only in part. */
export function lostText({ lost, isNewer, copy, problem }: StoredRecords): string {
  const files = named(lost);
  if (isNewer) {
    return l10n.t("A newer version of Runnel left edits pending. They stay as they are, in these files: {0}", files);
  }
  const kept = copy === undefined ? "" : ` ${l10n.t("The damaged record was kept: {0}", copy)}`;
  if (problem !== undefined) return l10n.t("Could not read which edits are pending ({0}).", problem) + kept;
  if (lost.length === 0) {
    return l10n.t("The record of pending edits is damaged. Please check the files that were edited last.") + kept;
  }
  return l10n.t("The record of pending edits is damaged. Please check these files: {0}", files) + kept;
}

/** The files themselves cannot be opened. */
export function goneText(uris: readonly string[]): string {
  return l10n.t("Could not open the files of these pending edits, so they were dropped: {0}", named(uris));
}

export function unrecordedText(): string {
  return l10n.t(
    "Could not record the pending edits. Runnel will retry; until then, accept or reject them before you close the window.",
  );
}

function named(uris: readonly string[]): string {
  const names = uris.slice(0, MOST_NAMED).map((uri) => {
    try {
      return workspace.asRelativePath(Uri.parse(uri, true), false);
    } catch {
      return uri;
    }
  });
  return [...names, ...(uris.length > MOST_NAMED ? ["…"] : [])].join(", ");
}
