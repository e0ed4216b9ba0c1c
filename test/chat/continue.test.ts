/** An answer that breaks off anywhere and is continued ends as the whole answer, by whatever means its server has. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Chat } from "../../src/chat/chat.ts";
import { type ConversationStore, createConversationStore } from "../../src/chat/conversation-store.ts";
import type { Notice, StreamEvent } from "../../src/core/events.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { type ChatRequest, textOf } from "../../src/core/message.ts";
import { createLedger } from "../../src/money/ledger.ts";
import { createProvider } from "../../src/providers/create.ts";
import { ChatDecoder } from "../../src/providers/openai-chat/decode.ts";
import { createHttpProvider } from "../../src/providers/provider/http-provider.ts";
import type { Provider } from "../../src/providers/provider/provider.ts";
import { createTransport } from "../../src/stream/transport/http.ts";
import type { Transport } from "../../src/stream/transport/transport.ts";
import { createEndpoints } from "../../src/turn/endpoints.ts";
import type { TurnEnvironment } from "../../src/turn/turn-environment.ts";
import { chatStream } from "../support/chat.ts";
import { answerEvents } from "../support/protocols.ts";
import { configure } from "../support/run.ts";
import { type Handler, type ReceivedRequest, type Reply, startServer, type TestServer } from "../support/server.ts";

/** Cut between these: inside emphasis, a character of two halves, a fence, an indent, a table and a blank line. */
const pieces = [
  "Intro with **bo",
  "ld** words, ",
  "\ud83d",
  "\udc4b 안녕",
  "하세요.\n",
  "\n```ts\nconst a = 1;\n",
  "    ",
  "const b = 2;\n```\n\n| one | two |\n",
  "| --- | --- |\n| 1 ",
  "| 2 |\n\n",
  "That is the end.",
];
const truth = pieces.join("");

interface Asked {
  /** The end of the conversation as the server was told it. */
  means: "prefix" | "turn" | "none";
  begun: string;
}

/** What a chat-completions, Messages or Gemini request says of the answer's beginning. */
function readAsked({ json }: ReceivedRequest): Asked {
  const told = json as {
    messages?: { role: string; content: string | { text: string }[] }[];
    contents?: { role: string; parts: { text: string }[] }[];
  };
  const said = (told.messages ?? told.contents ?? []).map((message) => {
    const content = "parts" in message ? message.parts : message.content;
    return {
      role: message.role,
      text: typeof content === "string" ? content : content.map(({ text }) => text).join(""),
    };
  });
  const isAnswer = (role: string | undefined) => role === "assistant" || role === "model";
  const last = said.at(-1);
  if (isAnswer(last?.role)) return { means: "prefix", begun: last!.text };
  if (!isAnswer(said.at(-2)?.role)) return { means: "none", begun: "" };
  // Some protocols allow no white space at the end of an answer; the words to the model hold all of it.
  return { means: "turn", begun: /exactly this text:\n\n([\s\S]*)\n\nGo on/.exec(last!.text)![1]! };
}

