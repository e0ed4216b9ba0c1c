/** What is said about settings, in the person's language: loaded when there is something to say. */
import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";

// Without this they are English.
l10n.config({ contents: vscode.l10n.bundle ?? {} });

export { addressProblem, problemText } from "../problem-texts.ts";
