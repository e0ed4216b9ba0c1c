/** Reads a file of usage entries piece by piece: a ledger of another machine, or a JSON export, also one written by hand. */
import { createReadStream } from "node:fs";
import { open, readFile, stat } from "node:fs/promises";
import { limits } from "../core/limits.ts";
import { createSlices } from "../core/slices.ts";
import { readLines } from "../files/read-lines.ts";
import { ListReader } from "../stream/frames/json-documents.ts";
import { type Imported, readImport, readImportLines } from "./ledger-import.ts";

/** Bytes up to which a file is read whole, so that what is no JSON is said to be none. */
const SMALL = 16 * 1024 * 1024;

/** In parts, as they are read. Rejects when the file cannot be read. */
export async function* readUsage(path: string): AsyncGenerator<Imported> {
  const { size } = await stat(path);
  if (size <= SMALL) {
    yield readImport(await readFile(path, "utf8"));
    return;
  }
  const slices = createSlices();
  for await (const part of (await isArray(path)) ? readElements(path) : readFileLines(path)) {
    yield part;
    const pause = slices.pause();
    if (pause) await pause;
  }
}

async function* readFileLines(path: string): AsyncGenerator<Imported> {
  for await (const { lines, tooLong } of readLines(path)) {
    const part = readImportLines(lines);
    part.unreadable += tooLong;
    yield part;
  }
}

/** The objects of an array, however it is written: over any lines, or in one. What is no object in it is left out. */
async function* readElements(path: string): AsyncGenerator<Imported> {
  const list = new ListReader();
  for await (const text of createReadStream(path, { encoding: "utf8", highWaterMark: 256 * 1024 })) {
    yield readImportLines(list.push(text as string));
    // The rest of a file with an element that never ends is that element.
    if (list.waiting > limits.event) break;
  }
  if (list.waiting > 0) yield { entries: [], corrections: [], unreadable: 1 };
}

async function isArray(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
    return /^\ufeff?\s*\[/.test(buffer.toString("utf8", 0, bytesRead));
  } finally {
    await file.close();
  }
}
