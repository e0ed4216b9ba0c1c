/** Failed responses of every provider and proxy, each as the one error a person meets. */
import assert from "node:assert/strict";
import type { ErrorKind, ErrorReason } from "../../../src/core/errors.ts";
import { createRedactor } from "../../../src/core/redactor.ts";
import { htmlTitle, pageError, responseError } from "../../../src/providers/errors/errors.ts";

interface Expectation {
  kind: ErrorKind;
  reason?: ErrorReason;
  retryable?: boolean;
  says?: string;
  seconds?: number;
}

const context = { host: "api.example.com", provider: "p", model: "m" };

function errorOf(status: number, body: unknown, headers: Record<string, string> = {}) {
  return responseError({ status, headers }, typeof body === "string" ? body : JSON.stringify(body), context);
}

const openai = (message: string, more: object = {}) => ({
  error: { message, type: "invalid_request_error", param: null, code: null, ...more },
});

const table: [who: string, status: number, body: unknown, expected: Expectation][] = [
  [
    "OpenAI, wrong key",
    401,
    openai("Incorrect API key provided: sk-ab***yz.", { code: "invalid_api_key" }),
    { kind: "unauthorized", says: "Incorrect API key provided: [key]" },
  ],
  [
    "OpenAI, spent credit",
    429,
    openai("You exceeded your current quota, please check your plan and billing details.", {
      type: "insufficient_quota",
      code: "insufficient_quota",
    }),
    { kind: "no-credit" },
  ],
  [
    "OpenAI, too fast",
    429,
    openai("Rate limit reached for gpt-4.1 on tokens per min (TPM)", { code: "rate_limit_exceeded" }),
    { kind: "rate-limited", retryable: true },
  ],
  [
    "OpenAI, too long",
    400,
    openai("This model's maximum context length is 128000 tokens.", { code: "context_length_exceeded" }),
    { kind: "context-too-long" },
  ],
  [
    "OpenAI, no such model",
    404,
    openai("The model `gpt-9` does not exist or you do not have access to it.", { code: "model_not_found" }),
    { kind: "not-found", reason: "model-not-found" },
  ],
  [
    "OpenAI, wrong parameter",
    400,
    openai("Unsupported parameter: 'max_tokens'", { param: "max_tokens" }),
    { kind: "bad-request", says: "Unsupported parameter: 'max_tokens'" },
  ],
  ["OpenAI, overloaded", 503, openai("The engine is currently overloaded"), { kind: "overloaded", retryable: true }],
  [
    "OpenAI, a server error",
    500,
    openai("The server had an error"),
    { kind: "reported", reason: "server-error", retryable: true },
  ],
  [
    "Azure, blocked prompt",
    400,
    { error: { message: "The response was filtered", code: "content_filter", status: 400 } },
    { kind: "refused" },
  ],
  [
    "DeepSeek, no balance",
    402,
    { error: { message: "Insufficient Balance", type: "unknown_error", param: null, code: "invalid_request_error" } },
    { kind: "no-credit", says: "Insufficient Balance" },
  ],
  ["DeepSeek, no such model", 400, openai("Model Not Exist"), { kind: "not-found", reason: "model-not-found" }],
  [
    "DeepSeek, wrong key",
    401,
    openai("Authentication Fails (no such user)", { type: "authentication_error" }),
    { kind: "unauthorized" },
  ],
  ["OpenRouter, no credit", 402, { error: { code: 402, message: "Insufficient credits" } }, { kind: "no-credit" }],
  [
    "OpenRouter, no such model",
    400,
    { error: { code: 400, message: "foo/bar is not a valid model ID" } },
    { kind: "not-found", reason: "model-not-found" },
  ],
  [
    "OpenRouter, what the upstream said",
    502,
    {
      error: {
        code: 502,
        message: "Provider returned error",
        metadata: { provider_name: "Acme", raw: '{"message":"boom"}' },
      },
    },
    { kind: "overloaded", retryable: true, says: "Provider returned error: Acme: boom" },
  ],
  [
    "OpenRouter, moderated",
    403,
    { error: { code: 403, message: "Your input was flagged", metadata: { reasons: ["x"] } } },
    { kind: "refused" },
  ],
  [
    "Ofox, upstream",
    502,
    { error: { message: "upstream", type: "upstream_error" } },
    { kind: "overloaded", retryable: true },
  ],
  [
    "one-api, no channel",
    503,
    { error: { message: "当前分组 default 下对于模型 gpt-9 无可用渠道", type: "new_api_error" } },
    { kind: "not-found", reason: "model-not-found" },
  ],
  [
    "one-api, no balance",
    403,
    { error: { message: "用户额度不足, 剩余额度: $0.00", type: "new_api_error", code: "insufficient_user_quota" } },
    { kind: "no-credit" },
  ],
  ["one-api, wrong key", 401, { error: { message: "无效的令牌", type: "new_api_error" } }, { kind: "unauthorized" }],
  [
    "Google, wrong key",
    400,
    [{ error: { code: 400, message: "API key not valid. Please pass a valid API key.", status: "INVALID_ARGUMENT" } }],
    { kind: "unauthorized" },
  ],
  [
    "Google, too fast",
    429,
    {
      error: {
        code: 429,
        message: "You exceeded your current quota",
        status: "RESOURCE_EXHAUSTED",
        details: [{ "@type": "RetryInfo", retryDelay: "34s" }],
      },
    },
    { kind: "rate-limited", retryable: true, seconds: 34 },
  ],
  [
    "Anthropic, overloaded",
    529,
    { type: "error", error: { type: "overloaded_error", message: "Overloaded" }, request_id: "req_1" },
    { kind: "overloaded", retryable: true, says: "Overloaded" },
  ],
  [
    "Anthropic, too large",
    413,
    { type: "error", error: { type: "request_too_large", message: "Request exceeds the maximum size" } },
    { kind: "context-too-long", reason: "too-large" },
  ],
  [
    "Anthropic, no credit",
    400,
    { error: { type: "invalid_request_error", message: "Your credit balance is too low to access the Anthropic API" } },
    { kind: "no-credit" },
  ],
  [
    "Anthropic, too long",
    400,
    { error: { type: "invalid_request_error", message: "prompt is too long: 210000 tokens > 200000 maximum" } },
    { kind: "context-too-long" },
  ],
  [
    "Mistral, nested",
    422,
    {
      object: "error",
      message: {
        detail: [
          {
            type: "extra_forbidden",
            loc: ["body", "stream_options"],
            msg: "Extra inputs are not permitted",
            input: { secret: "the prompt" },
          },
        ],
      },
    },
    { kind: "bad-request", says: "body.stream_options: Extra inputs are not permitted (extra_forbidden)" },
  ],
  [
    "FastAPI",
    422,
    { detail: [{ loc: ["body", "model"], msg: "field required", type: "value_error.missing" }] },
    { kind: "bad-request", says: "body.model: field required (value_error.missing)" },
  ],
  ["FastAPI, plain", 404, { detail: "Not Found" }, { kind: "not-found", says: "Not Found" }],
  [
    "vLLM, no such model",
    404,
    { object: "error", message: "The model `x` does not exist.", type: "NotFoundError", param: null, code: 404 },
    { kind: "not-found", reason: "model-not-found" },
  ],
  [
    "vLLM, too long",
    400,
    {
      object: "error",
      message: "This model's maximum context length is 4096 tokens. However, you requested 5000",
      code: 400,
    },
    { kind: "context-too-long" },
  ],
  [
    "Ollama, no such model",
    404,
    { error: { message: 'model "llama9" not found, try pulling it first', type: "api_error" } },
    { kind: "not-found", reason: "model-not-found" },
  ],
  ["Ollama, as text", 400, { error: "invalid options" }, { kind: "bad-request", says: "invalid options" }],
  [
    "llama.cpp, loading",
    503,
    { error: { code: 503, message: "Loading model", type: "unavailable_error" } },
    { kind: "overloaded", retryable: true },
  ],
  [
    "llama.cpp, too long",
    400,
    {
      error: {
        code: 400,
        message: "the request exceeds the available context size",
        type: "exceed_context_size_error",
      },
    },
    { kind: "context-too-long" },
  ],
  [
    "LM Studio, too long",
    400,
    {
      error:
        "Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, greater than the context length",
    },
    { kind: "context-too-long" },
  ],
  [
    "Groq, too long",
    400,
    openai("Please reduce the length of the messages or completion."),
    { kind: "context-too-long" },
  ],
  [
    "xAI, too long",
    400,
    {
      code: "Client specified an invalid argument",
      error: "This model's maximum prompt length is 131072 but the request contains 200000 tokens.",
    },
    { kind: "context-too-long" },
  ],
  [
    "LiteLLM, no such model",
    400,
    { error: { message: "/chat/completions: Invalid model name passed in model=x", type: "None", code: "400" } },
    { kind: "not-found", reason: "model-not-found" },
  ],
  [
    "a gateway that nests its error in its message",
    400,
    { error: { message: '{"error":{"message":"inner words"}}' } },
    { kind: "bad-request", says: "inner words" },
  ],
  ["nothing at all", 400, "", { kind: "bad-request" }],
  ["a request timeout", 408, "", { kind: "reported", reason: "server-error", retryable: true }],
  ["a conflict", 409, "", { kind: "bad-request" }],
  ["a proxy", 407, "", { kind: "proxy" }],
  [
    "a forbidden region",
    403,
    openai("Country, region, or territory not supported", { code: "unsupported_country_region_territory" }),
    { kind: "refused" },
  ],
  ["something unheard of", 418, "I'm a teapot", { kind: "bad-request", says: "I'm a teapot" }],
  ["a status beyond repair", 501, "", { kind: "reported", reason: "server-error" }],
  [
    "a plain text",
    500,
    "Internal Server Error\n",
    { kind: "reported", reason: "server-error", retryable: true, says: "Internal Server Error" },
  ],
  ["JSON that was cut off", 400, '{"error":{"mess', { kind: "bad-request" }],
  [
    "a web page where the API should be",
    404,
    "<!DOCTYPE html><html><head><title>404 Not Found</title>",
    { kind: "not-found", reason: "html", says: "404 Not Found" },
  ],
  [
    "Cloudflare in trouble",
    524,
    "<html><head><title>example.com | 524: A timeout occurred</title>",
    { kind: "overloaded", reason: "html", retryable: true },
  ],
  [
    "nginx in trouble",
    502,
    "<html>\r\n<head><title>502 Bad Gateway</title></head>",
    { kind: "overloaded", reason: "html", retryable: true },
  ],
  [
    "nginx refusing size",
    413,
    "<html><head><title>413 Request Entity Too Large</title>",
    { kind: "context-too-long", reason: "too-large" },
  ],
  [
    "a firewall",
    403,
    "<!DOCTYPE html><title>Just a moment...</title>",
    { kind: "reported", reason: "html", says: "Just a moment..." },
  ],
];

