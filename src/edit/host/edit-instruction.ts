/** Asks what an edit should do: a field for typing, with the instructions given before beneath it. */
import * as vscode from "vscode";
import { Pick, type PickItem } from "../../editor/surfaces/picks.ts";
import { asRecent, remember } from "../prompt/recent-instructions.ts";
import { sentText } from "./edit-texts.ts";

const { l10n } = vscode;

const RECENT = "recentInstructions";

export interface InstructionQuestion {
  /** Where the edit goes, such as "cart.ts:10-42". */
  place: string;
  /** As the model picker calls it. */
  model: string;
  sent: { lines: number; files: number };
}

type Item = PickItem & { instruction: string };

/** `argument` is the command's own: with an instruction in it nobody is asked. Undefined when the person gives up. */
export async function editInstruction(
  memory: vscode.Memento,
  question: InstructionQuestion,
  argument?: unknown,
): Promise<string | undefined> {
  const given = instructionIn(argument);
  if (given !== undefined) return given;
  const recent = asRecent(memory.get(RECENT));
  const instruction = await ask(question, recent);
  if (instruction !== undefined) await memory.update(RECENT, remember(recent, instruction));
  return instruction;
}

function instructionIn(argument: unknown): string | undefined {
  if (typeof argument !== "object" || argument === null || !("instruction" in argument)) return undefined;
  const { instruction } = argument;
  return typeof instruction === "string" && instruction.trim() !== "" ? instruction.trim() : undefined;
}

function ask({ place, model, sent }: InstructionQuestion, recent: readonly string[]): Promise<string | undefined> {
  const pick = new Pick<Item>();
  const leaves = sentText(sent);
  pick.title = l10n.t("Edit {0} with {1}", place, model);
  pick.placeholder = l10n.t("What should change? ({0})", leaves);
  // A look at another window must not lose what was typed.
  pick.ignoreFocusOut = true;
  const again: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon("edit"), tooltip: l10n.t("Change it first") };
  const show = (): void => {
    const typed = pick.value.trim();
    const own: Item = { label: typed, description: leaves, instruction: typed, alwaysShow: true };
    const others = recent.filter((each) => each !== typed);
    pick.items = [
      ...(typed === "" ? [] : [own]),
      ...others.map((instruction) => ({ label: instruction, instruction, buttons: [again] })),
    ];
    // What was typed is meant, however well an older instruction fits it.
    if (typed !== "") pick.activeItems = [pick.items[0]!];
  };
  show();
  return new Promise((resolve) => {
    pick.onDidChangeValue(show);
    pick.onDidTriggerItemButton((item) => {
      pick.value = item.instruction;
      show();
    });
    pick.onDidAccept(() => {
      const [item] = pick.selectedItems;
      if (item === undefined) return;
      resolve(item.instruction);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}
