import assert from "node:assert/strict";
import fc from "fast-check";
import { defined } from "../../src/core/defined.ts";
import { AssistantError } from "../../src/core/errors.ts";
import type { TurnOutcome } from "../../src/core/outcome.ts";
import type { TokenUsage } from "../../src/core/usage.ts";
import { isTellable, type TurnRecord, tracesBody } from "../../src/telemetry/otlp.ts";
import { metricsBody } from "../../src/telemetry/otlp-metrics.ts";
import { metricsOf, type OtlpMetric, type OtlpSpan, spansOf, valuesOf } from "../support/otlp.ts";

const target = { provider: "mine", model: "gpt-5" };
const teller = { version: "1.2.3", instance: "window" };
const interval = { from: 1_800_000_000_000, to: 1_800_000_010_000 };
const server = (id: string) =>
  id === "mine" ? { preset: "openai", baseUrl: "https://api.openai.example/v1" } : undefined;

const record = (change: Partial<TurnOutcome>, content?: TurnRecord["content"]): TurnRecord => ({
  outcome: {
    kind: "completed",
    purpose: "chat",
    message: { role: "assistant", parts: [{ type: "text", text: "the answer" }] },
    target,
    timings: { total: 2500 },
    attempts: [{ target }],
    startedAt: 1_800_000_000_123.5,
    ...change,
  },
  server,
  traceId: "0123456789abcdef0123456789abcdef",
  spanId: "0123456789abcdef",
  ...defined({ content }),
});

const usage: TokenUsage = { inputTokens: 1000, outputTokens: 20, cacheReadTokens: 600, reasoningTokens: 5 };
const failure = (kind: "rate-limited" | "network") =>
  new AssistantError(kind, "The secret question is too long.", { status: 429, providerMessage: "secret question" });

const spanOf = (one: TurnRecord): OtlpSpan => spansOf(tracesBody([one], teller))[0]!;
const measured = (records: TurnRecord[], name: string): OtlpMetric | undefined =>
  metricsOf(metricsBody(records, interval, teller)).find((metric) => metric.name === name);

describe("a turn as a span", () => {
  it("is a client's call with what it took, in the conventions' names", () => {
    const span = spanOf(
      record({
        answeredBy: "gpt-5-2026",
        finishReason: "stop",
        usage,
        cost: { amount: 2, currency: "USD", source: "computed" },
        timings: { total: 2500, ttft: 400 },
        tokensPerSecond: 30.5,
      }),
    );
    assert.equal(span.name, "chat gpt-5");
    assert.equal(span.kind, 3);
    assert.equal(span.startTimeUnixNano, "1800000000123500000");
    assert.equal(span.endTimeUnixNano, "1800000002623500000");
    assert.deepEqual(span.status, {});
    assert.deepEqual(valuesOf(span), {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": "gpt-5",
      "server.address": "api.openai.example",
      "server.port": "443",
      "gen_ai.request.stream": true,
      "gen_ai.response.model": "gpt-5-2026",
      "gen_ai.response.finish_reasons": { values: [{ stringValue: "stop" }] },
      "gen_ai.response.time_to_first_chunk": 0.4,
      "gen_ai.usage.input_tokens": "1000",
      "gen_ai.usage.output_tokens": "20",
      "gen_ai.usage.cache_read.input_tokens": "600",
      "gen_ai.usage.reasoning.output_tokens": "5",
      "runnel.usage.estimated": false,
      "runnel.outcome": "completed",
      "runnel.purpose": "chat",
      "runnel.tokens_per_second": 30.5,
      "runnel.cost": 2,
      "runnel.cost.currency": "USD",
      "runnel.cost.source": "computed",
    });
  });

  it("leaves out what is unknown, and goes by the entry's id where it knows no maker", () => {
    const values = valuesOf(spanOf(record({ target: { provider: "gone", model: "m" } })));
    assert.equal(values["gen_ai.provider.name"], "gone");
    for (const name of ["server.address", "server.port", "gen_ai.usage.input_tokens", "runnel.cost"]) {
      assert.ok(!(name in values), name);
    }
  });

  it("tells of a failure its kind and never its words, and of each attempt an event", () => {
    const attempts = [
      { target, error: { kind: "network", message: "secret question" } },
      { target, error: { kind: "rate-limited", message: "secret question", status: 429 }, usage },
    ];
    const span = spanOf(
      record({ kind: "failed", error: failure("rate-limited"), attempts, timings: { total: 900, waited: 500 } }),
    );
    assert.deepEqual(span.status, { code: 2 });
    assert.equal(valuesOf(span)["error.type"], "rate-limited");
    assert.equal(valuesOf(span)["http.response.status_code"], "429");
    assert.deepEqual(
      span.events.map((event) => [event.name, event.timeUnixNano, valuesOf(event)["error.type"]]),
      [
        ["runnel.attempt.failed", "1800000000623500000", "network"],
        ["runnel.attempt.failed", "1800000000623500000", "rate-limited"],
      ],
    );
    assert.ok(!JSON.stringify(span).includes("secret"));
  });

  it("counts stopping as no error", () => {
    const span = spanOf(record({ kind: "stopped" }));
    assert.deepEqual(span.status, {});
    assert.equal(valuesOf(span)["runnel.outcome"], "stopped");
  });

  it("holds no text unless the texts are given", () => {
    assert.ok(!JSON.stringify(tracesBody([record({})], teller)).includes("the answer"));
    const content = {
      system: "be brief",
      messages: [{ role: "user" as const, parts: [{ type: "text" as const, text: "why?" }] }],
    };
    const values = valuesOf(spanOf(record({ finishReason: "stop" }, content)));
    assert.deepEqual(JSON.parse(values["gen_ai.input.messages"] as string), [
      { role: "user", parts: [{ type: "text", content: "why?" }] },
    ]);
    assert.deepEqual(JSON.parse(values["gen_ai.output.messages"] as string), [
      { role: "assistant", parts: [{ type: "text", content: "the answer" }], finish_reason: "stop" },
    ]);
    assert.deepEqual(JSON.parse(values["gen_ai.system_instructions"] as string), [
      { type: "text", content: "be brief" },
    ]);
    assert.ok(!JSON.stringify(metricsBody([record({}, content)], interval, teller)).match(/why|answer/));
  });
});

