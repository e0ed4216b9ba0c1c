/** Reads a month of the ledger in pieces of whole lines. */
import type { LedgerFiles } from "./ledger-files.ts";

const CHUNK = 1 << 20;

/** What stood before the place from which to read on is no longer what it was. */
export class FileReplaced extends Error {}

export interface Lines {
  lines: string[];
  /** The same as bytes. */
  bytes: Uint8Array;
  /** The offset after them. */
  end: number;
}

/**
 * The whole lines from `from` on. What comes after the last line break is not there yet. Throws `FileReplaced` where
 * `before` is not what stands right before them.
 */
export async function* linesOf(
  files: LedgerFiles,
  month: string,
  from: number,
  before: Uint8Array = new Uint8Array(),
): AsyncGenerator<Lines> {
  let length = CHUNK;
  let skip = before.length;
  for (let begin = from; ; ) {
    const read = await files.read(month, begin - skip, length + skip);
    if (skip > 0 && !startsWith(read, before)) throw new FileReplaced();
    const bytes = skip > 0 ? read.subarray(skip) : read;
    skip = 0;
    const end = bytes.lastIndexOf(0x0a) + 1;
    if (end > 0) {
      const whole = bytes.subarray(0, end);
      // A byte order mark is an editor's, and no part of the first line.
      const lines = new TextDecoder().decode(whole).split("\n");
      lines.pop();
      begin += end;
      yield { lines, bytes: whole, end: begin };
      length = CHUNK;
    } else length *= 2;
    if (bytes.length === 0 || (end === 0 && bytes.length < length / 2)) return;
  }
}

function startsWith(bytes: Uint8Array, beginning: Uint8Array): boolean {
  return bytes.length >= beginning.length && beginning.every((byte, place) => byte === bytes[place]);
}
