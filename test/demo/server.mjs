/**
 * The demo provider: a server for OpenAI's chat completions on this machine, to try Runnel without a key and to test it end to end.
 *
 *     node test/demo/server.mjs [--port 0] [--pace real|fast] [--with-parent]
 *
 * When it is ready it prints one line, {"url":"http://127.0.0.1:PORT/v1","models":[…]}, and runs until SIGINT or SIGTERM (with
 * `--with-parent` also until its standard input ends, so that it never outlives the program that started it). Any key is accepted.
 *
 * The server is @copilotkit/aimock; this file gives it the models with their pace and the faults to ask for, `script.mjs` picks the
 * answer, `tokens.mjs` cuts it into tokens. What aimock does, so that nobody has to find out twice:
 * - `tps` counts chunks, and a chunk is `chunkSize` UTF-16 units of the text; `blocks` make the chunks token-shaped instead.
 * - Reasoning is always cut by `chunkSize`, goes out as `reasoning_content`, and has no count of its own in the usage.
 * - The headers leave together with the first chunk, so TTFT is also the time to the headers. The first chunk has empty content.
 * - Usage is a chunk of its own with `choices: []`, sent only for `stream_options.include_usage`.
 * - Other protocols of aimock answer too, but its Anthropic side makes a content block of every piece: use chat completions.
 * - It keeps writing after a client has left, and `stop()` waits for that: hence the exit after a moment below.
 */
import { setMaxListeners } from "node:events";
import { parseArgs } from "node:util";
import { LLMock } from "@copilotkit/aimock";
import { answer, answerFor, languageOf, reading } from "./script.mjs";
import { LONGEST_PIECE, pieces, promptTokens } from "./tokens.mjs";

const { port, pace, withParent } = options();

/** Milliseconds to the first token, tokens per second, and by how much of it each pause varies. */
const MODELS = {
  "demo-fast": { ttft: 250, tps: 150, jitter: 0.4 },
  "demo-steady": { ttft: 600, tps: 60, jitter: 0.25 },
  "demo-thinking": { ttft: 900, tps: 80, jitter: 0.3, thinks: true },
  "demo-slow": { ttft: 1800, tps: 22, jitter: 0.5 },
};

const HOUR = 3_600_000;
const TOKENS_BEFORE_FAULT = 120;

/** What a prompt with `demo: <name>` changes: fixture options of aimock, and `reply` where the answer itself is another. */
const FAULTS = {
  cut: () => ({ truncateAfterChunks: TOKENS_BEFORE_FAULT }),
  stall: stalling,
  silent: () => ({ streamingProfile: { ttft: HOUR } }),
  drop: () => ({ chaos: { disconnectRate: 1 } }),
  garbage: () => ({ chaos: { malformedRate: 1 } }),
  split: () => ({ chunkSize: 1, reply: (request) => ({ content: answerFor(request) }) }),
  length: () => ({ reply: (request, model) => completion(request, model, { limit: TOKENS_BEFORE_FAULT }) }),
  filter: () => ({
    reply: (request, model) => completion(request, model, { limit: 30, finishReason: "content_filter" }),
  }),
  flaky: () => ({ reply: (request, model) => (flakyTurn++ % 2 === 0 ? failure(503) : completion(request, model)) }),
  error: () => ({
    reply: (request) => failure(Number(/demo:\s*error\s*(\d{3})/i.exec(reading(request).prompt)?.[1] ?? 500)),
  }),
};
let flakyTurn = 0;

const ERRORS = {
  400: ["invalid_request_error", null, "This model does not support the parameter 'temperature'."],
  401: [
    "invalid_request_error",
    "invalid_api_key",
    "Incorrect API key provided: demo-****. Check the key and try again.",
  ],
  402: ["insufficient_balance", "insufficient_balance", "Insufficient balance. Top up your account to go on."],
  403: ["permission_error", "permission_denied", "Your key has no access to this model."],
  404: ["invalid_request_error", "model_not_found", "The model does not exist or you do not have access to it."],
  429: [
    "rate_limit_error",
    "rate_limit_exceeded",
    "Rate limit reached for requests: limit 60 per minute. Try again in 2 s.",
  ],
  503: ["server_error", "overloaded", "The model is overloaded. Try again later."],
};

