/** A chat over a WebSocket in the extension host: the library is loaded from the package, and HTTP steps in where it must. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { chatStream } from "../support/chat.ts";
import { type Gateway, piece, send, startGateway } from "../support/gateway.ts";
import { activate, command, configure, type Handle, lastMessage } from "./support/editor.ts";

describe("A chat over a WebSocket", () => {
  let handle: Handle;
  let gateway: Gateway;

  before(async () => {
    handle = await activate();
    gateway = await startGateway();
    gateway.overHttp = chatStream(["over HTTP"]);
    await configure({
      providers: [{ id: "gateway", protocol: "websocket", baseUrl: gateway.url, models: [{ id: "m" }] }],
      chatModel: "gateway/m",
    });
  });

  after(async () => {
    await configure({ providers: undefined, chatModel: undefined });
    await gateway.close();
  });

  beforeEach(async () => {
    await command("runnel.newChat");
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content: "1 + 1" }));
  });

  it("answers over the WebSocket", async () => {
    gateway.answer = (socket) => send(socket, piece("안녕 "), piece("👋", "stop", { done: true }));
    await command("runnel.explainSelection");
    assert.equal(lastMessage(handle)?.text, "안녕 👋");
    assert.equal(lastMessage(handle)?.state, "complete");
    assert.equal(gateway.sockets.length, 1);
  });

  it("answers over HTTP where the WebSocket fails", async () => {
    gateway.answer = (socket) => socket.close(1011);
    await command("runnel.explainSelection");
    assert.equal(lastMessage(handle)?.text, "over HTTP");
    assert.equal(lastMessage(handle)?.state, "complete");
  });
});
