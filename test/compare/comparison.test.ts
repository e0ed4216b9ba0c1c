/** Comparisons of models with real servers: the order, what a round measures, who is left out, and stopping. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { type ComparisonRun, planRounds, runComparison, type Slot } from "../../src/compare/comparison.ts";
import { estimateSpending } from "../../src/compare/estimate.ts";
import { figuresOf, spentOn } from "../../src/compare/figures.ts";
import { defined } from "../../src/core/defined.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { userMessage } from "../../src/core/message.ts";
import { createLedger } from "../../src/money/ledger.ts";
import { loadPrices } from "../../src/money/prices.ts";
import { createProvider } from "../../src/providers/create.ts";
import { createTransport } from "../../src/stream/transport/http.ts";
import type { Transport } from "../../src/stream/transport/transport.ts";
import type { Candidate } from "../../src/turn/candidate.ts";
import { createEndpoints } from "../../src/turn/endpoints.ts";
import { runTurn } from "../../src/turn/turn.ts";
import type { TurnEnvironment } from "../../src/turn/turn-environment.ts";
import { chatStream } from "../support/chat.ts";
import { configure } from "../support/run.ts";
import { type Handler, startServer, type TestServer } from "../support/server.ts";

describe("the plan of a comparison", () => {
  it("turns the order around from round to round", () => {
    const letters = planRounds(3, 3).map(({ place, round }) => `${"ABC"[place]}${round}`);
    assert.equal(letters.join(" "), "A0 B0 C0 C1 B1 A1 A2 B2 C2");
  });

  it("asks each model once in each round, whatever their numbers", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 1, max: 5 }), (models, rounds) => {
        const plan = planRounds(models, rounds);
        const slots = new Set(plan.map(({ place, round }) => `${place} ${round}`));
        assert.equal(plan.length, models * rounds);
        assert.equal(slots.size, models * rounds);
        assert.ok(plan.every((slot, index) => index === 0 || plan[index - 1]!.round <= slot.round));
      }),
    );
  });
});

describe("a comparison with real servers", () => {
  let server: TestServer;
  let handlers: Record<string, Handler>;
  let transport: Transport;
  let environment: TurnEnvironment;
  let heard: string[];
  let runs: ComparisonRun[];
  let abort: AbortController;

  beforeEach(async () => {
    server = await startServer((request, reply) => handlers[String(request.json.model)]!(request, reply));
    transport = createTransport({ logger: silentLogger });
    environment = {
      transport,
      ledger: createLedger(),
      logger: silentLogger,
      endpoints: createEndpoints(() => performance.now()),
      now: () => performance.now(),
      wallClock: () => Date.now(),
      random: () => 0,
    };
    heard = [];
    runs = [];
    abort = new AbortController();
  });

  afterEach(async () => {
    await transport.close();
    await server.close();
  });

  const candidate = (model: string, price?: Candidate["ownPrice"]): Candidate => ({
    provider: createProvider(configure({ id: "local", baseUrl: `${server.url}/v1` })),
    model,
    apiKey: async () => undefined,
    ...defined({ ownPrice: price }),
  });
  const compare = (models: Candidate[], rounds: number, onText: (slot: Slot) => void = () => {}): Promise<void> =>
    runComparison(
      models,
      { messages: [userMessage("Hello")] },
      {
        rounds,
        signal: abort.signal,
        ask: (one, question, options) => runTurn([one], question, options, environment),
        listener: {
          onStart: ({ place, round }) => heard.push(`start ${place} ${round}`),
          onEvent(slot, event) {
            if (event.type === "text-delta") onText(slot);
          },
          onOutcome: (run) => runs.push(run),
          onLeftOut: ({ place, round }) => heard.push(`left out ${place} ${round}`),
        },
      },
    );
  const outcomes = (place: number) => runs.filter((run) => run.place === place).map(({ outcome }) => outcome);

  it("measures, counts and books every answer, one request at a time", async () => {
    handlers = {
      a: chatStream(["one ", "two"], { usage: { prompt_tokens: 10, completion_tokens: 200 }, delayMs: 5 }),
      b: chatStream(["three"], { usage: { prompt_tokens: 12, completion_tokens: 20 }, firstDelayMs: 60 }),
    };
    await compare([candidate("a", { input: 1, output: 2, currency: "USD" }), candidate("b")], 3);
    assert.deepEqual(
      server.requests.map(({ json }) => json.model),
      ["a", "b", "b", "a", "a", "b"],
    );
    const [a, b] = [figuresOf(outcomes(0)), figuresOf(outcomes(1))];
    assert.deepEqual([a.asked, a.answered, a.retries], [3, 3, 0]);
    assert.deepEqual(a.outputTokens, { median: 200, low: 200, high: 200 });
    assert.equal(a.cost?.median, 0.00041);
    assert.equal(a.cost?.source, "computed");
    assert.ok(a.ttft && a.total && a.ttft.low <= a.ttft.median && a.ttft.median <= a.ttft.high);
    assert.ok(Math.abs(a.perThousand!.median - a.total.median * 5) < 1e-9);
    assert.ok(b.ttft!.median >= 55);
    // Twenty tokens do not tell how long a thousand take, and nobody has said what they cost.
    assert.equal(b.perThousand, undefined);
    assert.equal(b.cost, undefined);
    assert.equal(environment.ledger.spending().month.turns, 6);
    assert.ok(runs.every(({ outcome }) => outcome.purpose === "compare"));
    const spent = spentOn(runs.map(({ outcome }) => outcome));
    assert.ok(Math.abs(spent.amounts.get("USD")! - 3 * 0.00041) < 1e-12);
    assert.equal(spent.unknown, 3);
  });

  it("counts a request that had to be repeated as failed", async () => {
    let asked = 0;
    const answer = chatStream(["fine"]);
    handlers = {
      a: (request, reply) => {
        if (++asked > 1) return answer(request, reply);
        reply.head(503);
        reply.end();
      },
      b: chatStream(["fine"]),
    };
    await compare([candidate("a"), candidate("b")], 2);
    const figures = figuresOf(outcomes(0));
    assert.deepEqual([figures.asked, figures.answered, figures.retries], [3, 2, 1]);
    // What passed before the request that answered is not its time.
    assert.ok(figures.total!.high < 400, String(figures.total!.high));
  });

  it("asks nobody in another's place, and leaves out later who cannot answer", async () => {
    handlers = {
      a: (_request, reply) => {
        reply.head(404, { "content-type": "application/json" });
        reply.end(JSON.stringify({ error: { code: "model_not_found", message: "no such model" } }));
      },
      b: chatStream(["fine"]),
    };
    await compare([candidate("a"), candidate("b")], 3);
    assert.deepEqual(
      server.requests.map(({ json }) => json.model),
      ["a", "b", "b", "b"],
    );
    assert.deepEqual(
      heard.filter((line) => line.startsWith("left out")),
      ["left out 0 1", "left out 0 2"],
    );
    const figures = figuresOf(outcomes(0));
    assert.deepEqual(figures, { asked: 1, answered: 0, retries: 0 });
  });

  it("stops at once, and what a person stopped is no failure", async () => {
    handlers = {
      a: async (_request, reply) => {
        await reply.write('data: {"choices":[{"index":0,"delta":{"content":"half"}}]}\n\n');
        await reply.stall();
      },
      b: chatStream(["never asked"]),
    };
    await compare([candidate("a"), candidate("b")], 2, () => abort.abort());
    assert.equal(server.requests.length, 1);
    assert.deepEqual(heard, ["start 0 0"]);
    assert.deepEqual([runs.length, runs[0]!.outcome.kind], [1, "stopped"]);
    assert.deepEqual(figuresOf(outcomes(0)), { asked: 0, answered: 0, retries: 0 });
    await server.requests[0]!.over;
  });

  it("guesses the cost before anything is sent", async () => {
    const prices = { table: await loadPrices(), at: Date.now() };
    handlers = {};
    const models = [candidate("a", { input: 0, output: 10, currency: "USD" }), candidate("b")];
    const question = { messages: [userMessage("Hello")] };
    const guess = estimateSpending(models, { question, rounds: 3, outputTokens: 1000 }, prices);
    assert.ok(Math.abs(guess.amounts.get("USD")! - 0.03) < 1e-12);
    assert.equal(guess.unknown, 1);
    const short = estimateSpending(
      models,
      { question: { ...question, maxOutputTokens: 100 }, rounds: 1, outputTokens: 1000 },
      prices,
    );
    assert.ok(Math.abs(short.amounts.get("USD")! - 0.001) < 1e-12);
    assert.equal(server.requests.length, 0);
  });
});
