/** Errors inside a successful stream: every shape becomes one typed error, and what came before it stays. */
import assert from "node:assert/strict";
import type { ErrorKind } from "../../../src/core/errors.ts";
import { chunk, done, event } from "../../support/chat.ts";
import { decodeBody, decodePieces } from "../../support/decode.ts";
import { everyTwoPieces } from "../../support/splits.ts";

interface Shape {
  who: string;
  body: string;
  kind: ErrorKind;
  message: string;
  retryable: boolean;
  /** Only where the server says one. */
  status?: number;
}

const shapes: Shape[] = [
  {
    who: "OpenAI and vLLM",
    body:
      event({ error: { message: "The server had an error", type: "server_error", param: null, code: null } }) + done,
    kind: "reported",
    message: "The server had an error",
    retryable: true,
  },
  {
    who: "LiteLLM, without an end mark",
    body: event({ error: { message: "litellm.RateLimitError: slow down", type: "throttling_error", code: "429" } }),
    kind: "rate-limited",
    message: "litellm.RateLimitError: slow down",
    retryable: true,
    status: 429,
  },
  {
    who: "Groq",
    body: event(
      {
        error: {
          message: "Tool call validation failed",
          type: "invalid_request_error",
          code: "tool_use_failed",
          failed_generation: "{}",
          status_code: 400,
        },
      },
      "error",
    ),
    kind: "bad-request",
    message: "Tool call validation failed",
    retryable: false,
    status: 400,
  },
  {
    who: "LM Studio",
    body: event({ error: { message: "Compute error." }, message: "Compute error." }, "error"),
    kind: "reported",
    message: "Compute error.",
    retryable: true,
  },
  {
    who: "old vLLM and SGLang, not nested",
    body: event({ object: "error", message: "Internal error", type: "InternalServerError", code: 500 }),
    kind: "reported",
    message: "Internal error",
    retryable: true,
    status: 500,
  },
  {
    who: "OpenRouter, with choices and usage in the same chunk",
    body: event({
      error: {
        code: 502,
        message: "Provider returned error",
        metadata: { provider_name: "Acme", raw: '{"error":{"message":"boom"}}' },
      },
      choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }],
      usage: { prompt_tokens: 5, completion_tokens: 1 },
    }),
    kind: "overloaded",
    message: "Provider returned error: Acme: boom",
    retryable: true,
    status: 502,
  },
  {
    who: "Ollama, as text",
    body: event({ error: "model runner has unexpectedly stopped" }),
    kind: "reported",
    message: "model runner has unexpectedly stopped",
    retryable: true,
  },
  {
    who: "older llama.cpp, in a line of its own kind",
    body: `error: {"code":500,"message":"slot failed","type":"server_error"}\n\n${done}`,
    kind: "reported",
    message: "slot failed",
    retryable: true,
    status: 500,
  },
  {
    who: "Anthropic behind a gateway",
    body: event(
      { type: "error", error: { type: "overloaded_error", message: "Overloaded" }, request_id: "req_1" },
      "error",
    ),
    kind: "overloaded",
    message: "Overloaded",
    retryable: true,
  },
  {
    who: "an account without credit",
    body: event({
      error: {
        message: "You exceeded your current quota, please check your plan",
        type: "insufficient_quota",
        code: "insufficient_quota",
      },
    }),
    kind: "no-credit",
    message: "You exceeded your current quota, please check your plan",
    retryable: false,
  },
  {
    who: "a context that is full",
    body: event({
      error: { message: "This model's maximum context length is 8192 tokens.", type: "BadRequestError", code: 400 },
    }),
    kind: "context-too-long",
    message: "This model's maximum context length is 8192 tokens.",
    retryable: false,
    status: 400,
  },
  {
    who: "a timeout behind the gateway",
    body: event({ error: { message: "upstream timed out", code: "timeout" } }),
    kind: "overloaded",
    message: "upstream timed out",
    retryable: true,
  },
  {
    who: "Aliyun, not nested",
    body: event({ code: "InvalidParameter", message: "bad value", request_id: "r-1" }),
    kind: "bad-request",
    message: "bad value",
    retryable: false,
  },
  {
    who: "DeepSeek out of machines, as a finish reason",
    body: chunk({}, { finish_reason: "insufficient_system_resource" }) + done,
    kind: "overloaded",
    message: "The answer ended with “insufficient_system_resource”.",
    retryable: true,
  },
  {
    who: "a plain text under the name error",
    body: "event: error\ndata: something broke\n\n",
    kind: "reported",
    message: "something broke",
    retryable: true,
  },
];

