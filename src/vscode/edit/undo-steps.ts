/** Makes an edit one step of undo and of redo though saving the file, or hiding it, has cut it into several. */
import * as vscode from "vscode";

/** More would be the history of a person, not of one edit. */
const MOST_STEPS = 200;

export class UndoSteps {
  readonly #document: vscode.TextDocument;
  /** The whole text before the edit, at each cut, and after it. */
  readonly #texts: string[];
  #isMixed = false;
  #isChaining = false;

  constructor(document: vscode.TextDocument) {
    this.#document = document;
    this.#texts = [document.getText()];
  }

  /** What follows will be a step of undo of its own. Also to be called at the end. */
  cut(): void {
    const text = this.#document.getText();
    if (text !== this.#texts.at(-1)) this.#texts.push(text);
  }

  /** Somebody else changed the document while the edit went on: what they did must not be undone along with it. */
  mix(): void {
    this.#isMixed = true;
  }

  /**
   * To be called after each undo and redo of a person: when it led into the middle of the edit, goes on to its beginning
   * or end. Acts on the editor that has the focus, which is where the person pressed the key.
   */
  async follow(direction: "undo" | "redo"): Promise<void> {
    if (this.#isChaining || this.#isMixed || !this.#isInMiddle()) return;
    this.#isChaining = true;
    try {
      for (let step = 0; step < MOST_STEPS && this.#isInMiddle(); step++) {
        const { version } = this.#document;
        await vscode.commands.executeCommand(direction);
        if (this.#document.version === version) return;
      }
    } finally {
      this.#isChaining = false;
    }
  }

  #isInMiddle(): boolean {
    return this.#texts.length > 2 && this.#texts.slice(1, -1).includes(this.#document.getText());
  }
}
