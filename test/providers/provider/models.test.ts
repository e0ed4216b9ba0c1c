/** Lists of models as servers give them. */

import assert from "node:assert/strict";
import { defined } from "../../../src/core/defined.ts";
import { AssistantError } from "../../../src/core/errors.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import { parseGeminiModels } from "../../../src/providers/gemini/models.ts";
import { parseOllamaModels } from "../../../src/providers/ollama/models.ts";
import { parseModels } from "../../../src/providers/provider/models.ts";
import { Asker } from "../../support/run.ts";
import { startServer, type TestServer } from "../../support/server.ts";

describe("a list of models", () => {
  const table: [who: string, body: unknown, expected: unknown][] = [
    [
      "OpenAI",
      { object: "list", data: [{ id: "gpt-4.1", object: "model", created: 1, owned_by: "openai" }] },
      [{ id: "gpt-4.1" }],
    ],
    [
      "OpenRouter",
      {
        data: [
          {
            id: "openai/gpt-4o",
            name: "OpenAI: GPT-4o",
            context_length: 128000,
            pricing: { prompt: "0.0000025", completion: "0.00001", input_cache_read: "0.00000125", web_search: "0" },
            top_provider: { context_length: 128000, max_completion_tokens: 16384, is_moderated: true },
          },
          { id: "openrouter/auto", name: "Auto", context_length: 2000000, pricing: { prompt: "-1", completion: "-1" } },
          { id: "x/free", pricing: { prompt: "0", completion: "0" } },
        ],
      },
      [
        {
          id: "openai/gpt-4o",
          name: "OpenAI: GPT-4o",
          contextWindow: 128000,
          maxOutputTokens: 16384,
          price: { input: 2.5, output: 10, cacheRead: 1.25, currency: "USD" },
        },
        { id: "openrouter/auto", name: "Auto", contextWindow: 2000000 },
        { id: "x/free", price: { input: 0, output: 0, currency: "USD" } },
      ],
    ],
    [
      "LiteLLM with details",
      {
        data: [
          {
            id: "a",
            model_info: {
              max_input_tokens: 1000,
              max_output_tokens: 100,
              input_cost_per_token: 1e-6,
              output_cost_per_token: 2e-6,
            },
          },
        ],
      },
      [{ id: "a", contextWindow: 1000, maxOutputTokens: 100, price: { input: 1, output: 2, currency: "USD" } }],
    ],
    [
      "vLLM",
      { object: "list", data: [{ id: "qwen", object: "model", root: "qwen", max_model_len: 32768 }] },
      [{ id: "qwen", contextWindow: 32768 }],
    ],
    [
      "llama.cpp",
      { models: [], object: "list", data: [{ id: "a.gguf", meta: { n_ctx_train: 131072, n_params: 7 } }] },
      [{ id: "a.gguf", contextWindow: 131072 }],
    ],
    [
      "LM Studio",
      { data: [{ id: "a", type: "llm", max_context_length: 8192, loaded_context_length: 4096 }] },
      [{ id: "a", contextWindow: 8192 }],
    ],
    ["Ollama's own list", { models: [{ name: "llama3:8b", model: "llama3:8b", size: 1 }] }, [{ id: "llama3:8b" }]],
    [
      "Groq",
      { data: [{ id: "a", context_window: 131072, max_completion_tokens: 32768 }] },
      [{ id: "a", contextWindow: 131072, maxOutputTokens: 32768 }],
    ],
    ["a bare list of names", ["a", "b", "a"], [{ id: "a" }, { id: "b" }]],
    ["nobody", { data: [null, 1, {}, { id: "" }, { id: 7 }] }, []],
    ["one that fills the other field", { object: "list", data: [], models: [{ name: "a" }] }, [{ id: "a" }]],
    ["one whose field is null", { data: null, models: ["a"] }, [{ id: "a" }]],
    ["one that calls it a result", { success: true, result: [{ id: "a" }] }, [{ id: "a" }]],
    ["one that wraps it once more", { code: 0, data: { models: [{ id: "a" }], total: 1 } }, [{ id: "a" }]],
    ["one that wraps it as a list again", { data: { object: "list", data: [{ id: "a" }] } }, [{ id: "a" }]],
    ["an empty one", { result: [] }, []],
    ["another shape", { data: { id: "a" } }, []],
    ["null", null, []],
  ];
  for (const [who, body, expected] of table)
    it(`of ${who} is read`, () => assert.deepEqual(parseModels(body), expected));
});

