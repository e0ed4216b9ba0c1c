/** Cuts bytes as a network might: at every place, into single bytes, or at random. */

/** Every way to cut into two pieces, the uncut whole included. */
export function* everyTwoPieces(bytes: Uint8Array): Generator<Uint8Array[]> {
  yield [bytes];
  for (let at = 1; at < bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)];
}

export function singleBytes(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (_byte, at) => bytes.subarray(at, at + 1));
}

/** Pieces of 1 to `largest` bytes; the same seed cuts the same way. */
export function randomPieces(bytes: Uint8Array, seed: number, largest = 40): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let state = seed * 2654435761 + 1;
  for (let at = 0; at < bytes.length; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const length = 1 + (state % largest);
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}
