// The VS Code these tests run in is as strict as a released one, and its TypeScript service answers: else others prove nothing.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { command } from "./support/editor.ts";

describe("The VS Code under test", () => {
  it("refuses a proposed API to an extension that does not declare it", () => {
    const provider = {
      provideInlineCompletionItems: () => [],
      handleDidShowCompletionItem: () => {},
    };
    assert.throws(
      () => vscode.languages.registerInlineCompletionItemProvider({ pattern: "**/none" }, provider),
      /CANNOT use API proposal/,
    );
  });

  it("knows the symbols of a TypeScript file", async () => {
    const document = await vscode.workspace.openTextDocument({
      language: "typescript",
      content: "export function total(values: number[]) {\n  return values.length;\n}\n",
    });
    await vscode.window.showTextDocument(document);
    // The service may still be starting: it answers every request, at first with nothing.
    let names: string[] = [];
    for (let turn = 0; turn < 60 && !names.includes("total"); turn++) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      const symbols = await command("vscode.executeDocumentSymbolProvider", document.uri);
      names = ((symbols ?? []) as vscode.DocumentSymbol[]).map((symbol) => symbol.name);
    }
    assert.ok(names.includes("total"), `the TypeScript service knows only: ${names.join(", ")}`);
    await command("workbench.action.revertAndCloseActiveEditor");
  });
});
