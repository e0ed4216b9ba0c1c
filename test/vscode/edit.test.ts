/** Inline edits in a real editor: streamed in while the person goes on working, reviewed, undone, and nothing else touched. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { chunk, done } from "../support/chat.ts";
import { sizeOf } from "../support/long.ts";
import { type Handler, startServer, type TestServer } from "../support/server.ts";
import { open, untilText } from "./support/editing.ts";
import { activate, command, configure, until } from "./support/editor.ts";

const piece = (text: string): string => chunk({ content: text });
const ending = chunk({}, { finish_reason: "stop" }) + done;

describe("An inline edit in the editor", () => {
  let server: TestServer;
  let handler: Handler;

  before(async () => {
    await activate();
    server = await startServer((request, reply) => handler(request, reply));
    const local = { id: "local", protocol: "openai-chat", baseUrl: `${server.url}/v1`, models: ["m"] };
    await configure({ providers: [local], chatModel: "local/m" });
  });
  after(async () => {
    await configure({ providers: undefined, chatModel: undefined });
    await server.close();
  });
  afterEach(async () => {
    await command("runnel.rejectEdit");
    await command("workbench.action.revertAndCloseActiveEditor");
    await command("workbench.action.closeAllEditors");
  });

  const lines = (count: number, word = "line"): string[] =>
    Array.from({ length: count }, (_, index) => `${word} ${index}`);
  const selectLines = (editor: vscode.TextEditor, first: number, last: number): void => {
    const end = editor.document.lineAt(last).range.end;
    editor.selection = new vscode.Selection(new vscode.Position(first, 0), end);
  };
  const edit = (instruction = "change it"): Thenable<unknown> => command("runnel.editSelection", { instruction });
  const many = sizeOf({ few: 40, all: 200 });
  it(`of ${many} lines, each applied by itself, is taken back by one undo, byte for byte, and brought again by one redo`, async () => {
    const text = `head\r\n${lines(many).join("\r\n")}\r\ntail\r\n`;
    const editor = await open(text);
    await editor.edit((change) => change.insert(new vscode.Position(0, 0), "typed before "));
    const before = editor.document.getText();
    selectLines(editor, 1, many);
    let applied = 0;
    const counting = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (document === editor.document && contentChanges.length > 0) applied++;
    });
    handler = async (_request, reply) => {
      await reply.write(piece("```\n"));
      for (const line of lines(many, "new")) {
        await reply.write(piece(`${line}\n`));
        await until("the line is there", () => editor.document.getText().includes(`${line}\r\n`));
      }
      await reply.write(piece("```\n"));
      reply.end(ending);
    };
    await edit();
    counting.dispose();
    assert.ok(applied >= many, `${applied} edits`);
    const after = editor.document.getText();
    assert.equal(after, `typed before head\r\n${lines(many, "new").join("\r\n")}\r\ntail\r\n`);
    await command("undo");
    await untilText(editor.document, before);
    await command("redo");
    await untilText(editor.document, after);
  }).timeout(120_000);

  it("that paused for a while is one step of undo all the same", async () => {
    const editor = await open(`head\n${lines(10).join("\n")}\ntail\n`);
    const before = editor.document.getText();
    selectLines(editor, 1, 10);
    handler = async (_request, reply) => {
      await reply.write(piece("```\nnew 0\nnew 1\nnew 2\n"));
      await reply.wait(1500);
      await reply.write(piece(`${lines(10, "new").slice(3).join("\n")}\n\`\`\`\n`));
      reply.end(ending);
    };
    await edit();
    assert.equal(editor.document.getText(), `head\n${lines(10, "new").join("\n")}\ntail\n`);
    await command("undo");
    await untilText(editor.document, before);
  });

  it("that was saved on the way, cut into several steps by that, is undone by one all the same, and redone", async () => {
    const folder = vscode.workspace.workspaceFolders![0]!.uri;
    const uri = vscode.Uri.joinPath(folder, `saved-${Date.now()}.txt`);
    await vscode.workspace.fs.writeFile(uri, Buffer.from(`head\n${lines(10).join("\n")}\ntail\n`));
    const editor = await vscode.window.showTextDocument(uri);
    const before = editor.document.getText();
    selectLines(editor, 1, 10);
    handler = async (_request, reply) => {
      await reply.write(piece("```\nnew 0\nnew 1\nnew 2\n"));
      await until("the first lines are there", () => editor.document.getText().includes("new 2"));
      await editor.document.save();
      await reply.write(piece(`${lines(10, "new").slice(3).join("\n")}\n\`\`\`\n`));
      reply.end(ending);
    };
    await edit();
    const after = editor.document.getText();
    assert.equal(after, `head\n${lines(10, "new").join("\n")}\ntail\n`);
    await editor.document.save();
    assert.equal(Buffer.from(await vscode.workspace.fs.readFile(uri)).toString(), after);
    await command("runnel.acceptEdit");
    await command("undo");
    await until("all is undone", () => editor.document.getText() === before);
    await command("redo");
    await until("all is back", () => editor.document.getText() === after);
  });
});