describe("a list of models of another protocol", () => {
  it("of Gemini may stand where OpenAI has its own", () => {
    assert.deepEqual(parseGeminiModels({ models: [], data: [{ id: "gemini-a" }] }), [{ id: "gemini-a" }]);
  });
  it("of Ollama may stand where OpenAI has its own", () => {
    assert.deepEqual(
      parseOllamaModels({ models: null, data: [{ id: "a" }, { id: "b", capabilities: ["embedding"] }] }),
      [{ id: "a" }],
    );
  });
});

describe("asking for the models", () => {
  const asker = new Asker();
  let server: TestServer;
  let answer: { status: number; body: string; type?: string };

  before(async () => {
    server = await startServer((_request, reply) => {
      reply.head(answer.status, { "content-type": answer.type ?? "application/json" });
      reply.end(answer.body);
    });
  });
  after(async () => {
    await asker.close();
    await server.close();
  });

  const ask = (entry = {}, apiKey?: string) =>
    asker.provider(`${server.url}/v1`, entry).listModels({
      signal: new AbortController().signal,
      transport: asker.transport,
      logger: silentLogger,
      ...defined({ apiKey }),
    });

  it("says of a long answer that is no list that it cannot be read", async () => {
    for (const body of [`{"x":"${"y".repeat(200_000)}`, `{"x":"${"y".repeat(200_000)}"`]) {
      answer = { status: 200, body };
      await assert.rejects(ask(), (error: AssistantError) => error.kind === "malformed");
    }
  });

  it("goes to the models of the base URL with the key", async () => {
    answer = { status: 200, body: '{"data":[{"id":"a"}]}' };
    assert.deepEqual(await ask({ headers: { "X-Team": "blue" } }, "key-1"), [{ id: "a" }]);
    const request = server.requests.at(-1)!;
    assert.equal(request.method, "GET");
    assert.equal(request.path, "/v1/models");
    assert.equal(request.headers.authorization, "Bearer key-1");
    assert.equal(request.headers["x-team"], "blue");
  });

  it("gives none where the server has no such list", async () => {
    answer = { status: 404, body: '{"detail":"Not Found"}' };
    assert.deepEqual(await ask(), []);
  });

  const failures: [what: string, answer: typeof answer, kind: string, reason?: string][] = [
    ["a wrong key", { status: 401, body: "{}" }, "unauthorized"],
    [
      "a web page with status 404",
      { status: 404, body: "<!doctype html><title>x</title>", type: "text/html" },
      "not-found",
      "html",
    ],
    [
      "a web page with status 200",
      { status: 200, body: "<!doctype html><title>x</title>", type: "text/html" },
      "malformed",
      "html",
    ],
    ["an error with status 200", { status: 200, body: '{"error":{"message":"Invalid API key"}}' }, "unauthorized"],
    ["a code with status 200", { status: 200, body: '{"code":401,"msg":"no auth credentials"}' }, "unauthorized"],
    [
      "an account without money and status 200",
      { status: 200, body: '{"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}' },
      "no-credit",
    ],
    ["something else than JSON", { status: 200, body: "OK" }, "malformed"],
  ];
  for (const [what, given, kind, reason] of failures) {
    it(`fails with ${kind} on ${what}`, async () => {
      answer = given;
      await assert.rejects(
        ask(),
        (error) => error instanceof AssistantError && error.kind === kind && error.details.reason === reason,
      );
    });
  }
});
