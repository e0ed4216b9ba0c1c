/** Numbers that servers, lists and settings name and that cannot be right: unknown, said once, and never the end of a turn. */
import assert from "node:assert/strict";
import type { Notice } from "../../src/core/events.ts";
import {
  MOST_TOKENS,
  NumberCheck,
  readCost,
  readNumber,
  readPrice,
  readTokens,
} from "../../src/core/foreign-number.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { userMessage } from "../../src/core/message.ts";
import { parseProviderConfig } from "../../src/models/config.ts";
import { createBudgetGuard } from "../../src/money/budget.ts";
import { costOf } from "../../src/money/cost.ts";
import { createLedger } from "../../src/money/ledger.ts";
import { toPicos } from "../../src/money/money.ts";
import { createProvider } from "../../src/providers/create.ts";
import { parseModels } from "../../src/providers/provider/models.ts";
import { createTransport } from "../../src/stream/transport/http.ts";
import type { Transport } from "../../src/stream/transport/transport.ts";
import type { Candidate } from "../../src/turn/candidate.ts";
import { createEndpoints } from "../../src/turn/endpoints.ts";
import { addMeasures, restOf } from "../../src/turn/measures.ts";
import { runTurn } from "../../src/turn/turn.ts";
import type { TurnEnvironment } from "../../src/turn/turn-environment.ts";
import { type DecodedProtocol, decodePieces } from "../support/decode.ts";
import { startServer, type TestServer } from "../support/server.ts";

const noNumber: unknown[] = [
  ...["", " ", "  ", "\t\n", "\u00a0", "0x10", "0b1", "0o7", "1,5", "1.5.1", "1_000", "Infinity", "-Infinity", "NaN"],
  ...["1e303", "1e999", "-1", "-0.1", "--1", "+1", "$1", "1 USD", "１", "1e", ".", "e5", "true", "null", "[1]"],
  ...[true, false, [], [1], {}, { valueOf: 1 }, [[1]], -1, -1e-9, 1e290, 1e303, 1e12, Number.NaN],
  ...[Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.MAX_VALUE, "9".repeat(400), 10n, Symbol.iterator],
];

