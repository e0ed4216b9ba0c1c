/** Reading a WebSocket's frames: the short cut past the receiver of ws must never say anything else than it would. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { WebSocketReader } from "../../../src/stream/transport/websocket-reader.ts";
import { Receiver, Sender } from "../../../src/stream/transport/ws.ts";

const options = { maxPayload: 1024 * 1024, maxFragments: 100, maxBufferedChunks: 1000, skipUTF8Validation: true };

describe("a reader of a WebSocket", () => {
  it("gives what the receiver gives, wherever the bytes are cut", () => {
    const payload = fc.oneof(
      fc.string({ unit: "grapheme" }).map((text) => Buffer.from(text)),
      fc.constantFrom(0, 125, 126, 127, 65_535, 65_536).map((size) => Buffer.alloc(size, "x")),
      // Looks like frames itself.
      fc.nat(99).map((size) => Buffer.alloc(size * 3, Buffer.of(0x81, 1, 0x61))),
    );
    const frame = fc.record({
      payload,
      opcode: fc.constantFrom(1, 1, 1, 1, 1, 2, 9, 10, 0, 8, 3),
      fin: fc.constantFrom(true, true, true, true, false),
      mask: fc.constantFrom(...Array<boolean>(20).fill(false), true),
      rsv1: fc.constantFrom(...Array<boolean>(20).fill(false), true),
    });
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 8 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
        (frames, cuts) => {
          const bytes = Buffer.concat(
            frames.flatMap(({ payload: bare, opcode, ...rest }) => {
              // Control frames are short, and a close begins with its code.
              const closing = Buffer.concat([Buffer.of(3, 0xe8), bare.subarray(0, 9)]);
              const data = opcode === 8 ? closing : opcode > 8 ? bare.subarray(0, 100) : bare;
              return Sender.frame(data, { opcode, readOnly: true, ...rest });
            }),
          );
          const places = [0, ...cuts.map((cut) => Math.round(cut * bytes.length)), bytes.length].sort((a, b) => a - b);
          const pieces = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
          assert.deepEqual(told(pieces, true), told(pieces, false));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("reads byte by byte", () => {
    const text = (payload: string) =>
      Buffer.concat(
        Sender.frame(Buffer.from(payload), { opcode: 1, fin: true, mask: false, readOnly: true, rsv1: false }),
      );
    const bytes = Buffer.concat([text("안녕"), text(""), text("y".repeat(300))]);
    const singles = [...bytes].map((byte) => Buffer.of(byte));
    assert.deepEqual(told(singles, true), ["안녕", "", "y".repeat(300)]);
  });
});

/** All that comes out of the bytes, in its order, up to a close or an error. */
function told(pieces: readonly Buffer[], throughReader: boolean): string[] {
  const all: string[] = [];
  const receiver = new Receiver(options);
  receiver.on("ping", (data) => all.push(`ping ${data.toString()}`));
  receiver.on("conclude", (code, reason) => all.push(`close ${code} ${reason.toString()}`));
  receiver.on("error", () => {});
  const onText = (text: string) => all.push(text);
  const reader = throughReader ? new WebSocketReader(receiver, onText) : undefined;
  if (!reader) receiver.on("message", (data) => onText(data.toString()));
  for (const piece of pieces) {
    if (!receiver.writable) break;
    if (reader) reader.push(piece);
    else receiver.write(piece);
  }
  if (receiver.errored) all.push(`error ${(receiver.errored as { code?: string }).code}`);
  return all;
}
