/** The person's `http.*` settings in the extension host: they hold from the next question on. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { chatStream } from "../support/chat.ts";
import { startProxy, type TestProxy } from "../support/proxy.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { activate, command, configure, type Handle, lastMessage } from "./support/editor.ts";

describe("The network in the editor", function () {
  // Some of these questions fail, and are asked again before they do.
  this.timeout(120_000);
  let handle: Handle;
  let server: TestServer;
  let proxy: TestProxy;

  const ask = async (): Promise<void> => {
    await command("runnel.newChat");
    const document = await vscode.workspace.openTextDocument({ content: "let a = 1;\n", language: "javascript" });
    await vscode.window.showTextDocument(document);
    await command("runnel.explainSelection");
  };
  const provider = (more: Record<string, unknown> = {}) => ({
    id: "relay",
    protocol: "openai-chat",
    // Only the proxy knows where this is.
    baseUrl: `http://relay.test:${server.port}/v1`,
    needsKey: false,
    timeouts: { connect: 1 },
    models: [{ id: "m" }],
    ...more,
  });
  const setHttp = (name: string, value: unknown) =>
    vscode.workspace.getConfiguration("http").update(name, value, vscode.ConfigurationTarget.Global);

  before(async () => {
    handle = await activate();
    server = await startServer(chatStream(["through"]));
    proxy = await startProxy({ credentials: "user:secret" });
    await configure({ providers: [provider()], chatModel: "relay/m" });
  });

  after(async () => {
    for (const name of ["proxy", "proxyAuthorization"]) await setHttp(name, undefined);
    await configure({ providers: undefined, chatModel: undefined });
    await server.close();
    await proxy.close();
  });

  it("leads through the proxy that is set, and directly when it no longer is", async () => {
    await setHttp("proxy", proxy.url.replace("://", "://user:secret@"));
    await ask();
    assert.equal(lastMessage(handle)?.text, "through");
    assert.equal(proxy.requests.at(-1)?.target, `http://relay.test:${server.port}/v1/chat/completions`);
    const count = proxy.requests.length;
    await setHttp("proxy", undefined);
    await ask();
    // Directly there is no such name.
    assert.match(lastMessage(handle)?.error?.kind ?? "", /^(network|connect-timeout)$/);
    assert.equal(proxy.requests.length, count);
  });

  it("says when the proxy wants a name and password, and takes the header that is set", async () => {
    await setHttp("proxy", proxy.url);
    await ask();
    assert.equal(lastMessage(handle)?.error?.kind, "proxy");
    assert.equal(lastMessage(handle)?.error?.details.proxy, `127.0.0.1:${proxy.port}`);
    await setHttp("proxyAuthorization", `Basic ${Buffer.from("user:secret").toString("base64")}`);
    assert.equal(await command("runnel.testConnection"), true);
  });

  it("goes a provider's own way where it has one", async () => {
    const own = await startProxy();
    await setHttp("proxy", "http://127.0.0.1:9");
    await configure({ providers: [provider({ proxy: own.url })] });
    assert.equal(await command("runnel.testConnection"), true);
    await own.close();
    assert.ok(own.requests.length > 0);
  });

  it("cannot be led elsewhere by a folder", async () => {
    const http = vscode.workspace.getConfiguration("http");
    await assert.rejects(async () => http.update("proxy", "http://evil.example", vscode.ConfigurationTarget.Workspace));
  });
});