describe("numbers from outside", () => {
  it("are finite, not negative and plausible, or unknown; never zero", () => {
    for (const value of [...noNumber, undefined, null]) {
      for (const read of [readTokens, readCost, readPrice])
        assert.equal(read(value), undefined, `${read.name} ${String(value)}`);
    }
    for (const value of [0, "0", "0.0", -0]) assert.ok(Object.is(readNumber(value, 1), 0), String(value));
    assert.deepEqual(["12", " 7 ", "1e3", 5].map(readTokens), [12, 7, 1000, 5]);
    assert.deepEqual([1.5, "2.5", MOST_TOKENS + 1].map(readTokens), [undefined, undefined, undefined]);
    assert.equal(readCost("0.00000015"), 0.00000015);
    assert.equal(readCost(20_000_000, "KRW"), 20_000_000);
    assert.equal(readCost(20_000_000), undefined);
  });

  it("are noticed when they are there and wrong, once for each kind", () => {
    const check = new NumberCheck();
    check.tokens(null);
    check.cost(undefined);
    assert.equal(check.news(), undefined);
    check.tokens(-1);
    assert.deepEqual(check.news(), ["tokens"]);
    check.tokens(-2);
    assert.equal(check.news(), undefined);
    check.cost("1e290");
    assert.deepEqual(check.news(), ["tokens", "cost"]);
  });

  const usageBodies: Record<string, (count: unknown) => string> = {
    "openai-chat": (count) =>
      `data: ${JSON.stringify({ choices: [{ delta: { content: "Hi" }, finish_reason: "stop" }], usage: { prompt_tokens: count, completion_tokens: 5 } })}\n\ndata: [DONE]\n\n`,
    ollama: (count) =>
      `${JSON.stringify({ message: { content: "Hi" }, done: true, done_reason: "stop", prompt_eval_count: count, eval_count: 5 })}\n`,
    "chat-stream": (count) =>
      `data: {"type":"token","value":"Hi"}\n\ndata: ${JSON.stringify({ type: "done", total_tokens: count })}\n\n`,
    gemini: (count) =>
      `data: ${JSON.stringify({ candidates: [{ content: { parts: [{ text: "Hi" }] }, finishReason: "STOP" }], usageMetadata: { promptTokenCount: count, candidatesTokenCount: 5 } })}\n\n`,
    anthropic: (count) =>
      [
        { type: "message_start", message: { usage: { input_tokens: count, output_tokens: 1 } } },
        { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
        { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hi" } },
        { type: "content_block_stop", index: 0 },
        { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 5 } },
        { type: "message_stop" },
      ]
        .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
        .join(""),
    "openai-responses": (count) =>
      [
        { type: "response.output_text.delta", delta: "Hi", item_id: "a", output_index: 0, content_index: 0 },
        {
          type: "response.completed",
          response: { status: "completed", usage: { input_tokens: count, output_tokens: 5 } },
        },
      ]
        .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
        .join(""),
  };
  for (const [protocol, body] of Object.entries(usageBodies)) {
    it(`leave ${protocol} with an answer, an unknown count and one notice`, () => {
      for (const value of noNumber) {
        if (
          typeof value === "bigint" ||
          typeof value === "symbol" ||
          (typeof value === "number" && !Number.isFinite(value)) ||
          value === null
        )
          continue;
        const { text, usage, notices } = decodePieces([Buffer.from(body(value))], protocol as DecodedProtocol);
        assert.equal(text, "Hi");
        const counted = protocol === "chat-stream" ? usage?.outputTokens : usage?.inputTokens;
        assert.equal(counted, undefined, JSON.stringify(value));
        assert.deepEqual(
          notices.filter(({ code }) => code === "implausible-numbers").map(({ detail }) => detail),
          ["tokens"],
          JSON.stringify(value),
        );
      }
    });
  }

  it("leave a model of a list without a price, and the list whole", () => {
    for (const value of noNumber) {
      if (typeof value === "bigint" || typeof value === "symbol") continue;
      const [model] = parseModels({ data: [{ id: "m", pricing: { prompt: value, completion: "0.000002" } }] });
      assert.equal(model?.id, "m");
      assert.equal(model?.price, undefined, String(value));
    }
    const one = (pricing: unknown) => parseModels([{ id: "m", pricing }])[0]!;
    assert.deepEqual(one({ prompt: "-1", completion: "-1" }), { id: "m" }, "depends on the model: nothing is wrong");
    assert.equal(one({ prompt: "1e303", completion: "1" }).unreadablePrice, true);
    assert.equal(one({ prompt: "  ", completion: "0.000001" }).unreadablePrice, true);
    assert.deepEqual(one({ prompt: "0.000001", completion: "0.000002", input_cache_read: "" }).price, {
      ...{ input: 1, output: 2, currency: "USD" },
    });
    assert.equal(one({ prompt: 1e-6, completion: 1e-6, input_cache_read: 1e290 }).price, undefined);
    assert.deepEqual(parseModels([{ id: "m", context_length: "0x10", max_output_tokens: 1e300 }]), [{ id: "m" }]);
  });

  it("are refused in settings with the bounds", () => {
    for (const price of [
      { input: 1e303, output: 1 },
      { input: 1, output: Number.POSITIVE_INFINITY },
      { input: "  ", output: 1 },
      { input: -1, output: 1 },
    ]) {
      const parsed = parseProviderConfig({ preset: "openai", models: [{ id: "m", price }] });
      assert.equal(parsed.ok, false, JSON.stringify(price));
    }
    const parsed = parseProviderConfig({ preset: "openai", models: [{ id: "m", contextWindow: 1.5 }] });
    assert.ok(!parsed.ok && parsed.problems[0]?.code === "whole-number");
  });

  it("make no cost of what is too much only together, and no exception", () => {
    const known = (input: number) => ({ price: { input, output: input, currency: "USD" }, origin: "own" as const });
    const usage = { inputTokens: MOST_TOKENS, outputTokens: MOST_TOKENS };
    assert.equal(costOf({ usage, known: known(10_000) }), undefined);
    for (const bad of [1e303, Number.NaN, Number.POSITIVE_INFINITY, -1])
      assert.equal(costOf({ usage: { inputTokens: 1, outputTokens: 1 }, known: known(bad) }), undefined);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, -5, 1e300])
      assert.equal(costOf({ usage: { inputTokens: bad, outputTokens: 1 }, known: known(1) }), undefined);
    for (const amount of [1e290, Number.NaN, -1])
      assert.equal(costOf({ usage: {}, known: undefined, reported: { amount, currency: "USD" } }), undefined);
    assert.throws(() => toPicos(Number.POSITIVE_INFINITY), RangeError);
  });

  it("of a kept conversation do not break a continuation", () => {
    const cost = { amount: Number("NaN"), currency: "USD", source: "reported" as const };
    const whole = { usage: { inputTokens: 5, outputTokens: 6 }, cost: { ...cost, amount: 2 } };
    const before = { usage: { inputTokens: "x" as unknown as number }, cost };
    assert.deepEqual(restOf(whole, before), { ...whole, usage: whole.usage });
    const measures = { target: { provider: "p", model: "m" }, usage: {}, cost, timings: { total: 1, ttft: 1 } };
    assert.equal(addMeasures(measures, { ...measures, cost: { ...cost, amount: 1 } }).cost, undefined);
  });
});