describe("an error inside a stream", () => {
  for (const { who, body, kind, message, retryable, status } of shapes) {
    it(`of ${who} is told once, after the text before it`, () => {
      const answer = decodeBody(chunk({ content: "Hel" }) + chunk({ content: "lo" }) + body);
      assert.equal(answer.text, "Hello");
      assert.equal(answer.end, undefined);
      assert.equal(answer.error?.kind, kind);
      assert.equal(answer.error?.details.providerMessage, message);
      assert.equal(answer.error?.retryable, retryable);
      assert.equal(answer.error?.details.host, "host.test");
      assert.equal(answer.error?.details.status, status);
    });

    it(`of ${who} is told when it comes first, however it is cut`, () => {
      for (const pieces of everyTwoPieces(Buffer.from(body, "utf8"))) {
        const answer = decodePieces(pieces);
        assert.equal(answer.error?.kind, kind);
        assert.equal(answer.error?.details.providerMessage, message);
        assert.equal(answer.text, "");
      }
    });
  }

  for (const [who, body] of Object.entries({
    "a whole JSON body": '{"error":{"message":"no","code":"model_not_found"}}',
    "a JSON body over many lines": '{\n  "error": {\n    "message": "no",\n    "code": "model_not_found"\n  }\n}\n',
    "a list, as Google's": '[{"error":{"code":404,"message":"no","status":"NOT_FOUND"}}]',
    "FastAPI's detail": '{"detail":"no"}',
  })) {
    it(`is found in ${who}`, () => {
      const answer = decodeBody(body);
      assert.equal(answer.error?.details.providerMessage, "no");
      assert.equal(answer.error?.retryable, who === "FastAPI's detail");
    });
  }

  for (const empty of [null, {}, "", [], { message: "", code: null }]) {
    it(`is not what an error field of ${JSON.stringify(empty)} means`, () => {
      const answer = decodeBody(
        chunk({ content: "Hi" }, { error: empty }) + chunk({}, { finish_reason: "stop", error: empty }) + done,
      );
      assert.equal(answer.text, "Hi");
      assert.equal(answer.error, undefined);
      assert.equal(answer.end?.finishReason, "stop");
    });
  }

  it("is a notice only when the answer was complete before it", () => {
    const answer = decodeBody(
      chunk({ content: "Hi" }) + chunk({}, { finish_reason: "stop" }) + event({ error: { message: "late" } }) + done,
    );
    assert.equal(answer.error, undefined);
    assert.deepEqual(answer.notices, [{ type: "notice", code: "late-error", detail: "late" }]);
    assert.equal(answer.end?.finishReason, "stop");
  });

  it("counts when it comes in the same chunk as the finish reason", () => {
    const answer = decodeBody(
      chunk({ content: "Hi" }) + chunk({}, { finish_reason: "stop", error: { message: "no", code: 500 } }),
    );
    assert.equal(answer.error?.details.providerMessage, "no");
    assert.equal(answer.end, undefined);
  });

  it("keeps the usage that came with it", () => {
    const answer = decodeBody(
      event({ error: { message: "no" }, choices: [], usage: { prompt_tokens: 5, completion_tokens: 0 } }),
    );
    assert.deepEqual(answer.usage, { inputTokens: 5, outputTokens: 0 });
  });

  it("ends open tool calls as incomplete", () => {
    const call = { tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: '{"a":1}' } }] };
    const answer = decodeBody(chunk(call) + event({ error: { message: "no" } }));
    assert.deepEqual(answer.tools, [{ id: "a", name: "f", arguments: '{"a":1}', complete: false }]);
  });
});
