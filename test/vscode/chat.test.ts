/** A turn in the extension host: from a command to a real server and back to the conversation and the status bar. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { chatStream } from "../support/chat.ts";
import { type Handler, startServer, type TestServer } from "../support/server.ts";
import { activate, command, configure, type Handle, lastMessage, until } from "./support/editor.ts";

describe("A chat in the editor", () => {
  let handle: Handle;
  let server: TestServer;
  let handler: Handler;

  before(async () => {
    handle = await activate();
    server = await startServer((request, reply) => handler(request, reply));
    await configure({
      providers: [
        {
          id: "local",
          name: "Local",
          protocol: "openai-chat",
          baseUrl: `${server.url}/v1`,
          models: [{ id: "m", price: { input: 1000, output: 2000 } }],
        },
      ],
      chatModel: "local/m",
    });
  });

  after(async () => {
    await configure({ providers: undefined, chatModel: undefined });
    await server.close();
  });

  beforeEach(async () => {
    await command("runnel.newChat");
  });

  const openFunction = async (): Promise<vscode.TextEditor> => {
    const document = await vscode.workspace.openTextDocument({
      language: "javascript",
      content: "// first\nfunction add(a, b) {\n  return a + b;\n}\nfunction other() {}\n",
    });
    return vscode.window.showTextDocument(document);
  };

  it("registers every command that package.json promises", async () => {
    const there = new Set(await vscode.commands.getCommands(true));
    const manifest = vscode.extensions.getExtension("runnel.runnel")!.packageJSON;
    for (const { command } of manifest.contributes.commands) assert.ok(there.has(command), command);
  });

  it("explains the selected lines and shows TTFT, rate and cost in the status bar", async () => {
    handler = chatStream(["It adds ", "two ", "numbers."], {
      usage: { prompt_tokens: 100, completion_tokens: 50, prompt_tokens_details: { cached_tokens: 40 } },
      delayMs: 40,
    });
    const editor = await openFunction();
    editor.selection = new vscode.Selection(1, 3, 2, 5);
    await command("runnel.explainSelection");
    const [question, answer] = handle.conversation().messages;
    assert.equal(answer?.text, "It adds two numbers.");
    assert.equal(answer?.state, "complete");
    // Whole lines are taken, however little of them is selected.
    assert.equal(question?.attachments?.[0]?.text, "function add(a, b) {\n  return a + b;");
    const sent = server.requests.at(-1)!.json.messages!.at(-1)!.content;
    assert.match(sent, /```javascript\nfunction add\(a, b\) \{\n {2}return a \+ b;\n```/);
    const { text, tooltip } = handle.meter();
    assert.match(text, /[\d.]+ m?s · [\d.]+ tok\/s · \$0\.20$/);
    assert.match(tooltip, /local\/m/);
    assert.match(tooltip, /40/);
    assert.match(tooltip, /p50/);
  });

  it("explains the symbol around the cursor when nothing is selected", async () => {
    handler = chatStream(["ok"]);
    const editor = await openFunction();
    editor.selection = new vscode.Selection(2, 4, 2, 4);
    await command("runnel.explainSelection");
    const attachment = handle.conversation().messages[0]?.attachments?.[0];
    assert.match(attachment?.text ?? "", /function add/);
  });

  it("stops within a moment, keeps what had come and closes the connection", async () => {
    handler = async (_request, reply) => {
      await reply.write('data: {"choices":[{"index":0,"delta":{"content":"half"}}]}\n\n');
      await reply.stall();
    };
    await openFunction();
    const asked = command("runnel.explainSelection");
    await until("text came", () => lastMessage(handle)?.text === "half");
    await command("runnel.stop");
    await asked;
    assert.equal(lastMessage(handle)?.state, "stopped");
    assert.equal(lastMessage(handle)?.text, "half");
    await server.requests.at(-1)!.over;
  });

  it("begins a fresh conversation", async () => {
    handler = chatStream(["ok"]);
    await openFunction();
    await command("runnel.explainSelection");
    const before = handle.conversation().id;
    await command("runnel.newChat");
    assert.notEqual(handle.conversation().id, before);
    assert.equal(handle.conversation().messages.length, 0);
  });

  it("changes the model by one command", async () => {
    await command("runnel.selectModel", "local/other/model");
    handler = chatStream(["ok"]);
    await openFunction();
    await command("runnel.explainSelection");
    assert.equal(server.requests.at(-1)!.json.model, "other/model");
    await command("runnel.selectModel", "local/m");
  });

  it("tests the connection with the list of models and one small answer", async () => {
    handler = chatStream(["OK"], { usage: { prompt_tokens: 5, completion_tokens: 1 } });
    const before = server.requests.length;
    assert.equal(await command("runnel.testConnection"), true);
    assert.deepEqual(
      server.requests.slice(before).map(({ method }) => method),
      ["GET", "POST"],
    );
    handler = (_request, reply) => {
      reply.head(401);
      reply.end();
    };
    assert.equal(await command("runnel.testConnection"), false);
  });

  it("shows how long it waits before it asks again, and waits no longer than one wants", async () => {
    // The last test here: the server is left alone for these seconds, whoever asks.
    handler = (_request, reply) => {
      reply.head(429, { "retry-after": "30" });
      reply.end();
    };
    await openFunction();
    const asked = command("runnel.explainSelection");
    await until("the wait is shown", () => /\$\(watch\).*\b(29|3[01]) s/.test(handle.meter().text));
    await command("runnel.stop");
    await asked;
    assert.equal(lastMessage(handle)?.state, "stopped");
    assert.equal(lastMessage(handle)?.error, undefined);
  });
});
