/** The smallest end-to-end test: a real VS Code opens with Runnel in it. */
import assert from "node:assert/strict";
import { type EditorWindow, openWindow } from "./support/window.ts";

describe("A VS Code window", () => {
  let window: EditorWindow;

  before(async () => {
    window = await openWindow();
  });

  after(() => window?.close());

  it("offers Runnel's commands in the palette", async () => {
    const offered = await window.offeredCommands("Runnel: ");
    assert.ok(
      offered.some((text) => text.startsWith("Runnel: Open Chat")),
      `Open Chat is not among: ${offered.join(", ")}`,
    );
  });

  it("shows the chat by its command", async () => {
    await window.runCommand("Runnel: Open Chat");
    const chat = await window.chat();
    assert.equal(await chat.locator("[data-testid=composer]").isEditable(), true);
  });
});
