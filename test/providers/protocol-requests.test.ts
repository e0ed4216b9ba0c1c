/** What leaves for servers of each protocol beside chat completions: address, key, models, and what is asked once more. */

import assert from "node:assert/strict";
import { defined } from "../../src/core/defined.ts";
import { AssistantError } from "../../src/core/errors.ts";
import { silentLogger } from "../../src/core/logger.ts";
import type { ChatRequest } from "../../src/core/message.ts";
import { createProvider } from "../../src/providers/create.ts";
import type { DecodedProtocol } from "../support/decode.ts";
import { freshServer } from "../support/fresh.ts";
import { ollama } from "../support/ollama.ts";
import { answerEvents } from "../support/protocols.ts";
import { configure, gather } from "../support/run.ts";
import type { Handler, ReceivedRequest } from "../support/server.ts";

const fresh = freshServer();

const answering =
  (protocol: DecodedProtocol): Handler =>
  (_request, reply) =>
    reply.end(answerEvents(protocol, ["Hi"]).join(""));

async function pathOf(protocol: DecodedProtocol, base: string, model = "m"): Promise<string | undefined> {
  fresh.handler = answering(protocol);
  const answer = await gather(
    fresh.asker.stream(fresh.asker.provider(fresh.server.url + base, { protocol }), { model }),
  );
  assert.equal(answer.text, "Hi");
  return fresh.server.requests.at(-1)?.path;
}

describe("an address", () => {
  for (const [base, path] of Object.entries({
    "": "/v1/messages",
    "/": "/v1/messages",
    "/v1": "/v1/messages",
    "/v1/messages": "/v1/messages",
    "/v1/messages?beta=true": "/v1/messages",
    "/v1/messages/count_tokens": "/v1/messages",
    "/anthropic": "/anthropic/v1/messages",
    "/anthropic/v1/messages/": "/anthropic/v1/messages",
    "/api/v2": "/api/v2/messages",
  })) {
    it(`of Messages typed with “${base}” is ${path}`, async () => assert.equal(await pathOf("anthropic", base), path));
  }

  for (const [base, path] of Object.entries({
    "/v1": "/v1/responses",
    "/v1/responses/": "/v1/responses",
    "/openai/v1": "/openai/v1/responses",
    "": "/responses",
  })) {
    it(`of Responses typed with “${base}” is ${path}`, async () =>
      assert.equal(await pathOf("openai-responses", base), path));
  }

  const gemini = "/v1beta/models/m:streamGenerateContent?alt=sse";
  for (const [base, path] of Object.entries({
    "": gemini,
    "/v1beta": gemini,
    "/v1": gemini.replace("v1beta", "v1"),
    "/v1beta/models": gemini,
    "/v1beta/models/gemini-2.5-pro": gemini,
    "/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse": gemini,
    "/v1beta/models/gemini-2.5-pro:generateContent": gemini,
    "/gemini/v1beta/models/google/gemini-2.5-pro:streamGenerateContent": `/gemini${gemini}`,
    "/v1/projects/p/locations/l/publishers/google":
      "/v1/projects/p/locations/l/publishers/google/models/m:streamGenerateContent?alt=sse",
  })) {
    it(`of Gemini typed with “${base}” is ${path}`, async () => assert.equal(await pathOf("gemini", base), path));
  }

  for (const [base, path] of Object.entries({
    "": "/api/chat",
    "/v1": "/api/chat",
    "/v1/": "/api/chat",
    "/v1/chat/completions": "/api/chat",
    "/api": "/api/chat",
    "/api/chat": "/api/chat",
    "/api/tags": "/api/chat",
    "/ollama/v1": "/ollama/api/chat",
  })) {
    it(`of Ollama typed with “${base}” is ${path}`, async () => assert.equal(await pathOf("ollama", base), path));
  }

  it("of Ollama goes on working as settings from before its own protocol name it", async () => {
    const entry = { preset: "ollama", baseUrl: `${fresh.server.url}/v1` };
    for (const [protocol, path] of [
      ["ollama", "/api/chat"],
      ["openai-chat", "/v1/chat/completions"],
    ] as const) {
      fresh.handler = answering(protocol);
      const named = protocol === "openai-chat" ? { ...entry, protocol } : { ...entry, protocol: undefined };
      const answer = await gather(fresh.asker.stream(createProvider(configure(named))));
      assert.equal(answer.text, "Hi");
      assert.equal(fresh.server.requests.at(-1)?.path, path);
    }
  });

  for (const [base, path] of Object.entries({
    "": "/chat/stream",
    "/": "/chat/stream",
    "/chat/stream": "/chat/stream",
    "/assistant/v2": "/assistant/v2/chat/stream",
  })) {
    it(`of a backend typed with “${base}” is ${path}`, async () =>
      assert.equal(await pathOf("chat-stream", base), path));
  }

  it("of Gemini holds the model's id whatever is in it", async () => {
    const path = async (model: string) =>
      (await pathOf("gemini", "/v1beta", model))?.replace("/v1beta/", "").replace(/:stream.*/, "");
    assert.equal(await path("models/gemini-2.5-pro"), "models/gemini-2.5-pro");
    assert.equal(await path("google/gemini-2.5-pro"), "models/google/gemini-2.5-pro");
    assert.equal(await path("tunedModels/a"), "tunedModels/a");
    assert.equal(await path("a?key=b#c"), "models/a%3Fkey%3Db%23c");
  });
});

