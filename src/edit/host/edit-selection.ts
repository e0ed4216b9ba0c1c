/** The commands that stream an edit into the editor: with an instruction of the person's, or a ready one. */
import * as vscode from "vscode";
import { showInformation, showInStatusBar } from "../../editor/surfaces/messages.ts";
import type { Models } from "../../models/host/models.ts";
import { type EditContext, editContext } from "../prompt/edit-context.ts";
import { editQuestion, readyInstructions } from "../prompt/edit-prompt.ts";
import type { EditController } from "./edit-controller.ts";
import { editInstruction } from "./edit-instruction.ts";
import { editPlace, editTargets } from "./edit-targets.ts";
import { sentText } from "./edit-texts.ts";
import { goToAction } from "./fix-actions.ts";
import { isReadOnly } from "./read-only.ts";

const { l10n } = vscode;

export interface EditServices {
  edits: EditController;
  models: Models;
  /** Where recent instructions are kept. */
  memory: vscode.Memento;
}

/** `argument` may hold `{ instruction }`, and then nobody is asked, or where a code action was chosen. */
export async function editSelection(services: EditServices, argument?: unknown): Promise<void> {
  await goToAction(argument);
  const prepared = await prepare(services, { mayWrite: true });
  if (prepared === undefined) return;
  const { contexts, model } = prepared;
  const place = contexts.length === 1 ? placeText(contexts[0]!) : l10n.t("{0} places", contexts.length);
  const instruction = await editInstruction(services.memory, { place, model, sent: sentOf(contexts) }, argument);
  if (instruction !== undefined) await begin(services, prepared, instruction);
}

export async function editWithReadyInstruction(
  services: EditServices,
  kind: keyof typeof readyInstructions,
  argument?: unknown,
): Promise<void> {
  await goToAction(argument);
  const prepared = await prepare(services, { mayWrite: false });
  if (prepared === undefined) return;
  await begin(services, prepared, readyInstructions[kind]);
}

interface Prepared {
  document: vscode.TextDocument;
  contexts: EditContext[];
  /** As the model picker calls it. */
  model: string;
}

async function prepare({ edits, models }: EditServices, options: { mayWrite: boolean }): Promise<Prepared | undefined> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    void showInformation(noEditorText());
    return undefined;
  }
  const { document } = editor;
  if (await refuses(document)) return undefined;
  const target = models.modelFor("edit");
  const choice = models.choice("edit");
  if (target === undefined || choice === undefined) {
    await vscode.commands.executeCommand("runnel.addProvider");
    return undefined;
  }
  const targets = await editTargets(editor, options);
  if (targets.length === 0) {
    void showInformation(l10n.t("There is no code here: select some, or put the cursor in it."));
    return undefined;
  }
  if (targets.some(({ lines }) => edits.isTaken(document, lines.first, lines.last))) {
    void showInformation(l10n.t("There is a pending edit in these lines: accept or reject it first."));
    return undefined;
  }
  const info = models.modelInfo(target);
  const room = info?.contextWindow === undefined ? {} : { contextWindow: info.contextWindow };
  const contexts = await Promise.all(targets.map(async (each) => editContext(await editPlace(each), room)));
  return { document, contexts, model: choice.label };
}

/** Says so where nobody can change a document. */
export async function refuses(document: vscode.TextDocument): Promise<boolean> {
  if (!(await isReadOnly(document))) return false;
  const name = vscode.workspace.asRelativePath(document.uri, false);
  void showInformation(l10n.t("{0} is read-only, so Runnel cannot edit it.", name));
  return true;
}

async function begin({ edits, models }: EditServices, prepared: Prepared, instruction: string): Promise<void> {
  const { document, contexts } = prepared;
  showColours(document);
  const { systemPrompt } = models.settings;
  showInStatusBar(`Runnel: ${sentText(sentOf(contexts))}`, 5000);
  await edits.begin(
    document,
    contexts.map((context) => ({
      lines: context.place.selection,
      before: context.before,
      after: context.after,
      question: editQuestion(context, instruction, { systemPrompt }),
      sent: context.sent,
    })),
  );
}

/** A selection would lie over the colours of the edit; the cursor stays where it is. */
function showColours(document: vscode.TextDocument): void {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document !== document) return;
  editor.selections = editor.selections.map(({ active }) => new vscode.Selection(active, active));
}

function placeText({ place }: EditContext): string {
  const { path, selection } = place;
  const name = path.slice(path.lastIndexOf("/") + 1);
  const [first, last] = [selection.first + 1, selection.last + 1];
  return first === last ? `${name}:${first}` : `${name}:${first}-${last}`;
}

function sentOf(contexts: readonly EditContext[]): EditContext["sent"] {
  return {
    lines: contexts.reduce((sum, { sent }) => sum + sent.lines, 0),
    files: Math.max(...contexts.map(({ sent }) => sent.files)),
  };
}

/** A tab may show what no extension gets to see as text. */
function noEditorText(): string {
  const { activeTab } = vscode.window.tabGroups.activeTabGroup;
  const isFile = activeTab?.input instanceof vscode.TabInputText || activeTab?.input instanceof vscode.TabInputCustom;
  if (isFile) return l10n.t("{0} cannot be edited with Runnel: it is too large or not text.", activeTab.label);
  return l10n.t("Open a file and put the cursor where the change belongs.");
}
