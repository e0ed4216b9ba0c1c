/** The only way to show a notification, a dialog, progress or a short message in the status bar: all words are made inert. */
import * as vscode from "vscode";
import { inert } from "../../core/inert-text.ts";

type Show = (message: string, options: vscode.MessageOptions, ...buttons: string[]) => Thenable<string | undefined>;

/** Each resolves to the button that was clicked, as it was given; undefined when the message was closed. */
export function showInformation<const Button extends string>(
  text: string,
  ...buttons: readonly Button[]
): Promise<Button | undefined> {
  return show(vscode.window.showInformationMessage, {}, inert("notification", text), buttons);
}

export function showWarning<const Button extends string>(
  text: string,
  ...buttons: readonly Button[]
): Promise<Button | undefined> {
  return show(vscode.window.showWarningMessage, {}, inert("notification", text), buttons);
}

export function showError<const Button extends string>(
  text: string,
  ...buttons: readonly Button[]
): Promise<Button | undefined> {
  return show(vscode.window.showErrorMessage, {}, inert("notification", text), buttons);
}

export interface Question<Button extends string> {
  text: string;
  /** Smaller, beneath `text`. */
  detail?: string;
  /** Beside "Cancel", which VS Code adds. */
  buttons: readonly Button[];
}

/** Asks in a dialog; undefined when the person cancels. */
export function ask<const Button extends string>(question: Question<Button>): Promise<Button | undefined> {
  const { text, detail, buttons } = question;
  const options = { modal: true, ...(detail === undefined ? {} : { detail: inert("detail", detail) }) };
  return show(vscode.window.showWarningMessage, options, inert("modal", text), buttons);
}

async function show<Button extends string>(
  shown: Show,
  options: vscode.MessageOptions,
  text: string,
  buttons: readonly Button[],
): Promise<Button | undefined> {
  const labels = buttons.map((button) => inert("button", button));
  const label = await shown(text, options, ...labels);
  return label === undefined ? undefined : buttons[labels.indexOf(label)];
}

/** `milliseconds`: how long it stays. */
export function showInStatusBar(text: string, milliseconds: number): void {
  vscode.window.setStatusBarMessage(inert("status", text), milliseconds);
}

/** A notification with a Cancel button while `task` runs; the signal is aborted by that button. */
export async function withNotification<T>(title: string, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: inert("progress", title),
    cancellable: true,
  };
  return vscode.window.withProgress(options, (_progress, token) => {
    const abort = new AbortController();
    token.onCancellationRequested(() => abort.abort());
    return task(abort.signal);
  });
}

/** The moving bar over source control while `task` runs. */
export async function withSourceControlProgress<T>(task: () => Promise<T>): Promise<T> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.SourceControl }, task);
}

/**
 * Registers a command. What it throws VS Code shows in a notification, with links that work, where a button or a key
 * ran it; so the words of an error are made inert too. Callers get the error itself wherever its words are harmless.
 */
export function addCommand(id: string, run: (...args: never[]) => unknown): vscode.Disposable {
  return vscode.commands.registerCommand(id, async (...args: never[]) => {
    try {
      return await run(...args);
    } catch (error) {
      throw inertError(error);
    }
  });
}

function inertError(error: unknown): unknown {
  if (error instanceof vscode.CancellationError) return error;
  const words = error instanceof Error ? error.message : String(error);
  const harmless = inert("notification", words);
  return error instanceof Error && harmless === words ? error : new Error(harmless, { cause: error });
}
