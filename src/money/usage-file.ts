/** Reads a file of usage entries by line: a ledger of another machine, or a JSON export, also one written by hand. */
import { readFile, stat } from "node:fs/promises";
import { createSlices } from "../core/slices.ts";
import { readLines } from "../files/read-lines.ts";
import { type Imported, readImport, readImportLines } from "./ledger-import.ts";

/** Bytes up to which a file is read whole, so that an array in it may be written in any way. */
const SMALL = 16 * 1024 * 1024;

/** In parts, as they are read. Rejects when the file cannot be read. */
export async function* readUsage(path: string): AsyncGenerator<Imported> {
  const { size } = await stat(path);
  if (size <= SMALL) {
    yield readImport(await readFile(path, "utf8"));
    return;
  }
  const slices = createSlices();
  for await (const { lines, tooLong } of readLines(path)) {
    const part = readImportLines(lines);
    part.unreadable += tooLong;
    yield part;
    const pause = slices.pause();
    if (pause) await pause;
  }
}