describe("turns as metrics", () => {
  it("counts durations into the buckets of the conventions, failures apart", () => {
    const records = [
      record({ timings: { total: 10, ttft: 5 } }),
      record({ timings: { total: 10.5 } }),
      record({ timings: { total: 90_000 } }),
      record({ kind: "failed", error: failure("network") }),
    ];
    const duration = measured(records, "gen_ai.client.operation.duration");
    assert.ok(duration);
    assert.equal(duration.unit, "s");
    assert.equal(duration.histogram.aggregationTemporality, 1);
    const [completed, failed] = duration.histogram.dataPoints;
    assert.ok(completed && failed);
    assert.deepEqual(
      completed.explicitBounds,
      [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
    );
    assert.deepEqual(completed.bucketCounts, "1 1 0 0 0 0 0 0 0 0 0 0 0 0 1".split(" "));
    assert.equal(completed.count, "3");
    assert.equal(completed.startTimeUnixNano, "1800000000000000000");
    assert.equal(completed.timeUnixNano, "1800000010000000000");
    assert.equal(valuesOf(failed)["error.type"], "network");
    const first = measured(records, "gen_ai.client.operation.time_to_first_chunk");
    assert.equal(first?.histogram.dataPoints[0]?.sum, 0.005);
  });

  it("counts tokens by type, estimates apart, and what failed attempts used at their own model", () => {
    const other = { provider: "mine", model: "other" };
    const records = [
      record({
        usage,
        attempts: [{ target: other, error: { kind: "network", message: "" }, usage: { inputTokens: 7 } }],
      }),
      record({ usage: { inputTokens: 3, outputTokens: 4, estimated: true } }),
    ];
    const tokens = measured(records, "gen_ai.client.token.usage");
    assert.ok(tokens);
    assert.equal(tokens.unit, "{token}");
    const told = tokens.histogram.dataPoints.map((point) => {
      const values = valuesOf(point);
      return [values["gen_ai.request.model"], values["gen_ai.token.type"], values["runnel.usage.estimated"], point.sum];
    });
    assert.deepEqual(told, [
      ["other", "input", false, 7],
      ["gpt-5", "input", false, 1000],
      ["gpt-5", "output", false, 20],
      ["gpt-5", "input", true, 3],
      ["gpt-5", "output", true, 4],
    ]);
  });

  it("adds up cost by currency and source, and none where it is unknown", () => {
    const records = [
      record({ cost: { amount: 0.5, currency: "USD", source: "computed" } }),
      record({ cost: { amount: 0.25, currency: "USD", source: "computed" } }),
      record({ cost: { amount: 100, currency: "KRW", source: "reported" } }),
    ];
    const cost = measured(records, "runnel.cost");
    assert.equal(cost?.sum.isMonotonic, true);
    assert.deepEqual(
      cost.sum.dataPoints.map((point) => [point.asDouble, valuesOf(point)["runnel.cost.currency"]]),
      [
        [0.75, "USD"],
        [100, "KRW"],
      ],
    );
    assert.equal(measured([record({})], "runnel.cost"), undefined);
  });

  it("counts every turn once, into the bucket between whose bounds it lies", () => {
    const totals = fc.array(fc.double({ min: 0, max: 200_000, noNaN: true }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(totals, (milliseconds) => {
        const records = milliseconds.map((total) => record({ timings: { total } }));
        const { explicitBounds, bucketCounts, count } = measured(records, "gen_ai.client.operation.duration")!.histogram
          .dataPoints[0]!;
        assert.equal(Number(count), milliseconds.length);
        const below = (bound: number) => milliseconds.filter((each) => each / 1000 <= bound).length;
        let cumulated = 0;
        for (const [place, bound] of explicitBounds.entries()) {
          cumulated += Number(bucketCounts[place]);
          assert.equal(cumulated, below(bound));
        }
        assert.equal(cumulated + Number(bucketCounts.at(-1)), milliseconds.length);
      }),
      { numRuns: 50 },
    );
  });
});

describe("a turn that came to no request", () => {
  it("is not told", () => {
    assert.equal(isTellable(record({ target: { provider: "", model: "" } }).outcome), false);
    assert.equal(isTellable(record({}).outcome), true);
  });
});
