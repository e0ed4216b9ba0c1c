/** One row a protocol: what an honest server says in it, so that tests which hold for all protocols are written once. */
import type { TokenUsage } from "../../src/core/usage.ts";
import { chatEvents, chunk, done, event } from "./chat.ts";
import { type DecodedProtocol, decoders } from "./decode.ts";
import {
  blockDelta,
  blockStart,
  blockStop,
  content,
  messageDelta,
  messageEvent,
  messageStart,
  messageStop,
} from "./messages.ts";
import { lastLine, line } from "./ollama.ts";
import {
  completed,
  created,
  delta,
  call as functionCall,
  itemAdded,
  itemDone,
  message,
  textDelta,
} from "./responses.ts";

export interface HonestAnswer {
  texts: readonly string[];
  /** A call after the texts; its arguments in pieces where the protocol streams them. */
  call?: { name: string; arguments: readonly string[] };
  /** Absent = the server reports none. */
  usage?: { input: number; output: number };
}

export interface ProtocolRow {
  /** Server-sent events, a JSON value a line, or messages of a WebSocket. */
  framing: "events" | "lines" | "messages";
  /** The answer, one event each. The first half of them is a beginning with text and without an end. */
  events(answer: HonestAnswer): string[];
  /** What the protocol has no words for. */
  lacks?: readonly ("calls" | "input tokens")[];
  /** What is no event counts as text of the answer. */
  takesText?: true;
  /** An event that says that the answer ends here, before the protocol's own end; absent where there is none. */
  announces?: string;
  /** An event that brings a thought. */
  thinks(text: string): string;
  /** What a server says in the place of an event when it fails. */
  error(message: string): string;
}

export const protocols: Readonly<Record<DecodedProtocol, ProtocolRow>> = {
  "openai-chat": {
    framing: "events",
    events: chatAnswer,
    announces: chunk({}, { finish_reason: "stop" }),
    thinks: (text) => chunk({ reasoning_content: text }),
    error: (message) => event({ error: { message, type: "server_error" } }),
  },
  "openai-responses": {
    framing: "events",
    events({ texts, call, usage }) {
      const counts = usage && { usage: { input_tokens: usage.input, output_tokens: usage.output } };
      return [
        created(),
        itemAdded(0, { type: "message", content: [] }),
        ...texts.map((text) => textDelta(0, text)),
        itemDone(0, message(texts.join(""))),
        ...(call
          ? [
              itemAdded(1, functionCall("call_1", call.name, "", "in_progress")),
              ...call.arguments.map((text) => delta("function_call_arguments", 1, text)),
              itemDone(1, functionCall("call_1", call.name, call.arguments.join(""))),
            ]
          : []),
        completed({ ...counts }),
      ];
    },
    thinks: (text) => delta("reasoning_text", 7, text),
    error: (text) => event({ type: "error", code: "server_error", message: text, param: null }, "error"),
  },
  anthropic: {
    framing: "events",
    events({ texts, call, usage }) {
      return [
        messageStart(usage ? { input_tokens: usage.input, output_tokens: 1 } : {}),
        blockStart(0, { type: "text", text: "" }),
        ...texts.map((text) => blockDelta(0, { type: "text_delta", text })),
        blockStop(0),
        ...(call
          ? [
              blockStart(1, { type: "tool_use", id: "call_1", name: call.name, input: {} }),
              ...call.arguments.map((text) => blockDelta(1, { type: "input_json_delta", partial_json: text })),
              blockStop(1),
            ]
          : []),
        messageDelta(call ? "tool_use" : "end_turn", usage ? { output_tokens: usage.output } : {}),
        messageStop,
      ];
    },
    announces: messageDelta("end_turn", {}),
    thinks: (thinking) => blockDelta(7, { type: "thinking_delta", thinking }),
    error: (message) => messageEvent("error", { error: { type: "api_error", message } }),
  },
  gemini: {
    framing: "events",
    events({ texts, call, usage }) {
      const counts = usage && { promptTokenCount: usage.input, candidatesTokenCount: usage.output };
      return [
        ...texts.map((text) => content([{ text }])),
        ...(call
          ? [content([{ functionCall: { id: "call_1", name: call.name, args: JSON.parse(call.arguments.join("")) } }])]
          : []),
        content([], { finishReason: "STOP", ...(counts ? { usageMetadata: counts } : {}) }),
      ];
    },
    announces: content([], { finishReason: "STOP" }),
    thinks: (text) => content([{ text, thought: true }]),
    error: (message) => `data: ${JSON.stringify({ error: { code: 500, message, status: "INTERNAL" } })}\r\n\r\n`,
  },
  ollama: {
    framing: "lines",
    events({ texts, call, usage }) {
      const counts = usage && { prompt_eval_count: usage.input, eval_count: usage.output };
      const calls = call && [{ function: { name: call.name, arguments: JSON.parse(call.arguments.join("")) } }];
      return [
        ...texts.map((content) => line({ content })),
        ...(calls ? [line({ tool_calls: calls })] : []),
        lastLine(counts),
      ];
    },
    thinks: (thinking) => line({ thinking }),
    error: (text) => `${JSON.stringify({ error: text })}\n`,
  },
  "chat-stream": {
    framing: "events",
    lacks: ["calls", "input tokens"],
    takesText: true,
    events({ texts, usage }) {
      return [
        event({ type: "ttft", value: 12.5 }),
        ...texts.map((value) => event({ type: "token", value })),
        event({ type: "done", total_time_ms: 80, ...(usage && { total_tokens: usage.output }) }),
      ];
    },
    thinks: (text) => event({ type: "token", value: `<think>${text}</think>` }),
    error: (text) => event({ type: "error", message: text }),
  },
  websocket: {
    framing: "messages",
    events: (answer) => chatAnswer(answer).map(messageOf),
    announces: messageOf(chunk({}, { finish_reason: "stop" })),
    thinks: (text) => messageOf(chunk({ reasoning_content: text })),
    error: (message) => `${JSON.stringify({ error: { message, type: "server_error" } })}\n`,
  },
};

