import assert from "node:assert/strict";
import type { TurnOutcome } from "../../src/core/outcome.ts";
import { createTransport } from "../../src/stream/transport/http.ts";
import type { Transport } from "../../src/stream/transport/transport.ts";
import { createOtlpExporter, type OtlpExporter } from "../../src/telemetry/exporter.ts";
import { type OtlpSettings, readOtlpSettings } from "../../src/telemetry/settings.ts";
import { type OtlpPath, readOtlp, spansOf } from "../support/otlp.ts";
import { type Handler, type ReceivedRequest, startServer, type TestServer } from "../support/server.ts";
import { countTicks } from "../support/ticks.ts";

const outcome: TurnOutcome = {
  kind: "completed",
  purpose: "chat",
  message: { role: "assistant", parts: [{ type: "text", text: "hidden answer" }] },
  target: { provider: "p", model: "m" },
  timings: { total: 100, ttft: 10 },
  usage: { inputTokens: 1, outputTokens: 2 },
  attempts: [],
  startedAt: Date.now(),
};
const content = { messages: [{ role: "user" as const, parts: [{ type: "text" as const, text: "hidden question" }] }] };

/** Takes what the schema takes, as a collector does. */
const collect: Handler = (request, reply) => {
  let status = 200;
  try {
    readOtlp(request.path as OtlpPath, request.json);
  } catch {
    status = 400;
  }
  reply.head(status, { "content-type": "application/json" });
  reply.end("{}");
};

describe("the exporter to a collector", () => {
  let server: TestServer;
  let handler: Handler;
  let transport: Transport;
  let exporter: OtlpExporter;
  let settings: OtlpSettings | undefined;
  let log: string[];
  const silent = () => {};

  beforeEach(async () => {
    handler = collect;
    server = await startServer((request, reply) => handler(request, reply));
    log = [];
    const logger = {
      trace: silent,
      debug: silent,
      info: silent,
      warn: (text: string) => log.push(text),
      error: silent,
    };
    transport = createTransport({ logger });
    settings = { endpoint: server.url, headers: {}, signals: ["metrics", "traces"], content: false };
    exporter = createOtlpExporter({
      transport,
      logger,
      settings: () => settings,
      server: () => undefined,
      version: "1.0.0",
      wallClock: Date.now,
      // No pauses between two tries.
      random: () => 0,
      pause: 20,
    });
  });

  afterEach(async () => {
    await exporter.close(100);
    await transport.close();
    await server.close();
  });

  const record = (count = 1) => {
    for (let turn = 0; turn < count; turn++) exporter.record(outcome, content);
  };
  const until = async (condition: () => boolean) => {
    for (let turn = 0; turn < 500 && !condition(); turn++) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.ok(condition(), log.join("\n"));
  };
  const to = (path: string): ReceivedRequest[] => server.requests.filter((request) => request.path === path);
  const told = () => to("/v1/traces").reduce((sum, request) => sum + spansOf(request.json).length, 0);

  it("tells turns in one request a signal, as the schema wants it, with the headers that are set", async () => {
    settings = { ...settings!, headers: { "x-team": "seven" } };
    record(3);
    assert.equal(server.requests.length, 0);
    await until(() => server.requests.length === 2);
    for (const path of ["/v1/metrics", "/v1/traces"] as const) {
      const [request] = to(path);
      assert.equal(request?.headers["content-type"], "application/json");
      assert.equal(request?.headers["x-team"], "seven");
      readOtlp(path, request?.json);
    }
    assert.equal(told(), 3);
    assert.deepEqual(log, []);
  });

  it("sends only the signals that are asked for", async () => {
    settings = { ...settings!, signals: ["traces"] };
    record();
    await exporter.close(1000);
    assert.deepEqual(
      server.requests.map(({ path }) => path),
      ["/v1/traces"],
    );
  });

  it("sends no texts unless it is told to", async () => {
    record();
    await until(() => server.requests.length === 2);
    assert.ok(!server.requests.some(({ body }) => body.includes("hidden")));
    settings = { ...settings!, content: true };
    record();
    await until(() => server.requests.length === 4);
    assert.match(to("/v1/traces")[1]!.body, /hidden question.*hidden answer/s);
    assert.ok(!to("/v1/metrics")[1]!.body.includes("hidden"));
    record();
    settings = { ...settings!, content: false };
    await until(() => server.requests.length === 6);
    assert.ok(!to("/v1/traces")[2]!.body.includes("hidden"));
  });

  it("records nothing while it may not send, and forgets what waits when that is taken back", async () => {
    const allowed = settings;
    settings = undefined;
    record();
    settings = allowed;
    record();
    settings = undefined;
    await new Promise((resolve) => setTimeout(resolve, 60));
    settings = allowed;
    await exporter.close(1000);
    assert.deepEqual(server.requests, []);
  });

  it("never tells one collector what was recorded for another", async () => {
    const other = await startServer(collect);
    record();
    settings = { ...settings!, endpoint: other.url };
    record();
    await exporter.close(1000);
    await other.close();
    assert.equal(server.requests.length, 0);
    assert.equal(other.requests.length, 2);
  });

  it("sends a hundred at once without waiting", async () => {
    record(250);
    await until(() => told() === 250);
    assert.deepEqual(
      to("/v1/traces").map((request) => spansOf(request.json).length),
      [100, 100, 50],
    );
  });

  for (const status of [429, 502, 503, 504]) {
    it(`asks again after ${status}, with the same bytes`, async () => {
      handler = (request, reply) => {
        if (to(request.path).length > 1) return collect(request, reply);
        reply.head(status, { "retry-after": "0" });
        reply.end();
      };
      record();
      await until(() => server.requests.length === 4);
      for (const path of ["/v1/metrics", "/v1/traces"]) assert.equal(to(path)[0]?.body, to(path)[1]?.body);
      assert.deepEqual(log, []);
    });
  }

  for (const status of [400, 401, 404, 413, 500]) {
    it(`does not ask again after ${status}, and says so once`, async () => {
      handler = (_request, reply) => {
        reply.head(status);
        reply.end();
      };
      record(250);
      await until(() => server.requests.length === 6);
      await exporter.close(1000);
      assert.equal(server.requests.length, 6);
      assert.equal(log.length, 1);
      assert.match(log[0]!, new RegExp(`status ${status}\\. Turns not told so far: 100\\.`));
    });
  }

  it("gives up after three more tries", async () => {
    settings = { ...settings!, signals: ["traces"] };
    handler = (_request, reply) => {
      reply.head(503);
      reply.end();
    };
    record();
    await until(() => log.length === 1);
    assert.equal(server.requests.length, 4);
  });

  it("says what a collector did not take, and does not send it again", async () => {
    settings = { ...settings!, signals: ["traces"] };
    handler = (_request, reply) => {
      reply.head(200, { "content-type": "application/json" });
      reply.end(JSON.stringify({ partialSuccess: { rejectedSpans: "1", errorMessage: "too old" } }));
    };
    record();
    await until(() => log.length === 1);
    assert.match(log[0]!, /too old/);
    assert.equal(server.requests.length, 1);
  });

  it("keeps a thousand turns at most while the collector does not answer", async () => {
    handler = (_request, reply) => reply.stall();
    record(100);
    await until(() => server.requests.length === 2);
    record(1001);
    assert.equal(log.length, 1);
    assert.match(log[0]!, /too many turns are waiting\. Turns not told so far: 1\./);
    handler = collect;
    await exporter.close(100);
  });

  it("closes in time although the collector does not answer", async () => {
    handler = (_request, reply) => reply.stall();
    record();
    const ticks = countTicks();
    await exporter.close(100);
    assert.ok(ticks() < 1000);
  });

  it("sends what is waiting before it closes, without pauses between tries", async () => {
    handler = (_request, reply) => {
      reply.head(503, { "retry-after": "30" });
      reply.end();
    };
    record();
    const ticks = countTicks();
    await exporter.close(5000);
    assert.equal(server.requests.length, 2);
    assert.ok(ticks() < 800);
  });

  it("is untouched by a collector that is not there", async () => {
    await server.close();
    record();
    await exporter.close(2000);
    assert.equal(log.length, 1);
    server = await startServer(collect);
  });
});

