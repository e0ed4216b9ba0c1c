/** What runTurn does when a server says no: ask again, ask another, or say so; always before anything is shown. */
import assert from "node:assert/strict";
import type { Notice } from "../../src/core/events.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { userMessage } from "../../src/core/message.ts";
import type { TurnOutcome } from "../../src/core/outcome.ts";
import { parseProviderConfig } from "../../src/models/config.ts";
import { createBudgetGuard } from "../../src/money/budget.ts";
import { createLedger } from "../../src/money/ledger.ts";
import { createProvider } from "../../src/providers/create.ts";
import { createTransport } from "../../src/stream/transport/http.ts";
import type { Transport } from "../../src/stream/transport/transport.ts";
import type { Candidate } from "../../src/turn/candidate.ts";
import { createEndpoints } from "../../src/turn/endpoints.ts";
import { measuresOf } from "../../src/turn/measures.ts";
import { runTurn } from "../../src/turn/turn.ts";
import type { TurnEnvironment } from "../../src/turn/turn-environment.ts";
import { chatStream, chunk, event } from "../support/chat.ts";
import { messageEvent, messageStart } from "../support/messages.ts";
import { answerEvents } from "../support/protocols.ts";
import { completed, created, textDelta } from "../support/responses.ts";
import { type Handler, startServer, type TestServer } from "../support/server.ts";
import { countTicks } from "../support/ticks.ts";

const refuse =
  (status: number, headers: Record<string, string> = {}, body = "{}"): Handler =>
  (_request, reply) => {
    reply.head(status, { "content-type": "application/json", ...headers });
    reply.end(body);
  };

