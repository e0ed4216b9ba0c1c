/** All that Runnel uses of ws: the frames of the WebSocket protocol. Loaded with the first such connection. */
import type { Writable } from "node:stream";
import * as ws from "ws";

/** Bytes of a connection in, messages out; its events come within `write`. */
export interface Receiver extends Pick<Writable, "errored" | "writable"> {
  write(bytes: Uint8Array): boolean;
  on(event: "message" | "ping", listener: (data: Buffer) => void): this;
  on(event: "conclude", listener: (code: number, reason: Buffer) => void): this;
  on(event: "error", listener: (error: Error) => void): this;
}

interface FrameOptions {
  opcode: number;
  fin: boolean;
  mask: boolean;
  /** Masks a copy. */
  readOnly: boolean;
  rsv1: boolean;
}

interface Library {
  Receiver: new (options: {
    maxPayload: number;
    maxFragments: number;
    maxBufferedChunks: number;
    skipUTF8Validation: boolean;
  }) => Receiver;
  Sender: { frame(data: Uint8Array, options: FrameOptions): Uint8Array[] };
}

// Its types describe only the client and the server, which open connections of their own.
export const { Receiver, Sender } = ws as unknown as Library;
