/** Refusals of what a request asks for, told from a model that is unknown and from a conversation that is too long. */
import assert from "node:assert/strict";
import { responseError } from "../../../src/providers/errors/errors.ts";

const table: [said: string, status: number, kind: string, reason?: string][] = [
  ['No endpoints found that support tool use. Try disabling "f".', 404, "bad-request"],
  ["No endpoints found that support image input", 404, "bad-request"],
  ["No endpoints found matching your data policy (Free model publication).", 404, "bad-request"],
  ["No endpoints found for some/model.", 404, "not-found", "model-not-found"],
  ["No allowed providers are available for the selected model.", 404, "bad-request"],
  ["The model m: function calling is not supported", 400, "bad-request"],
  ["For model kimi-k2.6 temperature 0.2 is not supported", 400, "bad-request"],
  ["This model does not support tool use", 404, "bad-request"],
  ["The model m is not supported", 400, "not-found", "model-not-found"],
  ["Model m is not available in your region", 404, "not-found", "model-not-found"],
  ["Developer instruction is not enabled for models/gemma-3-27b-it", 400, "bad-request"],
  [
    "Invalid 'messages[1].tool_calls[0].id': string too long. Expected a string with maximum length 40.",
    400,
    "bad-request",
  ],
  ["Invalid 'input[2].call_id': string too long. Expected a string with maximum length 64.", 400, "bad-request"],
  ["Invalid 'tools[0].function.name': string too long. Expected a string with maximum length 64.", 400, "bad-request"],
  [
    "Invalid 'messages[0].content': string too long. Expected a string with maximum length 10485760.",
    400,
    "context-too-long",
  ],
  ["Invalid 'input': string too long. Expected a string with maximum length 10485760.", 400, "context-too-long"],
  ["Jinja Exception: System role not supported", 500, "bad-request"],
  ["Error rendering prompt with jinja template: Conversation roles must alternate user/assistant", 500, "bad-request"],
  ["The server had an error", 500, "reported", "server-error"],
];

describe("a refusal", () => {
  for (const [said, status, kind, reason] of table) {
    it(`“${said}” (${status}) is ${kind}`, () => {
      const code = /too long/.test(said) ? "string_above_max_length" : null;
      const body = JSON.stringify({ error: { message: said, type: "invalid_request_error", code } });
      const error = responseError({ status, headers: {} }, body, { host: "h", model: "m" });
      assert.deepEqual([error.kind, error.details.reason], [kind, reason]);
      assert.equal(error.retryable, kind === "reported");
    });
  }
});
