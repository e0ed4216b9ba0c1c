/** Events that servers should not send, and those they should, by protocol: what a random stream is made of. */
import fc from "fast-check";
import { chunk, done, event } from "./chat.ts";
import type { DecodedProtocol } from "./decode.ts";
import { blockDelta, blockStart, blockStop, content, messageDelta, messageStart, messageStop } from "./messages.ts";
import { lastLine, line } from "./ollama.ts";
import { call, completed, delta, itemAdded, itemDone, message, responseEvent, textDelta } from "./responses.ts";

type Events = fc.Arbitrary<string>;

const word = fc.constantFrom(
  "a",
  "ha",
  "b c",
  "안녕",
  '"',
  "\\",
  "\ud83d",
  "\ude00",
  " ",
  "\n",
  "{}",
  "<think>",
  "</think>",
);
const index = fc.constantFrom<number | string | null>(0, 1, 2, 7, "0", null, -1);
const id = fc.constantFrom<string | null>("x", "y", "", null);
const name = fc.constantFrom<string | null>("f", "g", "", null);
const source = fc.constantFrom<unknown>("", "{}", '{"a":1}', '{"a"', ":1}", '"{\\"a\\":1}"', { a: 1 }, null);
const reason = fc.constantFrom<string | null>("stop", "length", "tool_calls", "", "null", "error", null);
const choice = (fields: object) => event({ model: "m", choices: [{ index: 0, ...fields }] });

const chat: Events[] = [
  ...Array<Events>(4).fill(word.map((text) => chunk({ content: text }))),
  word.map((text) => chunk({ reasoning_content: text })),
  fc.tuple(word, reason).map(([text, finish_reason]) => chunk({ content: text }, { finish_reason })),
  fc.tuple(word, reason).map(([text, finish_reason]) => chunk({ reasoning: text }, { finish_reason })),
  reason.map((finish_reason) => chunk({}, { finish_reason })),
  fc.tuple(index, word).map(([at, text]) => event({ choices: [{ index: at, delta: { content: text } }] })),
  fc
    .tuple(index, id, name, source)
    .map(([at, callId, callName, piece]) =>
      chunk({ tool_calls: [{ index: at, id: callId, function: { name: callName, arguments: piece } }] }),
    ),
  word.map((text) => choice({ message: { content: text }, finish_reason: "stop" })),
  word.map((text) => choice({ delta: { content: { type: "text", text } } })),
  word.map((text) => choice({ text })),
  word.map((text) => choice({ delta: { thinking: text } })),
  word.map((text) => `data: ${chunk({ content: text })}`),
  word.map((text) => chunk({ content: text }).slice(0, -1)),
  fc.constantFrom(
    event({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } }),
    choice({ delta: {}, finish_reason: "stop", native_finish_reason: "network_error" }),
    choice({ delta: {}, error: { message: "no", code: 502 } }),
    event({ error: { message: "late" } }),
    event({ choices: null, base_resp: { status_code: 1008, status_msg: "no" } }),
    "data: {broken\n\n",
    done,
  ),
];

const anthropic: Events[] = [
  ...Array<Events>(4).fill(
    fc.tuple(fc.constantFrom(0, 1), word).map(([at, text]) => blockDelta(at, { type: "text_delta", text })),
  ),
  fc.tuple(index, word).map(([at, thinking]) => blockDelta(at as number, { type: "thinking_delta", thinking })),
  fc
    .tuple(index, fc.constantFrom("text", "thinking", "tool_use", "other"), id, name)
    .map(([at, type, callId, callName]) => blockStart(at as number, { type, id: callId, name: callName, input: {} })),
  fc
    .tuple(index, source)
    .map(([at, piece]) => blockDelta(at as number, { type: "input_json_delta", partial_json: piece })),
  index.map((at) => blockStop(at as number)),
  fc.constantFrom("end_turn", "tool_use", null).map((stop) => messageDelta(stop)),
  fc.constantFrom(messageStart(), messageStop, event({ type: "error", error: { message: "no" } }, "error"), done),
];

const gemini: Events[] = [
  ...Array<Events>(4).fill(word.map((text) => content([{ text }]))),
  fc.tuple(word, fc.boolean()).map(([text, thought]) => content([{ text, thought }])),
  word.map((text) => content([{ text }], { finishReason: "STOP" })),
  fc
    .tuple(id, name, fc.constantFrom<unknown>({}, { a: 1 }, undefined), fc.constantFrom(undefined, "STOP"))
    .map(([callId, callName, args, finishReason]) =>
      content([{ functionCall: { id: callId, name: callName, args } }], { finishReason }),
    ),
  fc.tuple(index, word).map(([at, text]) => event({ candidates: [{ index: at, content: { parts: [{ text }] } }] })),
  fc.constantFrom(content([], { finishReason: "STOP" }), event({ error: { message: "no", code: 500 } }), done),
];

const responses: Events[] = [
  ...Array<Events>(4).fill(fc.tuple(fc.constantFrom(0, 1), word).map(([at, text]) => textDelta(at, text))),
  fc.tuple(index, id, word).map(([at, item_id, text]) => delta("reasoning_text", at as number, text, { item_id })),
  fc.tuple(index, id, word).map(([at, item_id, text]) => textDelta(at as number, text, { item_id })),
  fc
    .tuple(index, id, name)
    .map(([at, callId, callName]) => itemAdded(at as number, call(callId ?? "", callName ?? "", ""))),
  fc.tuple(index, id).map(([at, itemId]) => itemAdded(at as number, { ...message(), id: itemId })),
  fc
    .tuple(index, id, fc.constantFrom("{}", '{"a"', ":1}", '{"a":1}'))
    .map(([at, item_id, piece]) => delta("function_call_arguments", at as number, piece, { item_id })),
  fc
    .tuple(index, id, name)
    .map(([at, callId, callName]) => itemDone(at as number, call(callId ?? "", callName ?? "", '{"a":1}'))),
  fc.tuple(index, word).map(([at, text]) => itemDone(at as number, message(text))),
  fc.tuple(index, word).map(([output_index, text]) => responseEvent("output_text.done", { output_index, text })),
  word.map((text) => completed({ output: [message(text), call("x", "f", '{"a":1}')] })),
  fc.constantFrom(completed(), event({ type: "error", message: "no" }, "error"), done),
];

const ollama: Events[] = [
  ...Array<Events>(4).fill(word.map((text) => line({ content: text }))),
  word.map((thinking) => line({ thinking })),
  fc
    .tuple(id, name, source)
    .map(([callId, callName, piece]) =>
      line({ tool_calls: [{ id: callId, function: { name: callName, arguments: piece } }] }),
    ),
  word.map((text) => line({ content: text }).trimEnd()),
  fc.constantFrom(lastLine(), '{"error":"no"}\n', "{broken\n"),
];

const chatStream: Events[] = [
  ...Array<Events>(4).fill(word.map((value) => event({ type: "token", value }))),
  fc.constantFrom("'x'", '"it\'s"', "'\\n\\x41'").map((value) => `data: {'type': 'token', 'value': ${value}}\n\n`),
  fc.constantFrom(event({ type: "ttft" }), event({ type: "done" }), event({ type: "error", message: "no" }), done),
];

export const hostileEvents: Readonly<Record<DecodedProtocol, readonly Events[]>> = {
  "openai-chat": chat,
  "openai-responses": responses,
  anthropic,
  gemini,
  ollama,
  "chat-stream": chatStream,
  websocket: chat.map((events) =>
    events.map((text) =>
      text
        .trimEnd()
        .replaceAll(/\s*\n\s*/g, "\n")
        .concat("\n"),
    ),
  ),
};