describe("a failed response", () => {
  for (const [who, status, body, expected] of table) {
    it(`of ${who} (${status}) is ${expected.kind}${expected.reason ? `, ${expected.reason}` : ""}`, () => {
      const error = errorOf(status, body);
      assert.equal(error.kind, expected.kind);
      assert.equal(error.details.reason, expected.reason);
      assert.equal(error.retryable, expected.retryable ?? false);
      assert.equal(error.details.status, status);
      assert.equal(error.details.seconds, expected.seconds);
      if (expected.says !== undefined)
        assert.ok(error.details.providerMessage?.startsWith(expected.says), error.details.providerMessage);
      assert.match(error.message, /api\.example\.com|account/);
      assert.doesNotMatch(error.message, /the prompt/);
    });
  }

  it("keeps at most 500 characters of the provider's words", () => {
    assert.equal(errorOf(400, openai("x".repeat(5000))).details.providerMessage?.length, 500);
    assert.equal(errorOf(400, "x".repeat(1_000_000)).details.providerMessage?.length, 500);
  });

  it("keeps no stack that a gateway sends along", () => {
    const said =
      "Error from provider\n    at send (/srv/gateway/index.js:67:20)\n    at next (/srv/gateway/index.js:1:1)";
    assert.equal(errorOf(502, openai(said)).details.providerMessage, "Error from provider");
  });

  it("keeps the request id, from the body or a header", () => {
    assert.equal(errorOf(500, { error: { message: "x" }, request_id: "req_1" }).details.requestId, "req_1");
    assert.equal(errorOf(500, "", { "x-request-id": "req_2" }).details.requestId, "req_2");
    assert.equal(errorOf(500, "", { "request-id": "req_3" }).details.requestId, "req_3");
  });

  it("keeps no key that stands where the request id was due", () => {
    const own = { ...context, redactor: createRedactor(["own-key-of-somebody"]) };
    for (const [body, headers] of [
      ["{}", { "x-request-id": "own-key-of-somebody" }],
      ['{"error":{"message":"x"},"request_id":"own-key-of-somebody"}', {}],
    ] as const) {
      assert.equal(responseError({ status: 400, headers }, body, own).details.requestId, "[key]");
    }
  });

  it("is asked again or not as the server says", () => {
    assert.equal(errorOf(500, "", { "x-should-retry": "false" }).retryable, false);
    assert.equal(errorOf(400, "", { "x-should-retry": "true" }).retryable, true);
  });

  it("never shows a key, whole, masked or in a URL", () => {
    const key = "hs_4f9a8b7c6d5e4f3a2b1c";
    const bodies = [
      openai(`Incorrect API key provided: ${key}. You can find your key at x.`),
      openai(`Incorrect API key provided: hs_4****2b1c.`),
      openai(`GET https://x.test/v1?key=${key} failed, Authorization: Bearer ${key}`),
      { error: key },
      { message: "no", request_id: "r", error: { message: `{"token":"${key}"}` } },
      `<title>${key}</title>`,
      key,
    ];
    for (const body of bodies) {
      const error = responseError(
        { status: 401, headers: {} },
        typeof body === "string" ? body : JSON.stringify(body),
        { ...context, redactor: createRedactor([` ${key}`]) },
      );
      assert.doesNotMatch(JSON.stringify([error.message, error.details]), /4f9a8b7c|2b1c/);
    }
  });

  it("of any JSON shape never throws", () => {
    for (const body of [
      "null",
      "7",
      '"x"',
      "[]",
      "[[]]",
      '{"error":[]}',
      '{"error":7}',
      '{"error":true}',
      '{"errors":[{"message":"a"}]}',
      '{"error":{"message":{"a":1}}}',
      '{"detail":[null]}',
    ]) {
      assert.equal(errorOf(400, body).kind, "bad-request");
    }
    assert.equal(errorOf(400, '{"errors":[{"message":"a"}]}').details.providerMessage, "a");
  });
});

describe("a web page", () => {
  it("is known by its beginning, with its title", () => {
    assert.equal(htmlTitle("\n<!DOCTYPE html>\n<html><head><title>\n Sign  in\n</title>"), "Sign in");
    assert.equal(htmlTitle("<html><body><h1>It works!</h1>"), "It works!");
    assert.equal(htmlTitle("<html><body>"), "");
    assert.equal(htmlTitle('{"a":"<html>"}'), undefined);
    assert.equal(htmlTitle("data: <html>"), undefined);
  });

  it("with status 200 is no API, and asked again only when it is a gateway in trouble", () => {
    const page = pageError(200, "<html><title>Welcome</title>", context);
    assert.equal(page.kind, "malformed");
    assert.equal(page.details.reason, "html");
    assert.equal(page.retryable, false);
    assert.match(page.message, /api\.example\.com.*web page.*Welcome/);
    const trouble = pageError(200, "<html><title>503 Service Temporarily Unavailable</title>", context);
    assert.equal(trouble.kind, "overloaded");
    assert.equal(trouble.retryable, true);
  });
});
