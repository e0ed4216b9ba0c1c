/** A collector that others wrote takes what is exported and shows it as it was meant. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { silentLogger } from "../../src/core/logger.ts";
import { createTransport } from "../../src/stream/transport/http.ts";
import type { Transport } from "../../src/stream/transport/transport.ts";
import { createOtlpExporter } from "../../src/telemetry/exporter.ts";
import type { OtlpSettings } from "../../src/telemetry/settings.ts";
import { freePort } from "../support/free-port.ts";
import { paid } from "../support/outcomes.ts";

const program = join(fileURLToPath(new URL("../..", import.meta.url)), "node_modules/autotel-mcp/bin/autotel-mcp");

interface Metric {
  metricName: string;
  unit: string;
  points: { value: number }[];
  attributes: Record<string, unknown>;
}

interface Trace {
  resource: Record<string, unknown>;
  spans: { operationName: string; serviceName: string; durationMs: number }[];
}

describe("a collector that others wrote", () => {
  let collector: ChildProcess;
  let transport: Transport;
  let endpoint: string;
  let tools: string;

  before(async function () {
    this.timeout(60_000);
    const [port, tool] = [await freePort(), await freePort()];
    endpoint = `http://127.0.0.1:${port}`;
    tools = `http://127.0.0.1:${tool}/mcp`;
    const args = ["--transport", "http", "--port", `${tool}`, "--collector-port", `${port}`];
    collector = spawn(process.execPath, [program, ...args], { stdio: "ignore" });
    transport = createTransport({ logger: silentLogger });
    for (;;) {
      if (await ask("list_services").catch(() => undefined)) return;
      assert.equal(collector.exitCode, null);
      await delay(100);
    }
  });

  after(async () => {
    collector.kill();
    if (collector.exitCode === null) await once(collector, "exit");
    await transport.close();
  });

  /** One of its tools, by the protocol it speaks; the answer comes as an event stream. */
  async function ask(name: string): Promise<{ items: unknown[] }> {
    const call = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: {} } };
    const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
    const response = await fetch(tools, { method: "POST", headers, body: JSON.stringify(call) });
    const [, data = ""] = /^data: (.*)$/m.exec(await response.text()) ?? [];
    return JSON.parse(JSON.parse(data).result.content[0].text).data;
  }

  it("has the metrics and the traces of turns", async function () {
    this.timeout(30_000);
    const settings: OtlpSettings = { endpoint, headers: {}, signals: ["metrics", "traces"], content: false };
    const exporter = createOtlpExporter({
      ...{ transport, logger: silentLogger, settings: () => settings, server: () => undefined },
      ...{ version: "1.0.0", wallClock: Date.now, random: () => 0 },
    });
    for (const amount of [0.1, 0.2, 0.0042])
      exporter.record({ ...paid(amount), timings: { total: 1200, ttft: 300 } }, { messages: [] });
    await exporter.close(20_000);
    const metrics = (await ask("list_metrics")).items as Metric[];
    const cost = metrics.find(({ metricName }) => metricName === "runnel.cost");
    assert.equal(cost?.points[0]?.value, 0.3042);
    assert.equal(cost?.attributes["runnel.cost.currency"], "USD");
    assert.equal(cost?.attributes["service.name"], "runnel");
    const tokens = metrics.filter(({ metricName }) => metricName === "gen_ai.client.token.usage");
    assert.deepEqual(tokens.map(({ attributes }) => attributes["gen_ai.token.type"]).sort(), ["input", "output"]);
    for (const name of ["gen_ai.client.operation.duration", "gen_ai.client.operation.time_to_first_chunk"])
      assert.equal(metrics.find(({ metricName }) => metricName === name)?.unit, "s", name);
    const traces = (await ask("search_traces")).items as Trace[];
    assert.deepEqual(
      traces.flatMap(({ spans }) => spans.map(({ operationName, durationMs }) => [operationName, durationMs])),
      Array(3).fill(["chat m", 1200]),
    );
    assert.deepEqual(traces.map(({ resource }) => resource["runnel.cost"]).sort(), [0.0042, 0.1, 0.2]);
    assert.equal(traces[0]?.resource["gen_ai.usage.input_tokens"], 10);
  });
});
