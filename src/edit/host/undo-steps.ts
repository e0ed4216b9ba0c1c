/** Makes an edit one step of undo and of redo though saving the file, or hiding it, has cut it into several. */
import * as vscode from "vscode";

/** Saves and hidings of one edit; each cuts it once. */
const MOST_STEPS = 100;

type End = "before" | "after";
const ARRIVAL = { undo: "before", redo: "after" } as const satisfies Record<string, End>;

export class UndoSteps {
  readonly #document: vscode.TextDocument;
  readonly #before: string;
  #after: string | undefined;
  /** The version in which the document last was as before the edit, and as after it. */
  #versions: Record<End, number>;
  #isMixed = false;
  #isChaining = false;

  constructor(document: vscode.TextDocument) {
    this.#document = document;
    this.#before = document.getText();
    this.#versions = { before: document.version, after: -1 };
  }

  /** Somebody else changed the document while the edit went on: what they did must not be undone along with it. */
  mix(): void {
    this.#isMixed = true;
  }

  end(): void {
    this.#after = this.#document.getText();
    this.#versions.after = this.#document.version;
  }

  /**
   * To be called after each undo and redo: one that began at an end of the edit goes on to its other end. Acts on the
   * editor that has the focus, which is where the person pressed the key.
   */
  async follow(direction: "undo" | "redo"): Promise<void> {
    if (this.#isChaining || this.#after === undefined) return;
    const { before, after } = this.#versions;
    const beganAtEnd = this.#document.version - 1 === (direction === "undo" ? after : before);
    if (this.#note() === ARRIVAL[direction] || !beganAtEnd || this.#isMixed) return;
    this.#isChaining = true;
    try {
      for (let step = 0; step < MOST_STEPS; step++) {
        const { version } = this.#document;
        await vscode.commands.executeCommand(direction);
        if (!(await this.#hasMovedFrom(version)) || this.#note() === ARRIVAL[direction]) return;
      }
    } finally {
      this.#isChaining = false;
    }
  }

  /** The command may end before the change that it makes is told. */
  async #hasMovedFrom(version: number): Promise<boolean> {
    for (let turn = 0; turn < 20 && this.#document.version === version; turn++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    return this.#document.version !== version;
  }

  /**
   * The end of the edit at which the document is now, which is kept. A step that changes nothing, as the one that ends
   * the edit where saving cut it off from the rest, leaves the document at the end where it was.
   */
  #note(): End | undefined {
    const { version } = this.#document;
    const text = this.#document.getText();
    const end = text === this.#before ? "before" : text === this.#after ? "after" : undefined;
    if (end) this.#versions[end] = version;
    return end;
  }
}