describe("a key", () => {
  for (const [protocol, header, prefix = ""] of [
    ["anthropic", "x-api-key"],
    ["gemini", "x-goog-api-key"],
    ["openai-responses", "authorization", "Bearer "],
    ["ollama", "authorization", "Bearer "],
    ["chat-stream", "authorization", "Bearer "],
  ] as const) {
    it(`goes to ${protocol} in ${header} and nowhere else`, async () => {
      fresh.handler = answering(protocol);
      const entry = { protocol, headers: { "X-Team": "blue", "anthropic-beta": "a" } };
      await fresh.asker.ask(fresh.server.url, { apiKey: " topsecret\n", entry });
      const { headers, path, body } = fresh.server.requests[0]!;
      assert.equal(headers[header], `${prefix}topsecret`);
      assert.equal(JSON.stringify(headers).split("topsecret").length, 2);
      assert.equal(headers["x-team"], "blue");
      assert.equal(headers["anthropic-version"], protocol === "anthropic" ? "2023-06-01" : undefined);
      assert.equal(headers["content-type"], "application/json");
      assert.doesNotMatch(path + body, /topsecret/);
    });

    it(`is needed by ${protocol} beyond this machine, and goes only where nobody reads along`, async () => {
      assert.equal(
        (await fresh.asker.ask(fresh.server.url, { entry: { protocol, needsKey: true } })).error?.kind,
        "missing-key",
      );
      const provider = fresh.asker.provider("http://gpu-box:1", { protocol });
      const answer = await gather(fresh.asker.stream(provider, { apiKey: "topsecret" }));
      assert.equal(answer.error?.details.reason, "insecure-origin");
      assert.equal(fresh.server.connections, 0);
    });
  }

  it("that an entry puts into its version header gives way to none, but the version itself may be another", async () => {
    fresh.handler = answering("anthropic");
    await fresh.asker.ask(fresh.server.url, {
      entry: { protocol: "anthropic", headers: { "anthropic-version": "2024-01-01" } },
    });
    assert.equal(fresh.server.requests[0]?.headers["anthropic-version"], "2024-01-01");
  });
});