describe("a turn with hostile numbers", () => {
  let transport: Transport;
  let server: TestServer;
  let notices: Notice[];
  const usageChunk = (usage: unknown) =>
    `data: ${JSON.stringify({ choices: [{ delta: { content: "Hi" }, finish_reason: "stop" }] })}\n\ndata: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`;
  let usage: unknown;

  const environmentOf = (more: Partial<TurnEnvironment> = {}): TurnEnvironment => ({
    ...{ transport, ledger: createLedger(), logger: silentLogger, endpoints: createEndpoints(() => performance.now()) },
    ...{ now: () => performance.now(), wallClock: Date.now, random: () => 0 },
    ...more,
  });
  const candidate = (more: Partial<Candidate> = {}): Candidate => {
    const entry = { id: "a", preset: "litellm", protocol: "openai-chat", baseUrl: `${server.url}/v1` };
    const parsed = parseProviderConfig(entry);
    assert.ok(parsed.ok);
    return { provider: createProvider(parsed.config), model: "m", apiKey: async () => "k", ...more };
  };
  const run = (environment: TurnEnvironment, one = candidate(), onEvent?: () => void) =>
    runTurn(
      [one],
      { messages: [userMessage("hi")] },
      {
        purpose: "chat",
        signal: new AbortController().signal,
        onEvent(event) {
          if (event.type === "notice") notices.push(event);
          onEvent?.();
        },
      },
      environment,
    );

  beforeEach(async () => {
    transport = createTransport({ logger: silentLogger });
    notices = [];
    usage = { prompt_tokens: 10, completion_tokens: 5, cost: 0.5 };
    server = await startServer((_request, reply) => {
      reply.head(200, { "content-type": "text/event-stream" });
      reply.end(usageChunk(usage));
    });
  });
  afterEach(async () => {
    await transport.close();
    await server.close();
  });

  it("books no reported cost beyond reason, so that the budget stays open, and says it once", async () => {
    const ledger = createLedger();
    const budget = createBudgetGuard(ledger, () => ({ monthly: 100, currency: "USD", onExceeded: "block" }));
    const environment = environmentOf({ ledger, budget });
    for (const cost of [1e290, "1e303", -5, "  ", true, [1], { total_cost: 1e12 }, "0x10"]) {
      usage = { prompt_tokens: 10, completion_tokens: 5, cost };
      const outcome = await run(environment);
      assert.equal(outcome.kind, "completed", JSON.stringify(cost));
      assert.equal(outcome.cost, undefined, JSON.stringify(cost));
    }
    assert.deepEqual([...ledger.spending().month.amounts], []);
    assert.equal(ledger.spending().month.unknown, 8);
    assert.equal(notices.filter(({ code }) => code === "implausible-numbers").length, 1);
    usage = { prompt_tokens: 10, completion_tokens: 5, cost: 0.5 };
    assert.equal((await run(environment)).cost?.amount, 0.5);
  });

  it("answers at a price that breaks arithmetic, with an unknown cost", async () => {
    usage = { prompt_tokens: 10, completion_tokens: 5 };
    for (const input of [1e303, Number.POSITIVE_INFINITY, Number.NaN, -1]) {
      const endpointPrice = { input, output: 1, currency: "USD" };
      const budget = createBudgetGuard(createLedger(), () => ({ daily: 1, currency: "USD", onExceeded: "block" }));
      for (const environment of [environmentOf(), environmentOf({ budget })]) {
        const outcome = await run(environment, candidate({ endpointPrice }));
        assert.equal(outcome.kind, "completed", String(input));
        assert.equal(outcome.cost, undefined);
      }
    }
    const environment = environmentOf();
    await run(environment, candidate({ unreadablePrice: true }));
    await run(environment, candidate({ unreadablePrice: true }));
    assert.equal(notices.filter(({ detail }) => detail === "price").length, 1);
  });

  it("never rejects, whatever throws around it, and keeps the answer", async () => {
    const fail = (): never => {
      throw new Error("a defect");
    };
    const ledger = createLedger();
    const broken: Partial<TurnEnvironment>[] = [
      { prices: fail },
      { prices: () => Promise.reject(new Error("a defect")) },
      { prices: async () => null as never },
      { ledger: { ...ledger, record: fail } },
      { ledger: { ...ledger, record: () => Promise.reject(Object.create(null)) } },
      { budget: { begin: () => ({ check: async () => [], end: fail }) } },
      { budget: { begin: () => ({ check: async () => [], end: () => Promise.reject("x") }) } },
      { onOutcome: fail },
    ];
    for (const [index, more] of broken.entries()) {
      const outcome = await run(environmentOf(more));
      assert.equal(outcome.kind, "completed", `${index}`);
      assert.deepEqual(outcome.message.parts, [{ type: "text", text: "Hi" }]);
    }
    const failing: Partial<TurnEnvironment>[] = [
      { budget: { begin: fail } },
      { budget: { begin: () => ({ check: fail, end: async () => {} }) } },
      { endpoints: { ...createEndpoints(() => 0), cooling: fail } },
      { endpoints: { ...createEndpoints(() => 0), gate: fail } },
    ];
    for (const [index, more] of failing.entries()) {
      const outcome = await run(environmentOf(more));
      assert.equal(outcome.kind, "failed", `${index}`);
      assert.equal(outcome.error?.details.reason, "internal");
    }
    const deaf = await run(environmentOf(), candidate(), fail);
    assert.equal(deaf.error?.details.reason, "internal");
    const nobody = await run(environmentOf(), { ...candidate(), provider: undefined as never });
    assert.equal(nobody.kind, "failed");
  });

  it("survives a ledger that was written with a cost beyond reason", async () => {
    const ledger = createLedger();
    const entry = {
      v: 1,
      id: "old",
      time: Date.now(),
      provider: "p",
      model: "m",
      purpose: "chat",
      outcome: "completed",
    };
    const cost = { amount: 1e290, currency: "USD", source: "reported" };
    assert.equal((await ledger.import(JSON.stringify([{ ...entry, usage: { inputTokens: 3 }, cost }]))).added, 1);
    assert.deepEqual([...ledger.spending().month.amounts], []);
    assert.equal(ledger.spending().month.unknown, 1);
  });
});
