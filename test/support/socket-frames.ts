/** Messages of a WebSocket to the bytes that a server sends, and back as the transport reads them. */
import type { PieceReader } from "../../src/providers/provider/read-answer.ts";
import type { Frame } from "../../src/stream/frames/sse.ts";
import { framesOf } from "../../src/stream/frames/websocket-message.ts";
import { Receiver, Sender } from "../../src/stream/transport/ws.ts";

/** RFC 6455, 5.2 */
const opcodes = { continuation: 0, text: 1 };

/** The text in frames of so many bytes each: in one by default. */
export function messageBytes(text: string, largest = Number.POSITIVE_INFINITY): Buffer {
  const bytes = Buffer.from(text);
  const frames: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += largest) {
    const opcode = at === 0 ? opcodes.text : opcodes.continuation;
    const options = { opcode, fin: at + largest >= bytes.length, mask: false, readOnly: true, rsv1: false };
    frames.push(...Sender.frame(bytes.subarray(at, at + largest), options));
  }
  return Buffer.concat(frames);
}

export class MessageReader implements PieceReader<Uint8Array> {
  readonly kind = "json";
  readonly head = "";
  readonly #receiver = new Receiver({
    maxPayload: 0,
    maxFragments: 0,
    maxBufferedChunks: 0,
    skipUTF8Validation: true,
  });
  #frames: Frame[] = [];

  constructor() {
    this.#receiver.on("message", (data) => {
      for (const frame of framesOf(data.toString())) this.#frames.push(frame);
    });
  }

  push(bytes: Uint8Array): Frame[] {
    this.#receiver.write(bytes);
    return this.end();
  }

  end(): Frame[] {
    const frames = this.#frames;
    this.#frames = [];
    return frames;
  }
}