describe("a list of models", () => {
  const list = (protocol: DecodedProtocol, body: unknown, base = "") => {
    fresh.handler = (_request, reply) => reply.end(JSON.stringify(body));
    const signal = new AbortController().signal;
    const provider = fresh.asker.provider(fresh.server.url + base, { protocol });
    return provider.listModels({ signal, transport: fresh.asker.transport, logger: silentLogger, apiKey: "topsecret" });
  };

  it("of Anthropic is read in one page", async () => {
    const body = {
      data: [
        { type: "model", id: "claude-a", display_name: "Claude A", max_input_tokens: 200000, max_tokens: 64000 },
        { type: "model", id: "claude-b", display_name: "Claude B" },
      ],
      has_more: false,
    };
    assert.deepEqual(await list("anthropic", body), [
      { id: "claude-a", name: "Claude A", contextWindow: 200000, maxOutputTokens: 64000 },
      { id: "claude-b", name: "Claude B" },
    ]);
    const { path, headers } = fresh.server.requests[0]!;
    assert.equal(path, "/v1/models?limit=1000");
    assert.equal(headers["x-api-key"], "topsecret");
    assert.equal(headers["anthropic-version"], "2023-06-01");
  });

  it("of Responses is OpenAI's", async () => {
    const body = { object: "list", data: [{ id: "gpt-5", object: "model", owned_by: "openai" }] };
    assert.deepEqual(await list("openai-responses", body, "/v1"), [{ id: "gpt-5" }]);
    const { path, headers } = fresh.server.requests[0]!;
    assert.equal(path, "/v1/models");
    assert.equal(headers.authorization, "Bearer topsecret");
  });

  it("of Gemini holds those that generate content", async () => {
    const body = {
      models: [
        {
          name: "models/gemini-a",
          displayName: "Gemini A",
          inputTokenLimit: 1048576,
          outputTokenLimit: 65536,
          supportedGenerationMethods: ["generateContent", "countTokens"],
        },
        { name: "models/embedding", supportedGenerationMethods: ["embedContent"] },
        { name: "models/plain" },
      ],
    };
    assert.deepEqual(await list("gemini", body), [
      { id: "gemini-a", name: "Gemini A", contextWindow: 1048576, maxOutputTokens: 65536 },
      { id: "plain" },
    ]);
    const { path, headers } = fresh.server.requests[0]!;
    assert.equal(path, "/v1beta/models?pageSize=1000");
    assert.equal(headers["x-goog-api-key"], "topsecret");
  });
});

describe("a list of models of one's own server", () => {
  const context = () => ({
    signal: new AbortController().signal,
    transport: fresh.asker.transport,
    logger: silentLogger,
  });

  it("is Ollama's own, by whichever address", async () => {
    fresh.handler = ollama(["qwen3:8b", "gemma3"], []);
    for (const base of ["", "/v1", "/api"]) {
      const models = await fresh.asker.provider(fresh.server.url + base, { protocol: "ollama" }).listModels(context());
      assert.deepEqual(
        models.map(({ id }) => id),
        ["qwen3:8b", "gemma3"],
      );
    }
    assert.deepEqual([...new Set(fresh.server.requests.map(({ path }) => path))], ["/api/tags"]);
  });

  it("is empty for a backend, which is not even asked", async () => {
    assert.deepEqual(
      await fresh.asker.provider(fresh.server.url, { protocol: "chat-stream" }).listModels(context()),
      [],
    );
    assert.equal(fresh.server.connections, 0);
  });
});

describe("the health of a backend", () => {
  const check = (apiKey?: string) =>
    fresh.asker.provider(`${fresh.server.url}/base`, { protocol: "chat-stream" }).health!({
      signal: new AbortController().signal,
      transport: fresh.asker.transport,
      logger: silentLogger,
      ...defined({ apiKey }),
    });

  it("is asked for with the key, and any success will do", async () => {
    for (const body of ['{"status":"ok"}', "OK", ""]) {
      fresh.handler = (_request, reply) => {
        reply.head(200);
        reply.end(body);
      };
      await check("topsecret");
    }
    const { method, path, headers } = fresh.server.requests[0]!;
    assert.deepEqual([method, path, headers.authorization], ["GET", "/base/health", "Bearer topsecret"]);
  });

  for (const [status, body, kind] of [
    [503, '{"detail":"loading"}', "overloaded"],
    [404, '{"detail":"Not Found"}', "not-found"],
    [401, "", "unauthorized"],
    [200, "<!doctype html><title>App</title>", "malformed"],
  ] as const) {
    it(`that is ${status} ${body} is ${kind}`, async () => {
      fresh.handler = (_request, reply) => {
        reply.head(status);
        reply.end(body);
      };
      await assert.rejects(check(), (error) => error instanceof AssistantError && error.kind === kind);
    });
  }

  it("that cannot be asked for is a matter of the network", async () => {
    await fresh.server.close();
    await assert.rejects(check(), (error) => error instanceof AssistantError && error.kind === "network");
  });

  it("is nothing that other protocols could ask for", async () => {
    const { asker, server } = fresh;
    const { transport } = asker;
    const signal = new AbortController().signal;
    await asker.provider(server.url, { protocol: "ollama" }).health!({ signal, transport, logger: silentLogger });
    assert.equal(server.connections, 0);
  });
});

