/** Keys, headers and repairs: what leaves for the server, and what is asked once more. */

import assert from "node:assert/strict";
import { defined } from "../../../src/core/defined.ts";
import type { AssistantError } from "../../../src/core/errors.ts";
import { createProvider } from "../../../src/providers/create.ts";
import { chatStream } from "../../support/chat.ts";
import { freshServer } from "../../support/fresh.ts";
import { configure, gather } from "../../support/run.ts";
import type { Handler, ReceivedRequest } from "../../support/server.ts";

const fresh = freshServer(chatStream(["Hi"]));

describe("a request", () => {
  it("goes to the endpoint below the base URL, prefix kept", async () => {
    await gather(fresh.asker.stream(fresh.asker.provider(`${fresh.server.url}/api/openai/v1/chat/completions/`)));
    assert.equal(fresh.server.requests[0]?.path, "/api/openai/v1/chat/completions");
    assert.equal(fresh.server.requests[0]?.headers["content-type"], "application/json");
  });

  it("carries the key and the entry's own headers", async () => {
    await fresh.asker.ask(fresh.server.url, { apiKey: "  my-key\n", entry: { headers: { "X-Team": "blue" } } });
    assert.equal(fresh.server.requests[0]?.headers.authorization, "Bearer my-key");
    assert.equal(fresh.server.requests[0]?.headers["x-team"], "blue");
  });

  it("carries no authorization without a key", async () => {
    await fresh.asker.ask(fresh.server.url);
    assert.equal(fresh.server.requests[0]?.headers.authorization, undefined);
  });

  it("is not sent when a key is needed and missing", async () => {
    for (const apiKey of [undefined, "", "  "]) {
      const answer = await fresh.asker.ask(fresh.server.url, {
        entry: { needsKey: true },
        ...defined({ apiKey }),
      });
      assert.equal(answer.error?.kind, "missing-key");
    }
    assert.equal(fresh.server.connections, 0);
  });

  it("is not sent when the key cannot be one", async () => {
    for (const apiKey of ["ｓｋ-123", "sk-1 2", "sk-1\n2", "키"]) {
      const answer = await fresh.asker.ask(fresh.server.url, { apiKey });
      assert.equal(answer.error?.kind, "unauthorized");
      assert.doesNotMatch(answer.error?.message ?? "", /sk-1|ｓｋ|키/);
    }
    assert.equal(fresh.server.connections, 0);
  });

  it("never carries a key without encryption beyond this machine", async () => {
    for (const baseUrl of ["http://192.168.250.250:1/v1", "http://gpu-box:1/v1", "http://nas.local:1/v1"]) {
      const answer = await gather(fresh.asker.stream(createProvider(configure({ baseUrl })), { apiKey: "topsecret" }));
      assert.equal(answer.error?.kind, "bad-request");
      assert.equal(answer.error?.details.reason, "insecure-origin");
      assert.equal(answer.error?.retryable, false);
      assert.doesNotMatch(answer.error?.message ?? "", /topsecret/);
    }
  });

  it("logs neither key nor prompt", async () => {
    const lines: string[] = [];
    const write = (line: string) => void lines.push(line);
    const logger = { trace: write, debug: write, info: write, warn: write, error: write };
    fresh.handler = refuseOnce((body) => "stream_options" in body, 400, {
      error: { message: "Unknown parameter: stream_options" },
    });
    const provider = fresh.asker.provider(`${fresh.server.url}/v1`);
    const context = {
      signal: new AbortController().signal,
      transport: fresh.asker.transport,
      logger,
      apiKey: "topsecret",
    };
    await gather(
      provider.stream(
        { model: "m", messages: [{ role: "user", parts: [{ type: "text", text: "private words" }] }] },
        context,
      ),
    );
    assert.ok(lines.length > 0);
    assert.doesNotMatch(lines.join("\n"), /topsecret|private words/);
  });
});

