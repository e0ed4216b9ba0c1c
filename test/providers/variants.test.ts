/** Streams that real servers send beside the plain ones: filters, server tools, several choices, odd ends, and what is left of them. */
import assert from "node:assert/strict";
import type { FinishReason } from "../../src/core/events.ts";
import { chunk, done, event } from "../support/chat.ts";
import { type DecodedProtocol, decodeBody } from "../support/decode.ts";
import {
  blockDelta,
  blockStart,
  blockStop,
  content,
  messageDelta,
  messageEnd,
  messageStart,
  messageStop,
  ping,
  textBlock,
} from "../support/messages.ts";
import { lastLine, line } from "../support/ollama.ts";
import {
  completed,
  created,
  failed,
  itemAdded,
  itemDone,
  message,
  responseEvent,
  textDelta,
} from "../support/responses.ts";

interface Variant {
  body: string;
  text: string;
  thinking?: string;
  usage?: Record<string, number>;
  /** The finish reason, and how the server wrote it. */
  end?: [FinishReason, string | undefined];
  /** The kind of the error, and the server's own words. */
  error?: [kind: string, words: string | undefined];
  model?: string;
}

const finish = (reason: string) => chunk({}, { finish_reason: reason });
const choice = (index: number, text: string, finish_reason: string | null = null) => ({
  index,
  delta: { content: text },
  finish_reason,
});
const search = { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: {} };

