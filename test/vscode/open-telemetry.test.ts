/** Telling a collector of turns from the extension host: nothing by default, and what the settings say otherwise. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { chatStream } from "../support/chat.ts";
import { metricsOf, spansOf, valuesOf } from "../support/otlp.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { activate, command, configure, type Handle, lastMessage, until } from "./support/editor.ts";

/** Milliseconds that a batch waits here, and a time that is longer. */
const batchPause = 200;
const patience = 5 * batchPause;

describe("OpenTelemetry in the editor", function () {
  this.timeout(120_000);
  let handle: Handle;
  let server: TestServer;
  let collector: TestServer;

  const ask = async (): Promise<void> => {
    await command("runnel.newChat");
    const document = await vscode.workspace.openTextDocument({ content: "let hidden = 1;\n", language: "javascript" });
    await vscode.window.showTextDocument(document);
    await command("runnel.explainSelection");
    assert.equal(lastMessage(handle)?.text, "the answer");
  };
  const pause = () => new Promise((resolve) => setTimeout(resolve, patience));
  const to = (path: string) => collector.requests.find((request) => request.path === path)?.json;

  before(async () => {
    handle = await activate();
    server = await startServer(
      chatStream(["the answer"], { usage: { prompt_tokens: 1000, completion_tokens: 2 }, delayMs: 5 }),
    );
    collector = await startServer((_request, reply) => {
      reply.head(200, { "content-type": "application/json" });
      reply.end("{}");
    });
    const price = { input: 1000, output: 1000 };
    const provider = {
      id: "local",
      protocol: "openai-chat",
      baseUrl: `${server.url}/v1`,
      needsKey: false,
      models: [{ id: "m", price }],
    };
    await configure({ providers: [provider], chatModel: "local/m" });
  });

  after(async () => {
    handle.allowTelemetry(false);
    await configure({ providers: undefined, chatModel: undefined, openTelemetry: undefined });
    await server.close();
    await collector.close();
  });

  it("sends nothing by default, nor while VS Code's telemetry is off", async () => {
    handle.allowTelemetry(true, batchPause);
    await ask();
    handle.allowTelemetry(false);
    await configure({ openTelemetry: { endpoint: collector.url } });
    await ask();
    await pause();
    assert.deepEqual(collector.requests, []);
  });

  it("tells the collector that the settings name of a turn, without its texts until that is confirmed", async () => {
    handle.allowTelemetry(true);
    // Nobody confirms here: a window of tests shows no dialog.
    await configure({ openTelemetry: { endpoint: collector.url, content: true } });
    await ask();
    await until("both signals arrive", () => collector.requests.length === 2);
    const [span] = spansOf(to("/v1/traces"));
    assert.ok(span);
    assert.equal(span.name, "chat m");
    const values = valuesOf(span);
    assert.equal(values["gen_ai.usage.input_tokens"], "1000");
    assert.equal(values["runnel.cost"], 1.002);
    assert.equal(values["runnel.cost.currency"], "USD");
    assert.equal(values["server.port"], `${server.port}`);
    const names = metricsOf(to("/v1/metrics")).map(({ name }) => name);
    assert.deepEqual(names.sort(), [
      "gen_ai.client.operation.duration",
      "gen_ai.client.operation.time_to_first_chunk",
      "gen_ai.client.token.usage",
      "runnel.cost",
    ]);
    for (const { body } of collector.requests) assert.ok(!/hidden|the answer/.test(body));
  });

  it("cannot be led elsewhere by a folder", async () => {
    const runnel = vscode.workspace.getConfiguration("runnel");
    const elsewhere = { endpoint: "https://evil.example" };
    await assert.rejects(async () => runnel.update("openTelemetry", elsewhere, vscode.ConfigurationTarget.Workspace));
  });
});
