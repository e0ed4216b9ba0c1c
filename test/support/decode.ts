/** Decodes the bytes of a chat-completions body without a network, cut as a test wishes. */
import type { StreamEvent } from "../../src/core/events.ts";
import { ChatDecoder } from "../../src/providers/openai-chat/decode.ts";
import { FrameReader } from "../../src/stream/sse.ts";
import { type Answer, summarize } from "./run.ts";

/** What the provider makes of a body that arrives in these pieces. */
export function decodePieces(pieces: Iterable<Uint8Array>): Answer {
  let made = 0;
  const reader = new FrameReader();
  const decoder = new ChatDecoder({ host: "host.test", makeId: () => `made-${++made}` });
  const events: StreamEvent[] = [];
  for (const piece of pieces) {
    decoder.decode(reader.push(piece), events);
    if (decoder.done || decoder.failure) return summarize(events, decoder.failure);
  }
  decoder.decode(reader.end(), events);
  decoder.end(events, reader.head);
  return summarize(events, decoder.failure);
}

export function decodeBody(body: string): Answer {
  return decodePieces([Buffer.from(body, "utf8")]);
}
