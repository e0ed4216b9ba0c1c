/** The buttons over a pending edit: accept, reject, next, stop, and what the answer cost. */
import * as vscode from "vscode";
import { type EditPaint, paintOf } from "../../edit/decorations.ts";
import type { EditNotice } from "../../edit/edit-state.ts";
import type { EditArgument } from "./edit-argument.ts";
import { measuresText, noticeText, sentText, shortNoticeText } from "./edit-texts.ts";
import type { PendingEdit } from "./pending-edit.ts";

const { l10n } = vscode;

interface LensEdit {
  paint: EditPaint;
  isStreaming: boolean;
  incomplete: { canContinue: boolean } | undefined;
  /** What a person should know before they decide. */
  notices: readonly EditNotice[];
  /** "412 ms · 88 tok/s · $0.0021", or "" while unknown. */
  measures: string;
  /** "sent: 42 lines of 3 files", or "" where nothing was. */
  sent: string;
  /** Names the edit in commands. */
  id: number;
}

export class EditLenses implements vscode.CodeLensProvider {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#changed.event;
  readonly #editsOf: (document: vscode.TextDocument) => readonly PendingEdit[];

  constructor(editsOf: (document: vscode.TextDocument) => readonly PendingEdit[]) {
    this.#editsOf = editsOf;
  }

  refresh(): void {
    this.#changed.fire();
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    return this.#editsOf(document)
      .map(lensEdit)
      .flatMap((edit) =>
        edit.paint.lenses.flatMap((place) => {
          const range = new vscode.Range(place.line, 0, place.line, 0);
          return lensTexts(edit, place).map(({ title, tooltip, command = "", argument }) => {
            const shown = { title, command, ...(tooltip === undefined ? {} : { tooltip }) };
            return new vscode.CodeLens(range, argument === undefined ? shown : { ...shown, arguments: [argument] });
          });
        }),
      );
  }
}

function lensEdit({ id, order, session, outcome }: PendingEdit): LensEdit {
  const { state } = session;
  return {
    id,
    paint: paintOf(session.view()),
    isStreaming: state.name === "streaming",
    incomplete: state.name === "review" ? state.incomplete : undefined,
    notices: state.name === "review" ? state.notices : [],
    measures: measuresText(outcome),
    sent: order.sent === undefined ? "" : sentText(order.sent),
  };
}

interface LensText {
  title: string;
  tooltip?: string;
  command?: string;
  argument?: EditArgument;
}

/** What can be done stands first and is short: in a narrow editor the end of the row is cut off. */
function lensTexts(edit: LensEdit, place: EditPaint["lenses"][number]): LensText[] {
  const counts = `+${place.added} −${place.removed}`;
  if (place.hunk !== undefined) {
    const argument = { edit: edit.id, hunk: place.hunk };
    return [
      { title: `$(check) ${l10n.t("Accept")}`, command: "runnel.acceptHunk", argument },
      { title: `$(discard) ${l10n.t("Reject")}`, command: "runnel.rejectHunk", argument },
      { title: counts },
    ];
  }
  const argument = { edit: edit.id };
  if (edit.isStreaming) {
    return [
      { title: `$(debug-stop) ${l10n.t("Stop")}`, command: "runnel.stop", argument },
      { title: `$(discard) ${l10n.t("Reject")}`, command: "runnel.rejectEdit", argument },
      { title: `$(loading~spin) Runnel ${joined(counts, edit.sent)}` },
    ];
  }
  const several = edit.paint.lenses.length > 1;
  const texts: LensText[] = [
    {
      title: `$(check-all) ${several ? l10n.t("Accept All") : l10n.t("Accept")}`,
      command: "runnel.acceptEdit",
      argument,
    },
    {
      title: `$(discard) ${several ? l10n.t("Reject All") : l10n.t("Reject")}`,
      command: "runnel.rejectEdit",
      argument,
    },
  ];
  if (edit.incomplete?.canContinue)
    texts.push({ title: `$(debug-continue) ${l10n.t("Continue")}`, command: "runnel.continueEdit", argument });
  if (several) texts.push({ title: `$(arrow-down) ${l10n.t("Next")}`, command: "runnel.nextHunk" });
  texts.push({ title: `$(diff) ${l10n.t("Diff")}`, command: "runnel.showEditDiff", argument });
  if (edit.incomplete !== undefined) texts.push({ title: `$(warning) ${l10n.t("Incomplete")}` });
  const measures = edit.measures === "" ? {} : { tooltip: edit.measures };
  texts.push({ title: joined(counts, edit.measures), ...measures });
  for (const notice of edit.notices)
    texts.push({ title: `$(info) ${shortNoticeText(notice)}`, tooltip: noticeText(notice) });
  return texts;
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(" · ");
}