/** Refuses a body that `offends`, else answers. */
function refuseOnce(offends: (body: ReceivedRequest["json"]) => boolean, status: number, error: unknown): Handler {
  return (request, reply) => {
    if (!offends(request.json)) return chatStream(["Hi"])(request, reply);
    reply.head(status, { "content-type": "application/json" });
    reply.end(JSON.stringify(error));
  };
}

interface Refusal {
  who: string;
  status: number;
  error: unknown;
  offends: (body: ReceivedRequest["json"]) => boolean;
  repaired: string;
  model?: string;
  entry?: Record<string, unknown>;
}

const refusals: Refusal[] = [
  {
    who: "Mistral, stream options",
    status: 422,
    error: {
      object: "error",
      message: {
        detail: [{ type: "extra_forbidden", loc: ["body", "stream_options"], msg: "Extra inputs are not permitted" }],
      },
    },
    offends: (body) => "stream_options" in body,
    repaired: "stream_options",
  },
  {
    who: "Azure, stream options",
    status: 400,
    error: { error: { message: "Unrecognized request argument supplied: stream_options", code: null } },
    offends: (body) => "stream_options" in body,
    repaired: "stream_options",
  },
  {
    who: "OpenAI, max_tokens",
    status: 400,
    error: {
      error: {
        message:
          "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        param: "max_tokens",
        code: "unsupported_parameter",
      },
    },
    offends: (body) => "max_tokens" in body,
    repaired: "max_tokens",
  },
  {
    who: "an old relay, max_completion_tokens",
    status: 400,
    error: { error: { message: "unknown field: max_completion_tokens" } },
    offends: (body) => "max_completion_tokens" in body,
    repaired: "max_tokens",
    model: "o3",
    entry: { preset: "openai" },
  },
  {
    who: "a server without any limit",
    status: 400,
    error: { error: { message: "Extra inputs are not permitted: max_tokens" } },
    offends: (body) => "max_tokens" in body || "max_completion_tokens" in body,
    repaired: "max_tokens, no_max_tokens",
  },
  {
    who: "OpenAI, temperature",
    status: 400,
    error: {
      error: {
        message:
          "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.",
        param: "temperature",
      },
    },
    offends: (body) => "temperature" in body,
    repaired: "temperature",
  },
  {
    who: "a relay, developer role",
    status: 400,
    error: { error: { message: "messages.0.role: 'developer' is not one of ['system', 'user', 'assistant']" } },
    offends: (body) => body.messages?.[0]?.role === "developer",
    repaired: "developer",
    model: "o3",
    entry: { preset: "openai" },
  },
  {
    who: "DeepSeek, missing thinking",
    status: 400,
    error: { error: { message: "The reasoning_content in the thinking mode must be passed back to the API" } },
    offends: (body) =>
      body.messages?.some((message) => message.role === "assistant" && !("reasoning_content" in message)) ?? false,
    repaired: "reasoning_content",
  },
];

