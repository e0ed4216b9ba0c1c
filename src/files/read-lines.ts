/** Reads a file line by line, whatever its size: never as one string, which V8 ends at 512 MB. */
import { createReadStream } from "node:fs";
import { limits } from "../core/limits.ts";

/** The whole lines that one read completed, in the order of the file. */
export interface ReadLines {
  /** Without their line ends (`\n` or `\r\n`). */
  lines: string[];
  /** Lines longer than allowed that ended here; they are left out. */
  tooLong: number;
}

export interface ReadLinesOptions {
  maxLineBytes?: number;
  signal?: AbortSignal;
}

const CHUNK = 256 * 1024;

/**
 * The lines of `path` in arrays, because an iteration for each costs more than reading it. The last line counts without
 * a line end. Bytes that are not UTF-8 become U+FFFD. Rejects as `fs` does, or with the signal's reason.
 */
export async function* readLines(path: string, options: ReadLinesOptions = {}): AsyncGenerator<ReadLines> {
  const { maxLineBytes = limits.line, signal } = options;
  const stream = createReadStream(path, { highWaterMark: CHUNK });
  const splitter = createLineSplitter(maxLineBytes);
  try {
    for await (const chunk of stream) {
      signal?.throwIfAborted();
      const read = splitter.push(chunk as Buffer);
      if (read.lines.length > 0 || read.tooLong > 0) yield read;
    }
    const last = splitter.end();
    if (last.lines.length > 0 || last.tooLong > 0) yield last;
  } finally {
    stream.destroy();
  }
}

/** The same for bytes that come in pieces. A line that is too long is dropped as it comes, so that it needs no memory. */
export function createLineSplitter(maxLineBytes: number): { push(bytes: Buffer): ReadLines; end(): ReadLines } {
  let begun: Buffer[] = [];
  let begunSize = 0;
  let isTooLong = false;
  let isFirst = true;

  const keep = (bytes: Buffer): void => {
    if (bytes.length === 0 || isTooLong) return;
    begunSize += bytes.length;
    if (begunSize > maxLineBytes) {
      isTooLong = true;
      begun = [];
    } else begun.push(bytes);
  };
  /** The line that was begun, or undefined when it was too long. */
  const take = (): string | undefined => {
    const line = isTooLong ? undefined : textOf(begun.length === 1 ? begun[0]! : Buffer.concat(begun), isFirst);
    isFirst = false;
    begun = [];
    begunSize = 0;
    isTooLong = false;
    return line;
  };

  return {
    push(bytes) {
      const read: ReadLines = { lines: [], tooLong: 0 };
      let at = 0;
      for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, at)) {
        keep(bytes.subarray(at, end));
        at = end + 1;
        const line = take();
        if (line === undefined) read.tooLong++;
        else read.lines.push(line);
      }
      keep(bytes.subarray(at));
      return read;
    },
    end() {
      if (begunSize === 0) return { lines: [], tooLong: 0 };
      const line = take();
      return line === undefined ? { lines: [], tooLong: 1 } : { lines: [line], tooLong: 0 };
    },
  };
}

/** A byte order mark that an editor wrote before the first line is no part of it. */
function textOf(bytes: Buffer, isFirst: boolean): string {
  const end = bytes.at(-1) === 0x0d ? bytes.length - 1 : bytes.length;
  const text = bytes.toString("utf8", 0, end);
  return isFirst && text.startsWith("\ufeff") ? text.slice(1) : text;
}