describe("runnel.openTelemetry", () => {
  const read = (value: unknown, environment = {}) => readOtlpSettings(value, environment);

  it("is off unless it names an endpoint", () => {
    for (const value of [undefined, null, {}, { endpoint: "" }, { endpoint: " ", content: true }]) {
      assert.deepEqual(read(value), { problems: [] });
    }
  });

  it("takes https, and http on this machine", () => {
    for (const endpoint of [
      "https://c.example",
      "http://127.0.0.1:4318",
      "http://localhost:4318/base/",
      "http://[::1]:1",
    ]) {
      const { settings } = read({ endpoint });
      assert.equal(settings?.endpoint, endpoint.replace(/\/$/, ""));
      assert.deepEqual(settings?.signals, ["metrics", "traces"]);
      assert.equal(settings?.content, false);
    }
  });

  it("refuses everything else, in words", () => {
    const values: Record<string, unknown>[] = [
      { endpoint: "http://c.example:4318" },
      { endpoint: "http://192.168.1.2:4318" },
      { endpoint: "c.example:4318" },
      { endpoint: "file:///etc/passwd" },
      { endpoint: "https://name:secret@c.example" },
      { endpoint: "https://c.example/?key=secret" },
      { endpoint: "https://c.example", signals: ["logs"] },
      { endpoint: "https://c.example", content: "yes" },
      { endpoint: "https://c.example", headers: { "x-key": "secret\n" } },
      { endpoint: "https://c.example", headers: { host: "other" } },
      { endpoint: "https://c.example", headers: ["secret"] },
      { endpoint: 4318 },
    ];
    for (const value of values) {
      const { settings, problems } = read(value);
      assert.equal(settings, undefined, JSON.stringify(value));
      assert.equal(problems.length, 1, JSON.stringify(value));
      assert.doesNotMatch(JSON.stringify(problems), /secret/);
    }
  });

  it("reads headers from the environment over those that are written", () => {
    const value = { endpoint: "https://c.example", headers: { "X-Team": "seven", key: "old" }, headersEnv: "KEYS" };
    const { settings } = read(value, { KEYS: " key=a%20b==, authorization = Bearer%20x ," });
    assert.deepEqual(settings?.headers, { "x-team": "seven", key: "a b==", authorization: "Bearer x" });
    assert.deepEqual(read(value).settings?.headers, { "x-team": "seven", key: "old" });
    assert.equal(read(value, { KEYS: "secret" }).settings, undefined);
  });
});