export const protocolNames = Object.keys(decoders) as DecodedProtocol[];

/** What follows "data: ", and one of the two line ends. */
function messageOf(text: string): string {
  return text.slice(6, -1);
}

function chatAnswer({ texts, call, usage }: HonestAnswer): string[] {
  const counts = usage && { usage: { prompt_tokens: usage.input, completion_tokens: usage.output } };
  if (!call) return chatEvents(texts, counts);
  const piece = (fields: Record<string, unknown>) => chunk({ tool_calls: [{ index: 0, ...fields }] });
  return [
    ...chatEvents(texts, { finish: null }).slice(0, -1),
    piece({ id: "call_1", type: "function", function: { name: call.name, arguments: "" } }),
    ...call.arguments.map((text) => piece({ function: { arguments: text } })),
    chunk({}, { finish_reason: "tool_calls", ...counts }),
    done,
  ];
}

/** Where a provider of this protocol asks a server that is at `url` over HTTP. */
export function baseUrlIn(protocol: DecodedProtocol, url: string): string {
  return protocols[protocol].framing === "messages" ? `${url.replace("http", "ws")}/stream` : url;
}

/** What comes of this usage in Runnel. */
export function usageIn(protocol: DecodedProtocol, { input, output }: { input: number; output: number }): TokenUsage {
  const hasInput = !protocols[protocol].lacks?.includes("input tokens");
  return { ...(hasInput ? { inputTokens: input } : {}), outputTokens: output };
}

/** The events of an answer that says these texts. */
export function answerEvents(protocol: DecodedProtocol, texts: readonly string[]): string[] {
  return protocols[protocol].events({ texts, usage: { input: 3, output: 4 } });
}
