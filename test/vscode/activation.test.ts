// The extension as VS Code sees it: there, and able to start.
import assert from "node:assert/strict";
import * as vscode from "vscode";

describe("The extension", () => {
  it("is present under its public id and activates", async () => {
    const extension = vscode.extensions.getExtension("runnel.runnel");
    assert.ok(extension, "runnel.runnel is not among the extensions");
    await extension.activate();
    assert.equal(extension.isActive, true);
  });
});
