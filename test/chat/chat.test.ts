import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Chat } from "../../src/chat/chat.ts";
import type { ConversationRecord } from "../../src/chat/conversation-log.ts";
import { type ConversationStore, createConversationStore } from "../../src/chat/conversation-store.ts";
import { bookLostTurns } from "../../src/chat/lost-turns.ts";
import { defined } from "../../src/core/defined.ts";
import { AssistantError } from "../../src/core/errors.ts";
import type { StreamEvent } from "../../src/core/events.ts";
import { silentLogger } from "../../src/core/logger.ts";
import type { TurnOutcome } from "../../src/core/outcome.ts";
import { parseProviderConfig } from "../../src/models/config.ts";
import { createLedger } from "../../src/money/ledger.ts";
import { createProvider } from "../../src/providers/create.ts";
import { createTransport } from "../../src/stream/transport/http.ts";
import type { Transport } from "../../src/stream/transport/transport.ts";
import type { Candidate } from "../../src/turn/candidate.ts";
import { createEndpoints } from "../../src/turn/endpoints.ts";
import type { TurnEnvironment } from "../../src/turn/turn-environment.ts";
import { chatStream, chunk } from "../support/chat.ts";
import { type Handler, startServer, type TestServer } from "../support/server.ts";

describe("a chat with a real server", () => {
  let folder: string;
  let store: ConversationStore;
  let transport: Transport;
  let server: TestServer;
  let handler: Handler;
  let records: ConversationRecord[];
  let events: StreamEvent[];
  let outcomes: TurnOutcome[];
  let environment: TurnEnvironment;
  let chat: Chat;
  let candidates: () => Candidate[];
  let count: number;
  let contextWindow: number | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "runnel-"));
    store = createConversationStore(folder, silentLogger);
    transport = createTransport({ logger: silentLogger });
    server = await startServer((request, reply) => handler(request, reply));
    environment = {
      transport,
      ledger: createLedger(),
      logger: silentLogger,
      now: () => performance.now(),
      wallClock: () => Date.now(),
      random: () => 0,
      endpoints: createEndpoints(() => performance.now()),
    };
    records = [];
    events = [];
    outcomes = [];
    count = 0;
    contextWindow = undefined;
    const parsed = parseProviderConfig({ id: "test", protocol: "openai-chat", baseUrl: `${server.url}/v1` });
    assert.ok(parsed.ok);
    const provider = createProvider(parsed.config);
    const price = { input: 1, output: 2, currency: "USD" };
    candidates = () => [{ provider, model: "m", ownPrice: price, apiKey: async () => "secret-key" }];
    chat = new Chat({
      store,
      environment,
      newId: () => `id-${++count}`,
      setup: () => ({
        candidates: candidates(),
        system: "Be brief.",
        ...defined({ contextWindow }),
      }),
      listener: {
        onRecord: (record) => records.push(record),
        onEvent: (event) => events.push(event),
        onTurnStart: () => {},
        onOutcome: (outcome) => outcomes.push(outcome),
      },
    });
  });

  afterEach(async () => {
    await chat.stop();
    await transport.close();
    await server.close();
    await store.flush();
    await rm(folder, { recursive: true, force: true });
  });

  const last = () => chat.conversation.messages.at(-1)!;
  const half: Handler = async (_request, reply) => {
    await reply.write(chunk({ content: "half of it" }));
    await reply.stall();
  };
  const until = async (reached: () => boolean) => {
    while (!reached()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const told = (index: number) => server.requests[index]!.json.messages!.map(({ role, content }) => [role, content]);

  it("streams an answer, measures it and prices the tokens that the server reported", async () => {
    handler = (_request, reply) =>
      chatStream(["안녕", "하세요 ", "👋🏽"], { usage: { prompt_tokens: 100, completion_tokens: 50 }, delayMs: 30 })(
        _request,
        reply,
      );
    await chat.ask("인사해 줘");
    assert.equal(last().text, "안녕하세요 👋🏽");
    assert.equal(last().state, "complete");
    assert.equal(last().measures?.cost?.amount, (100 * 1 + 50 * 2) / 1e6);
    assert.equal(last().measures?.cost?.source, "computed");
    assert.ok(last().measures!.timings!.ttft! > 0);
    assert.ok(last().measures!.tokensPerSecond! > 0);
    assert.deepEqual(told(0), [
      ["system", "Be brief."],
      ["user", "인사해 줘"],
    ]);
    assert.equal(server.requests[0]?.headers.authorization, "Bearer secret-key");
  });

  it("estimates and says so when the server reports no usage", async () => {
    handler = chatStream(["four words and more"], {});
    await chat.ask("hi");
    assert.equal(last().measures?.usage?.estimated, true);
    assert.equal(last().measures?.cost?.source, "estimated");
  });

  it("says which of a long conversation is not sent, and keeps it with the answer", async () => {
    handler = chatStream(["ok"]);
    contextWindow = 8192;
    await chat.ask("word ".repeat(4000));
    assert.equal(last().notices, undefined);
    await chat.ask("And now?");
    assert.deepEqual(told(1), [
      ["system", "Be brief."],
      ["user", "And now?"],
    ]);
    const notice = { type: "notice", code: "trimmed", count: 2 };
    assert.deepEqual(last().notices, [notice]);
    assert.ok(events.some((event) => event.type === "notice" && event.code === "trimmed"));
  });

  it("keeps what had come when it is stopped, and the server sees the connection close", async () => {
    handler = async (_request, reply) => {
      await reply.write('data: {"choices":[{"index":0,"delta":{"content":"half"}}]}\n\n');
      await reply.stall();
    };
    const asked = chat.ask("hi");
    while (last()?.text !== "half") await new Promise((resolve) => setTimeout(resolve, 5));
    await chat.stop();
    await asked;
    assert.equal(last().state, "stopped");
    assert.equal(last().text, "half");
    assert.equal(outcomes[0]?.kind, "stopped");
    assert.equal(outcomes[0]?.error, undefined);
    await server.requests[0]!.over;
    assert.equal(server.requests[0]!.abandoned, true);
    assert.equal(chat.streaming, false);
  });

  it("ends a stream that breaks off as incomplete and can go on from there without doubling text", async () => {
    handler = async (_request, reply) => {
      await reply.write('data: {"choices":[{"index":0,"delta":{"content":"one two three four"}}]}\n\n');
      reply.reset();
    };
    await chat.ask("count");
    assert.equal(last().state, "incomplete");
    assert.equal(last().text, "one two three four");
    assert.equal(last().error?.kind, "network");

    handler = chatStream(["two three", " four five", " six"], { usage: { prompt_tokens: 10, completion_tokens: 10 } });
    await chat.continueAnswer(last().id);
    assert.equal(last().state, "complete");
    assert.equal(last().text, "one two three four five six");
    assert.deepEqual(last().seams, [18]);
    assert.equal(last().error, undefined);
    assert.equal(chat.conversation.messages.length, 2);
    const [, , assistant, again] = told(1);
    assert.deepEqual(assistant, ["assistant", "one two three four"]);
    assert.equal(again?.[0], "user");
    // One half is an estimate, so the sum is.
    assert.equal(last().measures?.cost?.source, "estimated");
  });

  it("fails without a word from the model in one error, and asks the same again on regenerate", async () => {
    handler = (_request, reply) => {
      reply.head(401, { "content-type": "application/json" });
      reply.end('{"error":{"message":"Incorrect API key provided: secret-key","code":"invalid_api_key"}}');
    };
    await chat.ask("hi");
    assert.equal(last().state, "failed");
    assert.equal(last().error?.kind, "unauthorized");
    assert.ok(!JSON.stringify(chat.conversation).includes("secret-key"));
    handler = chatStream(["yes"], {});
    await chat.regenerate(last().id);
    assert.equal(last().text, "yes");
    assert.equal(chat.conversation.messages.length, 2);
    assert.deepEqual(told(1), told(0));
  });

  it("says that no key fits without asking the server", async () => {
    const [candidate] = candidates();
    candidates = () => [
      {
        ...candidate!,
        apiKey: async () => {
          throw new AssistantError("missing-key", "No key", { reason: "key-for-other-origin" });
        },
      },
    ];
    await chat.ask("hi");
    assert.equal(last().error?.kind, "missing-key");
    assert.equal(server.requests.length, 0);
  });

  it("keeps who answered instead of whom, also on disk", async () => {
    const broken = await startServer((_request, reply) => {
      reply.head(503);
      reply.end();
    });
    const parsed = parseProviderConfig({ id: "broken", protocol: "openai-chat", baseUrl: `${broken.url}/v1` });
    assert.ok(parsed.ok);
    const first: Candidate = { provider: createProvider(parsed.config), model: "x", apiKey: async () => undefined };
    const others = candidates();
    candidates = () => [first, ...others];
    handler = chatStream(["from the other"]);
    await chat.ask("hi");
    await broken.close();
    assert.deepEqual(
      last().notices?.map(({ code, target }) => [code, target?.provider]),
      [["failed-over", "broken"]],
    );
    assert.equal(last().measures?.target.provider, "test");
    await store.flush();
    const read = (await createConversationStore(folder, silentLogger).load(chat.conversation.id))?.conversation;
    assert.equal(read?.messages.at(-1)?.notices?.[0]?.error?.kind, "overloaded");
  });

  it("says that no model is chosen", async () => {
    candidates = () => [];
    await chat.ask("hi");
    assert.equal(last().error?.details.reason, "no-model");
  });

  it("takes a question back with everything after it when it is edited", async () => {
    handler = chatStream(["a"], {});
    await chat.ask("first");
    await chat.ask("second");
    await chat.editAndResend(chat.conversation.messages[0]!.id, "other");
    assert.deepEqual(
      chat.conversation.messages.map(({ text }) => text),
      ["other", "a"],
    );
    assert.deepEqual(told(2), [
      ["system", "Be brief."],
      ["user", "other"],
    ]);
  });

  it("is read back from disk as it stands in memory", async () => {
    handler = chatStream(["some ", "text"], { usage: { prompt_tokens: 1, completion_tokens: 2 } });
    await chat.ask("one");
    await chat.ask("two");
    await chat.regenerate(last().id);
    await store.flush();
    const read = (await createConversationStore(folder, silentLogger).load(chat.conversation.id))?.conversation;
    assert.deepEqual(read, JSON.parse(JSON.stringify(chat.conversation)));
  });

  it("asks nothing while an answer is streaming", async () => {
    handler = async (_request, reply) => reply.stall();
    const asked = chat.ask("one");
    await chat.ask("two");
    await chat.stop();
    await asked;
    assert.equal(chat.conversation.messages.filter(({ role }) => role === "user").length, 1);
  });

  it("books what streams when its window is closed, and keeps it as broken off", async () => {
    handler = half;
    const asked = chat.ask("Why?");
    await until(() => last()?.text === "half of it");
    await chat.close();
    await asked;
    const kept = (await store.load(chat.conversation.id))!.conversation!;
    const answer = kept.messages.at(-1)!;
    assert.equal(answer.state, "incomplete");
    assert.equal(answer.error?.kind, "incomplete");
    assert.equal(answer.turn, undefined);
    assert.deepEqual(await bookLostTurns(kept, { ...environment, store }), kept);
    const { total } = await environment.ledger.report();
    assert.equal(total.turns.stopped, 1);
    assert.ok(total.outputTokens > 0 && total.unknown === 0);
    await chat.ask("And now?");
    assert.equal(server.requests.length, 1, "nothing is asked any more");
  });

  it("books once, as of unknown cost, what a killed editor left", async () => {
    handler = half;
    const asked = chat.ask("Why?");
    await until(() => last()?.text === "half of it");
    await store.flush();
    const left = (await store.load(chat.conversation.id))!.conversation!;
    const ledger = createLedger();
    const found = await bookLostTurns(left, { ...environment, ledger, store });
    assert.equal(found.messages.at(-1)?.state, "incomplete");
    assert.equal(ledger.spending().today.unknown, 1);
    assert.equal((await ledger.report()).byTarget.get("test/m")?.turns.incomplete, 1);
    await bookLostTurns(left, { ...environment, ledger, store });
    assert.equal(ledger.spending().today.unknown, 1, "the same id again");
    const again = (await store.load(chat.conversation.id))!.conversation!;
    assert.deepEqual(again.messages, found.messages);
    await bookLostTurns(again, { ...environment, ledger: createLedger(), store });
    await chat.stop();
    await asked;
  });

  it("does not book as lost what was booked before the end of its log was written", async () => {
    handler = chatStream(["fine"], { usage: { prompt_tokens: 5, completion_tokens: 5 } });
    await chat.ask("Why?");
    const begun = records.find((record) => record.type === "message" && record.message.role === "assistant");
    assert.ok(begun?.type === "message");
    await bookLostTurns({ ...chat.conversation, messages: [begun.message] }, { ...environment, store });
    const { total } = await environment.ledger.report();
    assert.deepEqual([total.turns.completed, total.turns.failed, total.unknown], [1, 0, 0]);
  });
});