const variants: Record<string, Record<string, Variant>> = {
  "openai-chat": {
    "Azure's filter that runs behind the text, with chunks that have no delta": {
      body:
        event({ id: "", object: "", created: 0, model: "", choices: [], prompt_filter_results: [{}] }) +
        chunk({ content: "Hel" }) +
        event({ id: "", model: "", choices: [{ index: 0, finish_reason: null, content_filter_offsets: {} }] }) +
        chunk({ content: "lo" }) +
        finish("stop") +
        done,
      text: "Hello",
      end: ["stop", "stop"],
    },
    "an answer that Azure's filter cuts off": {
      body: chunk({ content: "Hel" }) + finish("content_filter") + done,
      text: "Hel",
      end: ["content-filter", "content_filter"],
    },
    "two choices, interleaved and out of order": {
      body:
        event({ choices: [choice(1, "no "), choice(0, "ye")] }) +
        event({ choices: [choice(1, "way", "stop")] }) +
        event({ choices: [choice(0, "s", "length")] }) +
        done,
      text: "yes",
      end: ["length", "length"],
    },
    "thinking and text of DashScope, its usage in a chunk with null for choices": {
      body:
        chunk({ content: null, reasoning_content: "hm" }) +
        chunk({ content: "A", reasoning_content: null }) +
        finish("stop") +
        event({ choices: null, usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 } }) +
        done,
      text: "A",
      thinking: "hm",
      usage: { inputTokens: 5, outputTokens: 7 },
      end: ["stop", "stop"],
    },
    "a router that names its model late": {
      body:
        chunk({ content: "A" }, { model: "auto" }) +
        chunk({ content: "B" }, { model: "vendor/real" }) +
        finish("stop") +
        done,
      text: "AB",
      end: ["stop", "stop"],
      model: "test-model",
    },
    "sources, pictures and sound beside the text": {
      body:
        event({ choices: [choice(0, "A")], citations: ["u"], search_results: [{}] }) +
        chunk({ content: "", annotations: [{ type: "url_citation" }], images: [{}], audio: { transcript: "no" } }) +
        finish("stop") +
        done,
      text: "A",
      end: ["stop", "stop"],
    },
    "a finish reason that is an error": {
      body: chunk({ content: "A" }) + finish("error") + done,
      text: "A",
      error: ["reported", "The answer ended with “error”."],
    },
    "an answer that the server aborts": {
      body: chunk({ content: "A" }) + finish("abort") + done,
      text: "A",
      end: ["other", "abort"],
    },
  },
  anthropic: {
    "a search of the server between redacted thinking and an answer with sources": {
      body:
        messageStart() +
        blockStart(0, { type: "redacted_thinking", data: "c2VjcmV0" }) +
        blockStop(0) +
        ping +
        blockStart(1, search) +
        blockDelta(1, { type: "input_json_delta", partial_json: '{"query":"x"}' }) +
        blockStop(1) +
        blockStart(2, { type: "web_search_tool_result", tool_use_id: search.id, content: [{ url: "u" }] }) +
        blockStop(2) +
        blockStart(3, { type: "text", text: "", citations: [] }) +
        blockDelta(3, { type: "citations_delta", citation: { cited_text: "no" } }) +
        blockDelta(3, { type: "text_delta", text: "Found" }) +
        blockStop(3) +
        messageEnd("end_turn", { output_tokens: 9, server_tool_use: { web_search_requests: 1 } }),
      text: "Found",
      usage: { inputTokens: 3, outputTokens: 9 },
      end: ["stop", "end_turn"],
    },
    "a refusal in the middle": {
      body: messageStart() + textBlock(0, "I ") + messageEnd("refusal", { output_tokens: 2 }),
      text: "I ",
      usage: { inputTokens: 3, outputTokens: 2 },
      end: ["content-filter", "refusal"],
    },
    "a gateway's end mark behind its own, and no usage": {
      body: messageStart({}) + textBlock(0, "x") + messageDelta("end_turn", {}) + messageStop + done,
      text: "x",
      end: ["stop", "end_turn"],
    },
    "an error in the envelope of another protocol": {
      body: event({ error: { message: "bad key", code: "invalid_api_key" } }),
      text: "",
      error: ["unauthorized", "bad key"],
    },
  },
  gemini: {
    "a stop for safety, without content": {
      body:
        content([{ text: "Hi" }]) +
        event({ candidates: [{ finishReason: "SAFETY", index: 0, safetyRatings: [{ blocked: true }] }] }),
      text: "Hi",
      end: ["content-filter", "SAFETY"],
    },
    "code that Google ran, and what it searched": {
      body:
        content([{ executableCode: { code: "1" } }, { codeExecutionResult: { output: "1" } }, { text: "A" }]) +
        content([{ text: "." }], {
          finishReason: "STOP",
          usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 2, toolUsePromptTokenCount: 5 },
        }),
      text: "A.",
      usage: { inputTokens: 15, outputTokens: 2 },
      end: ["stop", "STOP"],
    },
    "nothing but thoughts up to the limit": {
      body: content([], {
        finishReason: "MAX_TOKENS",
        usageMetadata: { promptTokenCount: 3, thoughtsTokenCount: 50, totalTokenCount: 53 },
      }),
      text: "",
      usage: { inputTokens: 3, outputTokens: 50, reasoningTokens: 50 },
      error: ["incomplete", undefined],
    },
    "a reason that says nothing, in the middle": {
      body:
        content([{ text: "A" }], { finishReason: "FINISH_REASON_UNSPECIFIED" }) +
        content([{ text: "B" }], { finishReason: "STOP" }),
      text: "AB",
      end: ["stop", "STOP"],
    },
  },
  "openai-responses": {
    "a search of the server, sources and a sign of life": {
      body:
        created() +
        event({ type: "keepalive" }, "keepalive") +
        itemAdded(0, { type: "web_search_call", id: "ws_1" }) +
        responseEvent("web_search_call.searching", { output_index: 0 }) +
        itemDone(0, { type: "web_search_call", id: "ws_1" }) +
        itemAdded(1, { type: "message", content: [] }) +
        textDelta(1, "A") +
        responseEvent("output_text.annotation.added", { output_index: 1, annotation: {} }) +
        itemDone(1, message("A")) +
        completed({ usage: { input_tokens: 3, output_tokens: 4 } }),
      text: "A",
      usage: { inputTokens: 3, outputTokens: 4 },
      end: ["stop", "completed"],
    },
    "spent credit, told twice after it began": {
      body:
        created() +
        event(
          { type: "error", code: "insufficient_quota", message: "You exceeded your current quota", param: null },
          "error",
        ) +
        failed("insufficient_quota"),
      text: "",
      error: ["no-credit", "You exceeded your current quota"],
    },
  },
  ollama: {
    "thinking, likelihoods, and a model that runs elsewhere": {
      body:
        line({ thinking: "hm" }) +
        line({ content: "A" }, { logprobs: [{ token: "A", logprob: -0.1 }], remote_model: "x", remote_host: "h" }) +
        lastLine({ prompt_eval_count: 3, eval_count: 4 }),
      text: "A",
      thinking: "hm",
      usage: { inputTokens: 3, outputTokens: 4 },
      end: ["stop", "stop"],
    },
    "a model that was only loaded": {
      body: lastLine({ done_reason: "load" }),
      text: "",
      error: ["incomplete", undefined],
    },
    "a runner that fell over": {
      body: `${line({ content: "A" })}{"error":"an error was encountered while running the model: unexpected EOF"}\n`,
      text: "A",
      error: ["reported", "an error was encountered while running the model: unexpected EOF"],
    },
  },
};

for (const [protocol, rows] of Object.entries(variants)) {
  describe(`in the protocol ${protocol}`, () => {
    for (const [name, { body, text, thinking = "", usage, end, error, model }] of Object.entries(rows)) {
      it(`${name} is read for what it is`, () => {
        const answer = decodeBody(body, protocol as DecodedProtocol);
        assert.equal(answer.text, text);
        assert.equal(answer.thinking, thinking);
        assert.deepEqual(answer.usage, usage);
        assert.deepEqual(answer.end && [answer.end.finishReason, answer.end.rawReason], end);
        assert.deepEqual(answer.error && [answer.error.kind, answer.error.details.providerMessage], error);
        if (model !== undefined) assert.equal(answer.end?.model, model);
        assert.deepEqual(answer.notices, []);
      });
    }
  });
}
