/** The buttons over a pending edit: accept, reject, next, stop, and what the answer cost. */
import * as vscode from "vscode";
import { codeLens, type Lens, type LensButton } from "../../editor/surfaces/editor-texts.ts";
import { type EditPaint, paintOf } from "../session/decorations.ts";
import type { EditNotice } from "../session/edit-state.ts";
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

  provideCodeLenses(document: vscode.TextDocument): Lens[] {
    return this.#editsOf(document)
      .map(lensEdit)
      .flatMap((edit) =>
        edit.paint.lenses.flatMap((place) => {
          const range = new vscode.Range(place.line, 0, place.line, 0);
          return lensTexts(edit, place).map((button) => codeLens(range, button));
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

interface LensText extends LensButton {
  argument?: EditArgument;
}

/** What can be done stands first and is short: in a narrow editor the end of the row is cut off. */
function lensTexts(edit: LensEdit, place: EditPaint["lenses"][number]): LensText[] {
  const counts = `+${place.added} −${place.removed}`;
  if (place.hunk !== undefined) {
    const argument = { edit: edit.id, hunk: place.hunk };
    return [
      { icon: "check", text: l10n.t("Accept"), command: "runnel.acceptHunk", argument },
      { icon: "discard", text: l10n.t("Reject"), command: "runnel.rejectHunk", argument },
      { text: counts },
    ];
  }
  const argument = { edit: edit.id };
  if (edit.isStreaming) {
    return [
      { icon: "debug-stop", text: l10n.t("Stop"), command: "runnel.stop", argument },
      { icon: "discard", text: l10n.t("Reject"), command: "runnel.rejectEdit", argument },
      { icon: "loading~spin", text: `Runnel ${joined(counts, edit.sent)}` },
    ];
  }
  const several = edit.paint.lenses.length > 1;
  const texts: LensText[] = [
    {
      icon: "check-all",
      text: several ? l10n.t("Accept All") : l10n.t("Accept"),
      command: "runnel.acceptEdit",
      argument,
    },
    {
      icon: "discard",
      text: several ? l10n.t("Reject All") : l10n.t("Reject"),
      command: "runnel.rejectEdit",
      argument,
    },
  ];
  if (edit.incomplete?.canContinue)
    texts.push({ icon: "debug-continue", text: l10n.t("Continue"), command: "runnel.continueEdit", argument });
  if (several) texts.push({ icon: "arrow-down", text: l10n.t("Next"), command: "runnel.nextHunk" });
  texts.push({ icon: "diff", text: l10n.t("Diff"), command: "runnel.showEditDiff", argument });
  if (edit.incomplete !== undefined) texts.push({ icon: "warning", text: l10n.t("Incomplete") });
  const measures = edit.measures === "" ? {} : { tooltip: edit.measures };
  texts.push({ text: joined(counts, edit.measures), ...measures });
  for (const notice of edit.notices)
    texts.push({ icon: "info", text: shortNoticeText(notice), tooltip: noticeText(notice) });
  return texts;
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(" · ");
}
