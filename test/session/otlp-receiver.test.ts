import assert from "node:assert/strict";
import { silentLogger } from "../../src/core/logger.ts";
import { userMessage } from "../../src/core/message.ts";
import { createOtlpExporter } from "../../src/session/otlp-exporter.ts";
import { createTransport } from "../../src/stream/http.ts";
import { chatStream } from "../support/chat.ts";
import { type OtlpReceiver, receiverIsHere, startReceiver } from "../support/otlp-receiver.ts";
import { startServer } from "../support/server.ts";
import { Turns } from "../support/turns.ts";

describe(`a receiver that others wrote${receiverIsHere ? "" : " (left out: autotel-mcp is not installed)"}`, function () {
  this.timeout(60_000);
  let receiver: OtlpReceiver;

  before(async function () {
    if (!receiverIsHere) this.skip();
    receiver = await startReceiver();
  });
  after(() => receiver?.close());

  it("takes a turn's span and metrics and understands them", async () => {
    const server = await startServer(chatStream(["Hi"], { usage: { prompt_tokens: 12, completion_tokens: 3 } }));
    const transport = createTransport({ logger: silentLogger });
    const turns = new Turns();
    const { outcome } = await turns.run({ entry: { baseUrl: server.url } });
    const exporter = createOtlpExporter({
      transport,
      logger: silentLogger,
      settings: () => ({ endpoint: receiver.endpoint, headers: {}, signals: ["metrics", "traces"], content: false }),
      server: () => ({ preset: "openai", baseUrl: server.url }),
      version: "1.0.0",
      wallClock: Date.now,
      random: Math.random,
    });
    exporter.record(outcome, { messages: [userMessage("Hello")] });
    await exporter.close(10_000);
    for (const each of [turns, transport, server]) await each.close();

    assert.deepEqual(await receiver.ask("list_services"), { services: ["runnel"] });
    const { items: spans } = (await receiver.ask("search_spans")) as { items: Record<string, unknown>[] };
    assert.equal(spans.length, 1);
    assert.equal(spans[0]?.operationName, "chat test-model");
    assert.equal(spans[0]?.hasError, false);
    assert.ok(Math.abs((spans[0]?.durationMs as number) - outcome.timings.total) <= 1);
    const { items: metrics } = (await receiver.ask("list_metrics")) as { items: { metricName: string }[] };
    assert.deepEqual([...new Set(metrics.map(({ metricName }) => metricName))].sort(), [
      "gen_ai.client.operation.duration",
      "gen_ai.client.operation.time_to_first_chunk",
      "gen_ai.client.token.usage",
    ]);
  });
});