describe("a refused parameter", () => {
  const messages = [
    { role: "user" as const, parts: [{ type: "text" as const, text: "Hello" }] },
    { role: "assistant" as const, parts: [{ type: "text" as const, text: "Yes?" }] },
    { role: "user" as const, parts: [{ type: "text" as const, text: "Go on" }] },
  ];
  for (const { who, status, error, offends, repaired, model = "m", entry = {} } of refusals) {
    it(`of ${who} is repaired once and remembered`, async () => {
      fresh.handler = refuseOnce(offends, status, error);
      const provider = fresh.asker.provider(`${fresh.server.url}/v1`, { ...entry, needsKey: false });
      const request = { model, messages, system: "s", maxOutputTokens: 9, temperature: 0.2 };
      const first = await gather(fresh.asker.stream(provider, request));
      assert.equal(first.text, "Hi");
      assert.deepEqual(first.notices, [{ type: "notice", code: "repaired", detail: repaired }]);
      const sent = fresh.server.requests.length;
      assert.equal(sent, 1 + repaired.split(",").length);
      assert.equal(fresh.server.connections, 1);
      const second = await gather(fresh.asker.stream(provider, request));
      assert.equal(second.text, "Hi");
      assert.deepEqual(second.notices, []);
      assert.equal(fresh.server.requests.length, sent + 1);
    });
  }

  it("is remembered for its own model only", async () => {
    fresh.handler = refuseOnce((body) => body.model === "a" && "stream_options" in body, 400, {
      error: { message: "Unknown parameter: stream_options" },
    });
    const provider = fresh.asker.provider(`${fresh.server.url}/v1`);
    await gather(fresh.asker.stream(provider, { model: "a" }));
    await gather(fresh.asker.stream(provider, { model: "b" }));
    assert.ok("stream_options" in fresh.server.requests.at(-1)!.json);
  });

  it("is several things, one after the other", async () => {
    fresh.handler = (request, reply) => {
      const { json } = request;
      const refused = ["stream_options", "max_tokens", "temperature"].find((name) => name in json);
      return refuseOnce(() => refused !== undefined, 400, { error: { message: `Unsupported parameter: ${refused}` } })(
        request,
        reply,
      );
    };
    const answer = await fresh.asker.ask(fresh.server.url, { maxOutputTokens: 9, temperature: 1 });
    assert.equal(answer.text, "Hi");
    assert.deepEqual(
      answer.notices.map(({ detail }) => detail),
      ["stream_options, max_tokens, temperature"],
    );
  });

  const final: [what: string, status: number, message: string][] = [
    [
      "a value out of range",
      400,
      "max_tokens is too large: 99999. This model supports at most 16384 completion tokens.",
    ],
    ["a temperature out of range", 400, "temperature must be between 0 and 1"],
    ["another fault", 400, "messages is empty"],
    ["a status that is no refusal", 500, "Unsupported parameter: stream_options"],
  ];
  for (const [what, status, message] of final) {
    it(`is not what ${what} is`, async () => {
      fresh.handler = refuseOnce(() => true, status, { error: { message } });
      const answer = await fresh.asker.ask(fresh.server.url, { maxOutputTokens: 9, temperature: 2 });
      assert.equal(answer.error?.details.providerMessage, message);
      assert.equal(fresh.server.requests.length, 1);
    });
  }

  it("is told when the repair does not help", async () => {
    fresh.handler = refuseOnce(() => true, 400, { error: { message: "Unsupported parameter: stream_options" } });
    const answer = await fresh.asker.ask(fresh.server.url);
    assert.equal(answer.error?.kind, "bad-request");
    assert.equal(fresh.server.requests.length, 2);
  });
});

describe("a refused request", () => {
  for (const [status, kind] of [
    [400, "bad-request"],
    [401, "unauthorized"],
    [402, "no-credit"],
    [403, "unauthorized"],
    [404, "not-found"],
    [408, "reported"],
    [409, "bad-request"],
    [413, "context-too-long"],
    [422, "bad-request"],
    [429, "rate-limited"],
    [500, "reported"],
    [502, "overloaded"],
    [503, "overloaded"],
    [504, "overloaded"],
    [520, "overloaded"],
    [524, "overloaded"],
    [529, "overloaded"],
  ] as const) {
    it(`with status ${status} is ${kind}, whatever its body`, async () => {
      for (const body of ["", "{}", '{"error":{"message":"some words"}}', "not json {"]) {
        fresh.handler = (_request, reply) => {
          reply.head(status, { "retry-after": "7", "x-request-id": "req-1" });
          reply.end(body);
        };
        const { error } = await fresh.asker.ask(fresh.server.url, { apiKey: "topsecret" });
        assert.equal(error?.kind, kind);
        const { details } = error as AssistantError;
        assert.equal(details.status, status);
        assert.equal(details.requestId, "req-1");
        assert.equal(details.model, "test-model");
        assert.equal(details.provider, "test");
        assert.equal(details.seconds, [402, 408, 409, 429].includes(status) || status >= 500 ? 7 : undefined);
      }
    });
  }

  it("has no wait to read from a success", async () => {
    fresh.handler = chatStream(["Hi"], { headers: { "retry-after": "30" } });
    assert.equal((await fresh.asker.ask(fresh.server.url)).text, "Hi");
  });
});
