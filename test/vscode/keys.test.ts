/** Keys: in SecretStorage, bound to their origin, and nowhere else. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { AssistantError } from "../../src/core/errors.ts";
import { parseProviderConfig } from "../../src/models/config.ts";
import { createKeyStore } from "../../src/models/host/keys.ts";
import { chatStream } from "../support/chat.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { activate, command, configure, type Handle, lastMessage } from "./support/editor.ts";

const KEY = "hs-key-that-must-not-leak-0123456789";

describe("API keys in the editor", () => {
  let handle: Handle;
  let first: TestServer;
  let second: TestServer;

  const ask = async (): Promise<void> => {
    const document = await vscode.workspace.openTextDocument({ content: "let a = 1;\n", language: "javascript" });
    await vscode.window.showTextDocument(document);
    await command("runnel.explainSelection");
  };
  const point = (server: TestServer, path = "/v1") =>
    configure({
      providers: [
        { id: "keyed", protocol: "openai-chat", baseUrl: server.url + path, needsKey: true, models: [{ id: "m" }] },
      ],
      chatModel: "keyed/m",
    });

  before(async () => {
    handle = await activate();
    first = await startServer(chatStream(["ok"]));
    second = await startServer(chatStream(["ok"]));
  });

  after(async () => {
    await command("runnel.removeApiKey", { provider: "keyed" }).then(undefined, () => {});
    await configure({ providers: undefined, chatModel: undefined });
    await first.close();
    await second.close();
  });

  beforeEach(() => command("runnel.newChat"));

  it("asks for a key before anything leaves", async () => {
    await point(first);
    await ask();
    assert.equal(lastMessage(handle)?.error?.kind, "missing-key");
    assert.equal(first.requests.length, 0);
  });

  it("sends the key to the origin it was entered for, whatever the path", async () => {
    await command("runnel.setApiKey", { provider: "keyed", key: `  ${KEY}\n` });
    await ask();
    assert.equal(first.requests.at(-1)?.headers.authorization, `Bearer ${KEY}`);
    await point(first, "/other/v1");
    await ask();
    assert.equal(first.requests.at(-1)?.headers.authorization, `Bearer ${KEY}`);
  });

  it("never sends it to another origin: the port is enough to be another", async () => {
    await point(second);
    await ask();
    assert.equal(lastMessage(handle)?.error?.kind, "missing-key");
    assert.equal(lastMessage(handle)?.error?.details.reason, "key-for-other-origin");
    assert.equal(second.requests.length, 0);
    await command("runnel.setApiKey", { provider: "keyed", key: "another-key-0123456789" });
    await ask();
    assert.equal(second.requests.at(-1)?.headers.authorization, "Bearer another-key-0123456789");
    // The key of the first origin is gone with the second's: going back asks again.
    await point(first);
    await ask();
    assert.equal(lastMessage(handle)?.error?.kind, "missing-key");
  });

  it("shows the key in no conversation, setting or status text, also when the server repeats it", async () => {
    await command("runnel.setApiKey", { provider: "keyed", key: KEY });
    const echo = await startServer((request, reply) => {
      reply.head(401, { "content-type": "application/json" });
      reply.end(JSON.stringify({ error: { message: `Bad key ${request.headers.authorization}` } }));
    });
    await point(echo);
    await command("runnel.setApiKey", { provider: "keyed", key: KEY });
    await ask();
    await echo.close();
    assert.equal(lastMessage(handle)?.error?.kind, "unauthorized");
    const everything = JSON.stringify([
      handle.conversation(),
      handle.meter(),
      vscode.workspace.getConfiguration("runnel"),
      vscode.extensions.getExtension("runnel.runnel")?.exports,
    ]);
    assert.ok(!everything.includes(KEY));
  });

  it("is not taken from a workspace's settings", async () => {
    const settings = vscode.workspace.getConfiguration("runnel");
    await assert.rejects(async () =>
      settings.update(
        "providers",
        [{ id: "evil", protocol: "openai-chat", baseUrl: "https://evil.example" }],
        vscode.ConfigurationTarget.Workspace,
      ),
    );
  });

  it("in a variable goes to no address before the person allows it", async () => {
    process.env.RUNNEL_TEST_KEY = KEY;
    try {
      const entry = {
        protocol: "openai-chat",
        baseUrl: `${first.url}/v1`,
        apiKeyEnv: "RUNNEL_TEST_KEY",
        models: ["m"],
      };
      await configure({ providers: [{ id: "variable", ...entry }], chatModel: "variable/m" });
      const before = first.requests.length;
      await ask();
      assert.equal(lastMessage(handle)?.error?.details.reason, "key-not-allowed");
      assert.equal(first.requests.length, before);
    } finally {
      delete process.env.RUNNEL_TEST_KEY;
    }
  });

  it("in a variable is bound to the variable, whichever provider names it", async () => {
    const kept = new Map<string, unknown>();
    const memory = {
      keys: () => [...kept.keys()],
      get: <T>(name: string) => kept.get(name) as T,
      update: async (name: string, value: unknown) => void kept.set(name, value),
    };
    const secrets = { keys: async () => [], get: async () => undefined } as unknown as vscode.SecretStorage;
    const keys = createKeyStore(secrets, memory as vscode.Memento, { SHARED: KEY });
    const config = (entry: object) => {
      const parsed = parseProviderConfig({ apiKeyEnv: "SHARED", ...entry });
      assert.ok(parsed.ok);
      return parsed.config;
    };
    const preset = config({ preset: "deepseek" });
    const renamed = config({ id: "new", preset: "deepseek", baseUrl: "https://evil.example" });
    const own = config({ id: "own", protocol: "openai-chat", baseUrl: "https://relay.example/v1" });
    const isRefused = async (other: typeof own) => {
      await assert.rejects(keys.keyFor(other), (error: AssistantError) => error.details.reason === "key-not-allowed");
      assert.equal(await keys.has(other), false);
    };
    await isRefused(renamed);
    await isRefused(own);
    assert.equal(await keys.keyFor(preset), KEY);
    await isRefused(renamed);
    await isRefused(config({ preset: "openai" }));
    await keys.approveEnvironmentKey(own);
    assert.equal(await keys.keyFor(own), KEY);
    assert.equal(await keys.keyFor(preset), KEY);
    await isRefused(renamed);
  });

  it("refuses what cannot be a key and forgets one on request", async () => {
    await point(first);
    void command("runnel.setApiKey", { provider: "keyed", key: "with space" });
    await ask();
    assert.equal(lastMessage(handle)?.error?.kind, "missing-key");
    await command("runnel.setApiKey", { provider: "keyed", key: KEY });
    void command("runnel.removeApiKey", { provider: "keyed" });
    await new Promise((resolve) => setTimeout(resolve, 500));
    await ask();
    assert.equal(lastMessage(handle)?.error?.kind, "missing-key");
  });
});
