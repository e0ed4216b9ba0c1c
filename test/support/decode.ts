/** Decodes the bytes of an answer's body without a network, cut as a test wishes. */
import type { StreamEvent } from "../../src/core/events.ts";
import type { ResumePoint } from "../../src/core/message.ts";
import { MessagesDecoder } from "../../src/providers/anthropic/decode.ts";
import { ChatStreamDecoder } from "../../src/providers/chat-stream/decode.ts";
import { ContentDecoder } from "../../src/providers/gemini/decode.ts";
import { OllamaDecoder } from "../../src/providers/ollama/decode.ts";
import { ChatDecoder } from "../../src/providers/openai-chat/decode.ts";
import { ResponsesDecoder } from "../../src/providers/openai-responses/decode.ts";
import type { DecodeContext } from "../../src/providers/provider/http-provider.ts";
import type { FrameDecoder } from "../../src/providers/provider/read-answer.ts";
import { WebSocketDecoder } from "../../src/providers/websocket/decode.ts";
import { FrameReader } from "../../src/stream/frames/sse.ts";
import { type Answer, summarize } from "./run.ts";
import { MessageReader, messageBytes } from "./socket-frames.ts";

export const decoders = {
  "openai-chat": (context: DecodeContext) => new ChatDecoder(context),
  "openai-responses": (context: DecodeContext) => new ResponsesDecoder(context),
  anthropic: (context: DecodeContext) => new MessagesDecoder(context),
  gemini: (context: DecodeContext) => new ContentDecoder(context),
  ollama: (context: DecodeContext) => new OllamaDecoder(context),
  "chat-stream": (context: DecodeContext) => new ChatStreamDecoder(context),
  websocket: (context: DecodeContext) => new WebSocketDecoder(context, "auto"),
};

type Headers = Record<string, string>;

/** What an honest server says of a stream. */
export const streamHeaders: Headers = { "content-type": "text/event-stream", "transfer-encoding": "chunked" };

export type DecodedProtocol = keyof typeof decoders;

/** What the provider makes of a body that arrives in these pieces. */
export function decodePieces(
  pieces: Iterable<Uint8Array>,
  protocol: DecodedProtocol = "openai-chat",
  headers = streamHeaders,
  resume?: ResumePoint,
  preset = "openrouter",
): Answer {
  let made = 0;
  const context = {
    host: "host.test",
    makeId: () => `made-${++made}`,
    preset,
    isRest: resume !== undefined,
  };
  const decoder: FrameDecoder = decoders[protocol](context);
  decoder.opened({ headers, resume });
  const reader = protocol === "websocket" ? new MessageReader() : (decoder.reader ?? new FrameReader());
  const events: StreamEvent[] = [];
  for (const piece of pieces) {
    decoder.decode(reader.push(piece), events);
    if (decoder.done || decoder.failure) return summarize(events, decoder.failure);
  }
  decoder.decode(reader.end(), events);
  decoder.end(events, reader.head);
  return summarize(events, decoder.failure);
}

export function decodeBody(
  body: string,
  protocol: DecodedProtocol = "openai-chat",
  headers = streamHeaders,
  resume?: ResumePoint,
): Answer {
  return decodePieces([bytesOf(body, protocol)], protocol, headers, resume);
}

/** A body as it travels: over a WebSocket each line is a message. */
export function bytesOf(body: string, protocol: DecodedProtocol): Buffer {
  if (protocol !== "websocket") return Buffer.from(body, "utf8");
  return Buffer.concat(body.split(/(?<=\n)/).map((line) => messageBytes(line)));
}