describe("an answer that broke off", function () {
  this.timeout(60_000);
  let folder: string;
  let store: ConversationStore;
  let transport: Transport;
  let environment: TurnEnvironment;
  let server: TestServer;
  let handler: Handler;
  let events: StreamEvent[];
  let provider: Provider;
  let count: number;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "runnel-"));
    store = createConversationStore(folder, silentLogger);
    transport = createTransport({ logger: silentLogger });
    server = await startServer((request, reply) => handler(request, reply));
    const now = () => performance.now();
    environment = {
      transport,
      ledger: createLedger(),
      logger: silentLogger,
      now,
      wallClock: Date.now,
      random: () => 0,
      endpoints: createEndpoints(now),
    };
    events = [];
    count = 0;
  });
  afterEach(async () => {
    await transport.close();
    await server.close();
    await store.flush();
    await rm(folder, { recursive: true, force: true });
  });

  const newChat = (conversation?: Chat["conversation"]) =>
    new Chat(
      {
        store,
        environment,
        newId: () => `id-${++count}`,
        setup: () => ({
          candidates: [
            {
              provider,
              model: "m",
              ownPrice: { input: 1, output: 1, currency: "USD" },
              apiKey: async () => undefined,
            },
          ],
          system: "",
        }),
        listener: {
          onRecord() {},
          onEvent: (event) => events.push(event),
          onTurnStart() {},
          onOutcome() {},
        },
      },
      conversation,
    );
  const means = () =>
    events.filter((event): event is Notice => event.type === "notice" && event.code === "continued").at(-1)?.detail;

  interface Server {
    name: string;
    entry: Record<string, unknown>;
    /** How it goes on in the end. */
    by: "prefix" | "turn";
    /** Where it is asked to go on. */
    path?: string;
    /** Whether it refuses to go on from the beginning of an answer. */
    refuse?: (reply: Reply) => void;
    /** Characters of the beginning that it repeats. */
    repeats?: number;
    check?: (request: ReceivedRequest) => void;
  }

  const refusal = (status: number, message: string) => (reply: Reply) => {
    reply.head(status, { "content-type": "application/json" });
    reply.end(JSON.stringify({ type: "error", error: { type: "invalid_request_error", message } }));
  };
  type Sent = { messages: { prefix?: boolean }[] } & Record<string, unknown>;

  const servers: Server[] = [
    { name: "any server", entry: {}, by: "turn" },
    { name: "any server whose model repeats itself", entry: {}, by: "turn", repeats: 12 },
    { name: "Gemini", entry: { protocol: "gemini" }, by: "turn", repeats: 9 },
    { name: "Anthropic up to 4.5", entry: { protocol: "anthropic" }, by: "prefix" },
    {
      name: "Anthropic from 4.6 on",
      entry: { protocol: "anthropic" },
      by: "turn",
      refuse: refusal(
        400,
        "This model does not support assistant message prefill. The conversation must end with a user message.",
      ),
    },
    {
      name: "DeepSeek",
      entry: { preset: "deepseek" },
      by: "prefix",
      path: "/beta/chat/completions",
      check: ({ json }) => assert.equal((json as Sent).messages.at(-1)!.prefix, true),
    },
    {
      name: "a relay of DeepSeek without its beta",
      entry: { preset: "deepseek" },
      by: "turn",
      refuse: refusal(404, "Not Found"),
    },
    {
      name: "Mistral",
      entry: { preset: "mistral" },
      by: "prefix",
      path: "/v1/chat/completions",
      check: ({ json }) => assert.equal((json as Sent).messages.at(-1)!.prefix, true),
    },
    {
      name: "a Mistral that forbids the field, but not others of the request",
      entry: { preset: "mistral" },
      by: "turn",
      refuse: refusal(422, "Extra inputs are not permitted (extra_forbidden): body.messages.2.assistant.prefix"),
      check: ({ json }) => assert.ok((json as Sent).stream_options),
    },
    {
      name: "vLLM",
      entry: { preset: "vllm" },
      by: "prefix",
      check({ json }) {
        assert.equal((json as Sent).continue_final_message, true);
        assert.equal((json as Sent).add_generation_prompt, false);
      },
    },
    { name: "llama.cpp", entry: { preset: "llamacpp" }, by: "prefix" },
    {
      name: "a llama.cpp that thinks",
      entry: { preset: "llamacpp" },
      by: "turn",
      refuse: refusal(500, "Assistant response prefill is incompatible with enable_thinking."),
    },
  ];

  for (const { name, entry, by, path, refuse, repeats = 0, check } of servers) {
    it(`is whole in the end, wherever ${name} was cut`, async () => {
      const protocol = (entry.protocol ?? "openai-chat") as Parameters<typeof answerEvents>[0];
      const config = configure({ ...entry, id: "test", baseUrl: `${server.url}/v1`, needsKey: false });
      provider = createProvider(config);
      const whole = answerEvents(protocol, pieces);
      let refusals = 0;
      let continued = 0;
      for (let cut = 0; cut <= whole.length; cut++) {
        let first = true;
        handler = async (request, reply) => {
          const asked = readAsked(request);
          if (first) {
            first = false;
            for (const piece of whole.slice(0, cut)) await reply.write(piece);
            await reply.wait(2);
            return cut < whole.length ? reply.finish() : reply.end();
          }
          if (asked.means === "prefix" && refuse) {
            refusals++;
            return refuse(reply);
          }
          if (asked.means !== "none") {
            continued++;
            assert.equal(asked.means, by);
            if (path !== undefined) assert.equal(request.path, path);
            check?.(request);
            assert.ok(truth.startsWith(asked.begun), JSON.stringify(asked.begun));
          }
          const repeated = asked.begun.length >= repeats ? asked.begun.slice(asked.begun.length - repeats) : "";
          // Cut into other pieces than before.
          const rest = (repeated + truth.slice(asked.begun.length)).match(/[\s\S]{1,5}/gu) ?? [];
          reply.end(answerEvents(protocol, rest).join(""));
        };
        const chat = newChat();
        await chat.ask("question");
        const answer = () => chat.conversation.messages.at(-1)!;
        assert.ok(truth.startsWith(answer().text), `cut at ${cut}: ${JSON.stringify(answer().text)}`);
        if (answer().state === "complete") {
          assert.equal(answer().text, truth);
          continue;
        }
        assert.equal(answer().state, "incomplete");
        const { text } = answer();
        await chat.continueAnswer(answer().id);
        assert.equal(answer().state, "complete", `cut at ${cut}`);
        assert.equal(answer().text, truth, `cut at ${cut}`);
        assert.equal(means(), by);
        assert.deepEqual(answer().seams, text === truth ? [] : [text.length]);
      }
      assert.ok(continued >= pieces.length - 1);
      // A refusal is met once and remembered.
      assert.equal(refusals, refuse ? 1 : 0);
    });
  }

  /** Chat completions by a server that keeps an answer: its rest is asked for under another address. */
  const keeper = (baseUrl: string): Provider =>
    createHttpProvider(configure({ id: "keeper", baseUrl }), {
      url: (_config, _model, way) => `${baseUrl}/${way === "resume" ? "kept" : "chat"}`,
      encode: (request: ChatRequest, _config, _repairs, way) =>
        JSON.stringify({ way, resume: request.continues?.resume, text: textOf(request.messages.at(-1)!) }),
      continuations: ({ continues }) => (continues?.resume ? ["resume"] : []),
      repairFor: () => undefined,
      createDecoder: (context) => new ChatDecoder(context),
      listModels: async () => [],
    });
  /** Tells with the break where the rest is. */
  const telling = (inner: Provider): Provider => ({
    config: inner.config,
    listModels: (context) => inner.listModels(context),
    async *stream(request, context) {
      try {
        yield* inner.stream(request, context);
      } catch (error) {
        yield [{ type: "resume-point", point: { id: "resp_1", after: 3 } }];
        throw error;
      }
    },
  });
  const cutAfter = (text: string): Handler => {
    return async (request, reply) => {
      await reply.write(answerEvents("openai-chat", [text]).slice(0, 2).join(""));
      await reply.wait(2);
      reply.finish();
      void request;
    };
  };

  for (const cuts of [1, 2]) {
    it(`resumed ${cuts === 1 ? "once" : "twice"} is counted once in the ledger, and so is what it costs`, async () => {
      provider = telling(keeper(server.url));
      handler = cutAfter("said once ");
      const chat = newChat();
      await chat.ask("q");
      if (cuts === 2) await chat.continueAnswer(chat.conversation.messages.at(-1)!.id);
      handler = chatStream(["and on"], { usage: { prompt_tokens: 70, completion_tokens: 90 } });
      await chat.continueAnswer(chat.conversation.messages.at(-1)!.id);
      assert.equal(means(), "resume");
      const sum = { turns: 0, input: 0, output: 0, picos: 0 };
      for await (const entries of environment.ledger.entries()) {
        for (const { usage, cost } of entries) {
          sum.turns++;
          sum.input += usage!.inputTokens!;
          sum.output += usage!.outputTokens!;
          sum.picos += Math.round(cost!.amount * 1e12);
        }
      }
      assert.deepEqual(sum, { turns: cuts + 1, input: 70, output: 90, picos: 160e6 });
      const { usage, cost } = chat.conversation.messages.at(-1)!.measures!;
      assert.deepEqual(usage, { inputTokens: 70, outputTokens: 90 });
      assert.equal(cost?.amount, 160e-6);
    });
  }

  for (const gone of [false, true]) {
    it(`is resumed where its server keeps it${gone ? ", or continued where that is gone" : ""}`, async () => {
      provider = telling(keeper(server.url));
      handler = cutAfter("said once ");
      const before = newChat();
      await before.ask("q");
      assert.deepEqual(before.conversation.messages.at(-1)!.resume, { id: "resp_1", after: 3 });

      // Also after the editor was closed: the point is in the log.
      await store.flush();
      const chat = newChat(
        (await createConversationStore(folder, silentLogger).load(before.conversation.id))?.conversation,
      );
      handler = (request, reply) => {
        if (request.path === "/chat") return chatStream(["and on"])(request, reply);
        assert.deepEqual((request.json as { resume?: unknown }).resume, { id: "resp_1", after: 3 });
        if (gone) return refusal(404, "Response not found")(reply);
        // What is resumed may repeat what was said, and means it.
        return chatStream(["said once again"], { usage: { prompt_tokens: 7, completion_tokens: 9 } })(request, reply);
      };
      await chat.continueAnswer(chat.conversation.messages.at(-1)!.id);
      const answer = chat.conversation.messages.at(-1)!;
      assert.equal(answer.state, "complete");
      assert.equal(answer.text, gone ? "said once and on" : "said once said once again");
      assert.equal(means(), gone ? "turn" : "resume");
      assert.equal(answer.resume, undefined);
      // The server's report is about the whole answer, not about its second half.
      if (!gone) assert.deepEqual(answer.measures?.usage, { inputTokens: 7, outputTokens: 9 });
    });
  }

  it("is resumed by nobody else than who keeps it", async () => {
    provider = telling(keeper(server.url));
    handler = cutAfter("half of it");
    const chat = newChat();
    await chat.ask("q");
    const other = keeper(server.url);
    provider = { ...other, config: { ...other.config, id: "other" }, stream: other.stream.bind(other) };
    handler = chatStream([" and the rest"]);
    await chat.continueAnswer(chat.conversation.messages.at(-1)!.id);
    assert.equal(server.requests.at(-1)!.path, "/chat");
    assert.equal(chat.conversation.messages.at(-1)!.text, "half of it and the rest");
  });

  it("is asked for anew when nothing but white space or thoughts had come", async () => {
    provider = createProvider(configure({ baseUrl: `${server.url}/v1` }));
    handler = cutAfter("\n\n");
    const chat = newChat();
    await chat.ask("q");
    assert.equal(chat.conversation.messages.at(-1)!.state, "incomplete");
    handler = chatStream(["whole"]);
    await chat.continueAnswer(chat.conversation.messages.at(-1)!.id);
    assert.equal(chat.conversation.messages.at(-1)!.text, "whole");
    assert.equal(readAsked(server.requests.at(-1)!).means, "none");
  });

  it("inside a tool call goes on from its text, and the call is asked for anew", async () => {
    provider = createProvider(configure({ protocol: "anthropic", baseUrl: server.url }));
    const withCall = [
      ...answerEvents("anthropic", ["I look it up. "]).slice(0, 4),
      `event: content_block_start\ndata: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}}}\n\n`,
      `event: content_block_delta\ndata: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\\"a\\":"}}\n\n`,
    ];
    handler = async (_request, reply) => {
      await reply.write(withCall.join(""));
      await reply.wait(2);
      reply.finish();
    };
    const chat = newChat();
    await chat.ask("q");
    handler = (_request, reply) => reply.end(answerEvents("anthropic", [" Found."]).join(""));
    await chat.continueAnswer(chat.conversation.messages.at(-1)!.id);
    assert.doesNotMatch(server.requests.at(-1)!.body, /tool_use/);
    assert.deepEqual(readAsked(server.requests.at(-1)!), { means: "prefix", begun: "I look it up." });
    assert.equal(chat.conversation.messages.at(-1)!.text, "I look it up. Found.");
  });

  it("by its limit of length goes on in the same way", async () => {
    provider = createProvider(configure({ baseUrl: `${server.url}/v1` }));
    handler = chatStream(["one two "], { finish: "length" });
    const chat = newChat();
    await chat.ask("q");
    assert.equal(chat.conversation.messages.at(-1)!.measures?.finishReason, "length");
    handler = chatStream(["three"]);
    await chat.continueAnswer(chat.conversation.messages.at(-1)!.id);
    assert.equal(chat.conversation.messages.at(-1)!.text, "one two three");
    assert.equal(chat.conversation.messages.at(-1)!.measures?.finishReason, "stop");
  });

  it("by the end of the editor goes on too, and its cost is unknown", async () => {
    provider = createProvider(configure({ baseUrl: `${server.url}/v1` }));
    handler = async (_request, reply) => {
      await reply.write(answerEvents("openai-chat", ["half"]).slice(0, 2).join(""));
      await reply.stall();
    };
    const before = newChat();
    const asked = before.ask("q");
    while (before.conversation.messages.at(-1)?.text !== "half") await new Promise((done) => setTimeout(done, 5));
    await store.flush();
    const chat = newChat(
      (await createConversationStore(folder, silentLogger).load(before.conversation.id))?.conversation,
    );
    await before.stop();
    await asked;
    handler = chatStream([" and half"], { usage: { prompt_tokens: 3, completion_tokens: 4 } });
    await chat.continueAnswer(chat.conversation.messages.at(-1)!.id);
    const answer = chat.conversation.messages.at(-1)!;
    assert.equal(answer.text, "half and half");
    assert.equal(answer.measures?.cost, undefined);
    assert.equal(answer.measures?.usage, undefined);
  });
});
