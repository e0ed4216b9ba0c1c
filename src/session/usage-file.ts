/** Reads a file of usage entries by line: a ledger of another machine, or a JSON export, also one written by hand. */
import { readFile, stat } from "node:fs/promises";
import { createSlices } from "../core/slices.ts";
import type { ReadEntries } from "../usage/ledger.ts";
import { readEntries, readFileLine } from "../usage/ledger-entry.ts";
import { readLines } from "./read-lines.ts";

/** Bytes up to which a file is read whole, so that an array in it may be written in any way. */
const SMALL = 16 * 1024 * 1024;

/** In parts, as they are read. Rejects when the file cannot be read. */
export async function* readUsage(path: string): AsyncGenerator<ReadEntries> {
  const { size } = await stat(path);
  if (size <= SMALL) {
    yield readEntries(await readFile(path, "utf8"));
    return;
  }
  const slices = createSlices();
  for await (const { lines, tooLong } of readLines(path)) {
    const part: ReadEntries = { entries: [], unreadable: tooLong };
    for (const line of lines) {
      const found = readFileLine(line);
      if (found === undefined) continue;
      if (found.length === 0) part.unreadable++;
      for (const entry of found) part.entries.push(entry);
    }
    yield part;
    const pause = slices.pause();
    if (pause) await pause;
  }
}
