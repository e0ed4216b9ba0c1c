/** Adding a provider, in a real VS Code: who gives up half way leaves nothing behind. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { activate, command, configure, until } from "./support/editor.ts";

describe("Add Provider", () => {
  const ids = () =>
    vscode.workspace
      .getConfiguration("runnel")
      .get<{ id: string }[]>("providers", [])
      .map(({ id }) => id);

  before(async () => {
    await activate();
    await configure({ providers: [{ id: "kept", protocol: "openai-chat", baseUrl: "http://127.0.0.1:9/v1" }] });
  });
  after(() => configure({ providers: undefined }));

  it("takes the entry back when no key is entered", async () => {
    let over = false;
    void command("runnel.addProvider", { preset: "deepseek", model: "deepseek-chat" }).then(() => {
      over = true;
    });
    await until("the entry is there", () => ids().includes("deepseek"));
    // The field for the key opens a moment after the entry is written.
    await until("it has ended", () => {
      void command("workbench.action.closeQuickOpen");
      return over;
    });
    assert.deepEqual(ids(), ["kept"]);
  });
});
