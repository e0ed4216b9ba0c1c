/** Texts out of the bytes of a WebSocket: those that lie whole in a read at once, and all else through the receiver of ws. */
import type { Receiver } from "./ws.ts";

/** The first byte of a text that is a message by itself (RFC 6455, 5.2). */
const wholeText = 0x81;

/** In the first byte: no fragment of the message follows. In the second: the payload is masked. */
const topBit = 0x80;

/**
 * Nearly all messages of an answer are such texts, and the receiver makes six buffers for each, which costs more than
 * all else that is done with it. It sees each other frame from its first byte to its last, so that between two frames
 * it waits for nothing.
 */
export class WebSocketReader {
  readonly #receiver: Receiver;
  readonly #onText: (text: string) => void;
  /** The begun header of a frame. */
  #begun: Buffer | undefined;
  /** Bytes that the receiver's frame still lacks. */
  #missing = 0;
  /** A message in fragments was seen; what belongs to it is left to the receiver from there on. */
  #fragmented = false;

  constructor(receiver: Receiver, onText: (text: string) => void) {
    this.#receiver = receiver;
    this.#onText = onText;
    receiver.on("message", (data) => onText(data.toString()));
  }

  push(bytes: Uint8Array): void {
    const receiver = this.#receiver;
    const read = this.#begun
      ? Buffer.concat([this.#begun, bytes])
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#begun = undefined;
    if (this.#fragmented) {
      receiver.write(read);
      return;
    }
    let at = Math.min(this.#missing, read.length);
    this.#missing -= at;
    if (at > 0) receiver.write(read.subarray(0, at));
    // It takes no more after a close or an error.
    while (at < read.length && receiver.writable) {
      const start = payloadStart(read, at);
      if (start > read.length) {
        this.#begun = read.subarray(at);
        return;
      }
      const end = start + payloadSize(read, at);
      const first = read[at]!;
      if (first === wholeText && read[at + 1]! < topBit && end <= read.length)
        this.#onText(read.toString("utf8", start, end));
      else {
        this.#fragmented = first < topBit;
        const here = this.#fragmented ? read.length : Math.min(end, read.length);
        receiver.write(read.subarray(at, here));
        if (this.#fragmented) return;
        this.#missing = end - here;
      }
      at = end;
    }
  }
}

/** Without a mask: servers do not mask, and the receiver refuses those that do. */
function payloadStart(read: Buffer, at: number): number {
  const size = read[at + 1];
  return at + (size === 127 ? 10 : size === 126 ? 4 : 2);
}

function payloadSize(read: Buffer, at: number): number {
  const size = read[at + 1]!;
  if (size === 126) return read.readUInt16BE(at + 2);
  return size === 127 ? Number(read.readBigUInt64BE(at + 2)) : size;
}