describe("a refused parameter", () => {
  type Body = ReceivedRequest["json"] & { generationConfig?: Record<string, unknown>; max_tokens?: number };
  interface Refusal {
    protocol: DecodedProtocol;
    message: string;
    offends: (body: Body) => boolean;
    repaired: string;
    request?: Partial<ChatRequest>;
    entry?: Record<string, unknown>;
  }
  const call = { type: "tool-call" as const, id: "t", name: "f", arguments: "{}", complete: true };
  const history = [
    { role: "user" as const, parts: [{ type: "text" as const, text: "a" }] },
    { role: "assistant" as const, parts: [call] },
    { role: "tool" as const, parts: [{ type: "tool-result" as const, id: "t", name: "f", text: "b" }] },
  ];
  const refusals: Refusal[] = [
    {
      protocol: "anthropic",
      message: "`temperature` is deprecated for this model.",
      offends: (body) => "temperature" in body,
      repaired: "temperature",
      request: { temperature: 0.2 },
    },
    {
      protocol: "anthropic",
      message: "max_tokens: 8192 > 4096, which is the maximum allowed number of output tokens for claude-3-haiku",
      offends: (body) => (body.max_tokens ?? 0) > 4096,
      repaired: "max_tokens=4096",
    },
    {
      protocol: "anthropic",
      message: "messages.1.content.0: Invalid `signature` in `thinking` block",
      offends: (body) => JSON.stringify(body).includes('"thinking"'),
      repaired: "no_thinking",
      request: {
        messages: [
          history[0]!,
          {
            role: "assistant",
            parts: [
              {
                type: "thinking",
                text: "x",
                signature: 'anthropic:[{"type":"thinking","length":1,"signature":"s"},{"type":"text","length":1}]',
              },
              { type: "text", text: "y" },
            ],
          },
          history[0]!,
        ],
      },
    },
    {
      protocol: "gemini",
      message: "Thinking is not enabled for models/gemini-3-x",
      offends: (body) => "thinkingConfig" in (body.generationConfig ?? {}),
      repaired: "thinkingConfig",
    },
    {
      protocol: "gemini",
      message: 'Invalid JSON payload received. Unknown name "parametersJsonSchema" at tools[0]',
      offends: (body) => JSON.stringify(body).includes("parametersJsonSchema"),
      repaired: "parameters",
      request: { tools: [{ name: "f", parameters: { type: "object", properties: {} } }] },
    },
    {
      protocol: "gemini",
      message: "Function call is missing a thought_signature in functionCall parts.",
      offends: (body) => !JSON.stringify(body).includes("thoughtSignature"),
      repaired: "placeholder_signature",
      request: { messages: history },
    },
    {
      protocol: "gemini",
      message: "Developer instruction is not enabled for models/gemma-3",
      offends: (body) => "systemInstruction" in body,
      repaired: "systemInstruction",
      request: { system: "s" },
    },
    {
      protocol: "openai-responses",
      message: "Unsupported parameter: 'temperature' is not supported with this model.",
      offends: (body) => "temperature" in body,
      repaired: "temperature",
      request: { temperature: 0.2 },
    },
    {
      protocol: "openai-responses",
      message: "Unsupported parameter: max_output_tokens",
      offends: (body) => "max_output_tokens" in body,
      repaired: "max_output_tokens",
      request: { maxOutputTokens: 99 },
    },
    {
      protocol: "openai-responses",
      message: "Include 'reasoning.encrypted_content' is not supported with this model.",
      offends: (body) => "include" in body,
      repaired: "include",
      request: { model: "gpt-5" },
    },
    {
      protocol: "openai-responses",
      message: "Your organization must be verified to generate reasoning summaries.",
      offends: (body) => "reasoning" in body,
      repaired: "summary",
      request: { model: "o4-mini" },
    },
    {
      protocol: "openai-responses",
      message: "Unrecognized request argument supplied: store",
      offends: (body) => "store" in body,
      repaired: "store",
    },
    {
      protocol: "openai-responses",
      message: "body.tools.0.strict: Extra inputs are not permitted",
      offends: (body) => JSON.stringify(body).includes('"strict"'),
      repaired: "strict",
      request: { tools: [{ name: "f", parameters: { type: "object" } }] },
    },
    {
      protocol: "openai-responses",
      message: "Unknown parameter: 'stream_options.include_obfuscation'.",
      offends: (body) => "stream_options" in body,
      repaired: "stream_options",
      entry: { preset: "openai-responses" },
    },
    {
      protocol: "openai-responses",
      message: "Stored responses are not allowed here: store must be false.",
      offends: (body) => "background" in body || body.store === true,
      repaired: "background",
      entry: { background: true },
    },
    {
      protocol: "openai-responses",
      message: "The encrypted content gAAA could not be verified. Reason: it was made for another organization.",
      offends: (body) => JSON.stringify(body).includes('"encrypted_content"'),
      repaired: "encrypted_reasoning",
      request: {
        model: "gpt-5",
        messages: [
          history[0]!,
          {
            role: "assistant",
            parts: [
              {
                type: "thinking",
                text: "",
                signature: `openai-responses:${JSON.stringify([
                  { type: "reasoning", id: "rs", encrypted: "gAAA" },
                  { type: "text", length: 1 },
                ])}`,
              },
              { type: "text", text: "y" },
            ],
          },
          history[0]!,
        ],
      },
    },
    {
      protocol: "ollama",
      message: "registry.ollama.ai/library/gemma3:4b does not support tools",
      offends: (body) => "tools" in body,
      repaired: "tools",
      request: { tools: [{ name: "f", parameters: { type: "object", properties: {} } }] },
    },
  ];
  for (const { protocol, message, offends, repaired, request = {}, entry = {} } of refusals) {
    it(`of ${protocol} (“${message}”) is repaired once and remembered`, async () => {
      fresh.handler = (received, reply) => {
        if (!offends(received.json as Body)) return answering(protocol)(received, reply);
        reply.head(400, { "content-type": "application/json" });
        reply.end(JSON.stringify({ type: "error", error: { type: "invalid_request_error", message, code: 400 } }));
      };
      const provider = fresh.asker.provider(fresh.server.url, { ...entry, protocol, needsKey: false });
      const first = await gather(fresh.asker.stream(provider, { model: "gemini-3-x", ...request }));
      assert.equal(first.text, "Hi");
      assert.deepEqual(first.notices, [{ type: "notice", code: "repaired", detail: repaired }]);
      assert.equal(fresh.server.requests.length, 2);
      const second = await gather(fresh.asker.stream(provider, { model: "gemini-3-x", ...request }));
      assert.deepEqual(second.notices, []);
      assert.equal(fresh.server.requests.length, 3);
    });
  }
});