function failure(status, text) {
  const [type, code, message] = ERRORS[status] ?? [
    "server_error",
    "server_error",
    "The server had an error while processing the request.",
  ];
  return {
    status,
    retryAfter: 2,
    error: { type, code, message: text ?? `${message} (A fault of the demo provider, on request.)` },
  };
}

/** The scripted answer as aimock wants it, cut off at the output limit of the request. */
function completion(request, model, { limit = Infinity, finishReason = "length" } = {}) {
  const language = languageOf(reading(request).words) === "ko" ? "ko" : "en";
  const reasoning = MODELS[model].thinks ? answer("thinking", language) : "";
  const tokens = pieces(answerFor(request));
  const allowed = Math.min(limit, request.max_completion_tokens ?? request.max_tokens ?? Infinity);
  const sent = tokens.slice(0, allowed);
  return {
    blocks: sent.map((text) => ({ type: "text", text })),
    ...(reasoning && { reasoning }),
    ...(sent.length < tokens.length && { finishReason }),
    usage: { prompt_tokens: promptTokens(request), completion_tokens: sent.length + pieces(reasoning).length },
  };
}

/** The pace in aimock's terms. Fast is for tests: ten tokens at a time and a millisecond between, still a stream. */
function paceOf(model) {
  const { ttft, tps, jitter } = MODELS[model];
  if (pace === "real") return { streamingProfile: { ttft, tps, jitter } };
  return timings(
    ttft / 25,
    Array.from({ length: 20_000 }, (_, at) => Number(at % 10 === 9)),
  );
}

function stalling(model) {
  const { ttft, tps } = MODELS[model];
  const pause = pace === "real" ? 1000 / tps : 0;
  return { streamingProfile: undefined, ...timings(ttft, [...Array(TOKENS_BEFORE_FAULT).fill(pause), HOUR]) };
}

function timings(ttftMs, interChunkDelaysMs) {
  return { recordedTimings: { ttftMs, interChunkDelaysMs, totalDurationMs: 0 } };
}

// Of a stream that is to be cut, aimock leaves one listener per chunk on its signal, and Node would warn of a leak.
setMaxListeners(0);
const mock = new LLMock({ host: "127.0.0.1", port, journalMaxEntries: 20 });
for (const [model, { thinks }] of Object.entries(MODELS)) {
  const base = { chunkSize: thinks ? LONGEST_PIECE / 2 : LONGEST_PIECE, ...paceOf(model) };
  for (const [fault, change] of Object.entries(FAULTS)) {
    const asked = new RegExp(`\\bdemo:\\s*${fault}\\b`, "i");
    // Continuing after a fault may send the half answer as the last message: that request is answered.
    const predicate = (request) => request.messages.at(-1)?.role === "user" && asked.test(reading(request).prompt);
    const { reply = completion, ...changed } = change(model);
    mock.addFixture({
      match: { model, endpoint: "chat", predicate },
      response: (request) => reply(request, model),
      ...base,
      ...changed,
    });
  }
  mock.addFixture({ match: { model, endpoint: "chat" }, response: (request) => completion(request, model), ...base });
}
const unknownModel = `The demo provider has no such model. It has ${Object.keys(MODELS).join(", ")}.`;
mock.addFixture({ match: { endpoint: "chat" }, response: failure(404, unknownModel) });

const origin = await mock.start();
forgetPrompts();
process.stdout.write(`${JSON.stringify({ url: `${origin}/v1`, models: Object.keys(MODELS) })}\n`);
process.once("SIGINT", stop).once("SIGTERM", stop);
if (withParent) process.stdin.once("end", stop).once("error", stop).resume();

/** aimock shows its journal to every web page (`Access-Control-Allow-Origin: *`): it must not hold what people ask about their code. */
function forgetPrompts() {
  const { journal } = mock;
  const add = journal.add.bind(journal);
  journal.add = (entry) => add({ ...entry, headers: {}, body: null });
}

function stop() {
  setTimeout(() => process.exit(0), 200);
  mock.stop().then(() => process.exit(0));
}

function options() {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "0" },
      pace: { type: "string", default: "real" },
      "with-parent": { type: "boolean", default: false },
    },
  });
  if (!["real", "fast"].includes(values.pace)) throw new Error(`--pace is real or fast, not ${values.pace}`);
  return { port: Number(values.port), pace: values.pace, withParent: values["with-parent"] };
}