describe("a turn", () => {
  let transport: Transport;
  let environment: TurnEnvironment;
  let servers: TestServer[];
  let notices: Notice[];
  let abort: AbortController;
  let text: string;

  beforeEach(() => {
    transport = createTransport({ logger: silentLogger });
    const now = () => performance.now();
    environment = {
      transport,
      ledger: createLedger(),
      logger: silentLogger,
      endpoints: createEndpoints(now),
      now,
      wallClock: Date.now,
      random: () => 0.01,
    };
    servers = [];
    notices = [];
    abort = new AbortController();
    text = "";
  });

  afterEach(async () => {
    await transport.close();
    for (const server of servers) await server.close();
  });

  /** A server that answers its requests by these handlers in turn, the last one again and again. */
  const candidate = async (id: string, handlers: Handler[], more: Record<string, unknown> = {}): Promise<Candidate> => {
    let count = 0;
    const server = await startServer((request, reply) =>
      handlers[Math.min(count++, handlers.length - 1)]!(request, reply),
    );
    servers.push(server);
    const parsed = parseProviderConfig({ id, protocol: "openai-chat", baseUrl: `${server.url}/v1`, ...more });
    assert.ok(parsed.ok);
    const price = { input: 1, output: 1, currency: "USD" };
    return { provider: createProvider(parsed.config), model: `${id}-model`, ownPrice: price, apiKey: async () => "k" };
  };
  const run = (...candidates: Candidate[]): Promise<TurnOutcome> =>
    runTurn(
      candidates,
      { messages: [userMessage("hi")] },
      {
        purpose: "chat",
        signal: abort.signal,
        onEvent(one) {
          if (one.type === "notice") notices.push(one);
          if (one.type === "text-delta") text += one.text;
        },
      },
      environment,
    );
  const codes = () => notices.map(({ code }) => code);

  it("asks again at most three times and says each time why", async () => {
    const outcome = await run(await candidate("a", [refuse(503)]));
    assert.equal(outcome.kind, "failed");
    assert.equal(outcome.error?.kind, "overloaded");
    assert.equal(servers[0]!.requests.length, 4);
    assert.equal(outcome.attempts.length, 4);
    assert.deepEqual(codes(), ["retrying", "asking", "retrying", "asking", "retrying", "asking"]);
    assert.deepEqual(
      notices.map(({ count }) => count).filter((count) => count !== undefined),
      [1, 2, 3],
    );
    assert.equal(notices[0]?.error?.kind, "overloaded");
  });

  it("gets through when the server comes back, and measures the request that answered", async () => {
    const outcome = await run(
      await candidate("a", [refuse(500), refuse(429, { "retry-after": "0.05" }), chatStream(["fine"])]),
    );
    assert.equal(outcome.kind, "completed");
    assert.equal(text, "fine");
    assert.deepEqual(
      outcome.attempts.map(({ error }) => error?.status),
      [500, 429, undefined],
    );
    assert.ok(outcome.timings.waited! >= 50);
    assert.ok(outcome.timings.ttft! <= outcome.timings.total - outcome.timings.waited! + 1);
  });

  it("waits no shorter than the server asks, and not at all when it asks for more than a minute", async () => {
    const begin = performance.now();
    await run(await candidate("a", [refuse(429, { "retry-after-ms": "120" }), chatStream(["ok"])]));
    assert.ok(performance.now() - begin >= 120);
    const outcome = await run(await candidate("b", [refuse(429, { "retry-after": "3600" })]));
    assert.equal(servers[1]!.requests.length, 1);
    assert.equal(outcome.error?.details.seconds, 3600);
  });

  it("never asks again for spent credit, a wrong key or a wrong request", async () => {
    const quota = JSON.stringify({ error: { code: "insufficient_quota", message: "You exceeded your current quota" } });
    for (const handler of [
      refuse(402),
      refuse(429, {}, quota),
      refuse(401),
      refuse(400),
      refuse(500, { "x-should-retry": "false" }),
    ]) {
      await run(await candidate("a", [handler]));
      assert.equal(servers.at(-1)!.requests.length, 1);
    }
  });

  it("treats an error inside a successful answer like its status, before anything was shown", async () => {
    const inside: Handler = (_request, reply) =>
      reply.end(event({ error: { message: "Overloaded", type: "overloaded_error" } }));
    const outcome = await run(await candidate("a", [inside, chatStream(["ok"])]));
    assert.equal(outcome.kind, "completed");
    assert.equal(servers[0]!.requests.length, 2);
  });

  it("asks nobody again once something was shown", async () => {
    const cut: Handler = async (_request, reply) => {
      await reply.write(chunk({ content: "half" }));
      reply.reset();
    };
    const outcome = await run(await candidate("a", [cut]), await candidate("b", [chatStream(["other"])]));
    assert.equal(outcome.kind, "incomplete");
    assert.equal(text, "half");
    assert.equal(servers[0]!.requests.length, 1);
    assert.equal(servers[1]!.requests.length, 0);
  });

  it("fails over to the next model, names it, books the cost to it and leaves the first one out for a while", async () => {
    const first = await candidate("a", [refuse(503)]);
    const second = await candidate("b", [
      chatStream(["from b"], { usage: { prompt_tokens: 5, completion_tokens: 5 } }),
    ]);
    const outcome = await run(first, second);
    assert.equal(outcome.kind, "completed");
    assert.deepEqual(outcome.target, { provider: "b", model: "b-model" });
    assert.ok(outcome.cost);
    assert.deepEqual(codes(), ["retrying", "asking", "failed-over"]);
    assert.deepEqual(notices[2]?.target, { provider: "a", model: "a-model" });
    assert.equal(servers[0]!.requests.length, 2);
    notices = [];
    await run(first, second);
    // Who does not answer this time, and why, is told again.
    assert.deepEqual(codes(), ["left-out"]);
    assert.equal(notices[0]?.error?.kind, "overloaded");
    assert.ok(notices[0]!.seconds! > 0 && notices[0]!.seconds! <= 60);
    assert.equal(servers[0]!.requests.length, 2);
    assert.equal(servers[1]!.requests.length, 2);
    // Alone it is asked although it cools down.
    await run(first);
    assert.ok(servers[0]!.requests.length > 2);
  });

  it("is priced by the model that answered in the end, where a router chose it", async () => {
    const routed: Handler = (_request, reply) =>
      reply.end(
        chunk({ content: "o" }, { id: "1", model: "gpt-4.1" }) +
          chunk({ content: "k" }, { id: "2", model: "gpt-4.1-mini" }) +
          chunk({}, { id: "3", model: "", finish_reason: "stop" }) +
          event({ model: "", choices: [], usage: { prompt_tokens: 1_000_000, completion_tokens: 0 } }),
      );
    const { ownPrice: _, ...router } = await candidate("a", [routed]);
    const outcome = await run({ ...router, model: "auto" });
    assert.equal(text, "ok");
    assert.equal(outcome.answeredBy, "gpt-4.1-mini");
    assert.equal(outcome.cost?.amount, 0.4);
  });

  it("leaves no model out for longer than an hour, whatever its server says", async () => {
    const first = await candidate("a", [refuse(503, { "retry-after": "9".repeat(11) })]);
    const second = await candidate("b", [chatStream(["from b"])]);
    await run(first, second);
    notices = [];
    await run(first, second);
    assert.deepEqual(codes(), ["left-out"]);
    assert.ok(notices[0]!.seconds! <= 3600);
  });

  it("logs why an attempt failed without a word of the server, who may repeat the question", async () => {
    const lines: string[] = [];
    const keep = (line: string) => void lines.push(line);
    environment = { ...environment, logger: { ...silentLogger, debug: keep, info: keep, warn: keep, error: keep } };
    const body = JSON.stringify({ error: { message: "Input should be valid, input_value='hi'" } });
    const outcome = await run(await candidate("a", [refuse(422, {}, body)]));
    assert.match(outcome.error?.details.providerMessage ?? "", /input_value/);
    assert.ok(lines.some((line) => line.includes("bad-request 422 127.0.0.1")));
    assert.ok(lines.every((line) => !line.includes("input_value")));
  });

  it("does not fail over for a fault of the question itself", async () => {
    const long = refuse(
      400,
      {},
      JSON.stringify({ error: { message: "maximum context length exceeded", code: "context_length_exceeded" } }),
    );
    const outcome = await run(await candidate("a", [long]), await candidate("b", [chatStream(["b"])]));
    assert.equal(outcome.error?.kind, "context-too-long");
    assert.equal(servers[1]!.requests.length, 0);
  });

  it("stops at once in a pause between two tries", async () => {
    const running = run(await candidate("a", [refuse(429, { "retry-after": "30" })]));
    while (notices.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const ticks = countTicks();
    abort.abort();
    const outcome = await running;
    assert.equal(outcome.kind, "stopped");
    assert.equal(outcome.error, undefined);
    assert.ok(ticks() < 200);
  });

  it("lets no more requests go at once than the settings allow, and says that it waits", async () => {
    let open = 0;
    let most = 0;
    const slow: Handler = async (request, reply) => {
      most = Math.max(most, ++open);
      await reply.wait(20);
      open--;
      await chatStream(["ok"])(request, reply);
    };
    const one = await candidate("a", [slow], { rateLimit: { concurrent: 2 } });
    const outcomes = await Promise.all([1, 2, 3, 4, 5].map(() => run(one)));
    assert.ok(outcomes.every(({ kind }) => kind === "completed"));
    assert.equal(most, 2);
    assert.equal(codes().filter((code) => code === "waiting-for-slot").length, 3);
    assert.equal(codes().filter((code) => code === "asking").length, 3);
  });

  it("waits for a slot as long as the settings say", async () => {
    const stalling: Handler = async (_request, reply) => reply.stall();
    const one = await candidate("a", [stalling], { rateLimit: { concurrent: 1, wait: 0.05 } });
    const first = run(one);
    while (servers[0]!.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const outcome = await run(one);
    assert.equal(outcome.error?.details.reason, "own-limit");
    assert.equal(notices.at(-1)?.seconds, 0.05);
    abort.abort();
    await first;
  });

  it("says so when it waits because another was told to", async () => {
    const one = await candidate("a", [refuse(429, { "retry-after-ms": "300" }), chatStream(["ok"])]);
    const first = run(one);
    while (notices.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const outcome = await run(one);
    assert.equal(outcome.kind, "completed");
    await first;
    assert.deepEqual(codes(), ["retrying", "waiting-for-server", "asking", "asking"]);
    assert.ok(notices[1]!.seconds! > 0 && notices[1]!.seconds! <= 0.4);
  });

  it("asks again after a lost connection, but after a long silence only another, because the first may be at work", async () => {
    const lost: Handler = (_request, reply) => reply.reset();
    assert.equal((await run(await candidate("a", [lost, chatStream(["ok"])]))).kind, "completed");
    const silent: Handler = async (_request, reply) => reply.stall();
    const timeouts = { firstToken: 0.1 };
    const outcome = await run(await candidate("b", [silent], { timeouts }));
    assert.equal(outcome.error?.kind, "first-token-timeout");
    assert.equal(servers[1]!.requests.length, 1);
    const helped = await run(await candidate("c", [silent], { timeouts }), await candidate("d", [chatStream(["ok"])]));
    assert.equal(helped.target.provider, "d");
    assert.equal(servers[2]!.requests.length, 1);
  });

  it("reads on where a provider goes on with the answer, and does not order a second one", async () => {
    const begun = created({ background: true }, { sequence_number: 0 });
    const asked = await candidate(
      "a",
      [
        async (_request, reply) => {
          await reply.write(begun);
          await reply.wait(20);
          reply.reset();
        },
        (_request, reply) => reply.end(textDelta(0, "fine", { sequence_number: 1 }) + completed()),
      ],
      { protocol: "openai-responses", background: true },
    );
    assert.equal((await run(asked)).kind, "completed");
    assert.equal(text, "fine");
    assert.deepEqual(
      servers[0]!.requests.map(({ method }) => method),
      ["POST", "GET"],
    );
  });

  it("does as the server says about asking again, but for an empty account", async () => {
    const asked = async (status: number, shouldRetry: string): Promise<number> => {
      await run(await candidate("a", [refuse(status, { "x-should-retry": shouldRetry }), chatStream(["ok"])]));
      return servers.at(-1)!.requests.length;
    };
    assert.equal(await asked(409, "true"), 2);
    assert.equal(await asked(503, "false"), 1);
    assert.equal(await asked(429, "false"), 1);
    assert.equal(await asked(402, "true"), 1);
  });

  for (const [how, handler] of Object.entries({
    "an error inside a success": (_request, reply) =>
      reply.end(event({ error: { message: "You exceeded your current quota", code: "insufficient_quota" } })),
    "a wait of more than a minute": refuse(503, { "retry-after": "300" }),
  } satisfies Record<string, Handler>)) {
    it(`asks nobody again after ${how} that waiting does not mend`, async () => {
      const outcome = await run(await candidate("a", [handler]));
      assert.equal(servers[0]!.requests.length, 1);
      assert.equal(outcome.kind, "failed");
    });
  }

  it("books once what an attempt reported before it failed, to the model that reported it", async () => {
    const begun: Handler = (_request, reply) =>
      reply.end(
        messageStart({ input_tokens: 2_000_000, output_tokens: 1 }) +
          messageEvent("error", { error: { type: "overloaded_error", message: "Overloaded" } }),
      );
    const answered = answerEvents("anthropic", ["ok"]).join("");
    const one = await candidate("a", [begun, (_request, reply) => reply.end(answered)], { protocol: "anthropic" });
    const outcome = await run(one);
    assert.equal(outcome.kind, "completed");
    const [failed, last] = outcome.attempts;
    assert.deepEqual(failed?.usage, { inputTokens: 2_000_000 });
    assert.equal(failed?.cost?.amount, 2);
    assert.equal(failed?.cost?.source, "estimated");
    assert.equal(last?.usage, undefined);
    assert.deepEqual(outcome.usage, { inputTokens: 3, outputTokens: 4 });
    assert.equal(environment.ledger.spending().today.amounts.get("USD"), 2 + 7 / 1e6);
    assert.equal(measuresOf(outcome).cost?.amount, 2 + 7 / 1e6);
  });

  it("takes counts from the middle of an answer for no more than an estimate", async () => {
    const usage = (completion_tokens: number) => ({ usage: { prompt_tokens: 7, completion_tokens } });
    const cut: Handler = async (_request, reply) => {
      await reply.write(
        chunk({ content: "some words " }, usage(1)) + chunk({ content: "that were counted by nobody" }),
      );
      reply.reset();
    };
    const outcome = await run(await candidate("a", [cut]));
    assert.equal(outcome.kind, "incomplete");
    assert.deepEqual(outcome.usage, { inputTokens: 7, outputTokens: 10, estimated: true });
    assert.equal(outcome.cost?.source, "estimated");
    const ahead: Handler = async (_request, reply) => {
      await reply.write(chunk({ content: "some words" }, usage(50)));
      reply.reset();
    };
    assert.equal((await run(await candidate("b", [ahead]))).usage?.outputTokens, 50);
    const whole = await run(await candidate("c", [chatStream(["some words"], usage(1))]));
    assert.deepEqual(whole.usage, { inputTokens: 7, outputTokens: 1 });
  });

  it("counts as of unknown cost what was sent and may be at work, not what was turned down or never left", async () => {
    const silent: Handler = async (_request, reply) => reply.stall();
    const unknown = () => environment.ledger.spending().today.unknown;
    await run(await candidate("a", [refuse(503, { "retry-after": "300" })]));
    await run(await candidate("b", [refuse(401)]));
    await run(await candidate("c", [chatStream(["ok"])], { baseUrl: "http://127.0.0.1:1/v1", needsKey: false }));
    assert.equal(unknown(), 0);
    const timedOut = await run(await candidate("d", [silent], { timeouts: { firstToken: 0.1 } }));
    assert.equal(timedOut.kind, "failed");
    assert.deepEqual(timedOut.usage, {});
    assert.equal(unknown(), 1);
    await run(await candidate("e", [silent], { timeouts: { firstToken: 0.1 } }), await candidate("f", [refuse(401)]));
    assert.equal(unknown(), 2, "also where the next model was asked");
    const running = run(await candidate("g", [silent]));
    while (servers.at(-1)!.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    abort.abort();
    assert.deepEqual((await running).usage, {});
    assert.equal(unknown(), 3);
    await run(await candidate("h", [silent]));
    assert.equal(unknown(), 3, "stopped before it was sent");
  });

  it("sends nothing once the budget is used up, asks no other model, and books no turn", async () => {
    let limit = 5;
    environment.budget = createBudgetGuard(environment.ledger, () => ({
      daily: limit,
      currency: "USD",
      onExceeded: "block",
    }));
    const usage = { prompt_tokens: 4_000_000, completion_tokens: 0 };
    const one = await candidate("a", [chatStream(["ok"], { usage })]);
    const other = await candidate("b", [chatStream(["ok"])]);
    assert.equal((await run(one)).cost?.amount, 4);
    assert.equal((await run(one)).kind, "completed");
    assert.deepEqual(codes(), ["budget"]);
    const blocked = await run(one, other);
    assert.equal(blocked.kind, "failed");
    assert.equal(blocked.error?.details.reason, "budget");
    assert.equal(blocked.cost, undefined);
    assert.deepEqual(
      servers.map(({ requests }) => requests.length),
      [2, 0],
    );
    assert.equal(environment.ledger.spending().today.turns, 2);
    const free = { ...other, ownPrice: { input: 0, output: 0, currency: "USD" } };
    assert.equal((await run(free)).kind, "completed");
    limit = 100;
    assert.equal((await run(one)).kind, "completed");
  });

  it("lets eight turns at once overshoot a budget by no more than one of them", async () => {
    environment.budget = createBudgetGuard(environment.ledger, () => ({
      ...{ daily: 2, currency: "USD", onExceeded: "block" },
    }));
    const usage = { prompt_tokens: 1000, completion_tokens: 1_000_000 };
    const one = await candidate("a", [chatStream(["ok"], { usage, firstDelayMs: 100 })]);
    const question = { messages: [userMessage("hi")], maxOutputTokens: 1_000_000 };
    const ask = () =>
      runTurn([one], question, { purpose: "chat", signal: abort.signal, onEvent: () => {} }, environment);
    const outcomes = await Promise.all(Array.from({ length: 8 }, ask));
    const answered = outcomes.filter(({ kind }) => kind === "completed");
    assert.equal(answered.length, 2);
    assert.ok(outcomes.every(({ error }) => error === undefined || error.details.budget?.held !== undefined));
    assert.equal(servers[0]!.requests.length, 2);
    assert.equal((await ask()).error?.details.budget?.held, undefined, "now it is spent, not held");
  });

  it("tells a defect of our own from a fault of the provider, and still ends in one outcome", async () => {
    const one = await candidate("a", [chatStream(["ok"])]);
    const outcome = await runTurn(
      [one],
      { messages: [userMessage("hi")] },
      {
        purpose: "chat",
        signal: abort.signal,
        onEvent(happened) {
          if (happened.type === "text-delta") throw new TypeError("a listener broke");
        },
      },
      environment,
    );
    assert.equal(outcome.error?.details.reason, "internal");
    assert.equal(environment.ledger.spending().today.turns, 1);
  });
});