describe("what Google and Anthropic say of a refusal", () => {
  const table: [who: "anthropic" | "gemini", status: number, message: string, kind: string, reason?: string][] = [
    ["anthropic", 400, "prompt is too long: 210000 tokens > 200000 maximum", "context-too-long"],
    ["anthropic", 400, "Your credit balance is too low to access the Anthropic API.", "no-credit"],
    ["anthropic", 404, "model: claude-nope", "not-found"],
    ["anthropic", 401, "invalid x-api-key", "unauthorized"],
    ["gemini", 400, "API key not valid. Please pass a valid API key.", "unauthorized"],
    [
      "gemini",
      400,
      "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
      "context-too-long",
    ],
    [
      "gemini",
      404,
      "models/gemini-2.9 is not found for API version v1beta, or is not supported for generateContent.",
      "not-found",
      "model-not-found",
    ],
  ];
  for (const [protocol, status, message, kind, reason] of table) {
    it(`“${message}” is ${kind}`, async () => {
      fresh.handler = (_request, reply) => {
        reply.head(status);
        reply.end(JSON.stringify({ error: { message, code: status } }));
      };
      const { error } = await fresh.asker.ask(fresh.server.url, { entry: { protocol } });
      assert.equal(error?.kind, kind);
      if (reason !== undefined) assert.equal(error?.details.reason, reason);
    });
  }
});
