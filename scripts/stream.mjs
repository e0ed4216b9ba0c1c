// `npm run --silent stream`: one turn through the same code as in the editor; prints JSON lines and nothing else.
import { writeSync } from "node:fs";
import { prepare } from "./setup/packages.mjs";
import { main } from "./setup/project.mjs";

// Progress of the set-up must not mix with the JSON; the variable outlives the change to Node 24.
process.env.RUNNEL_PROGRESS = "stderr";

/** Characters that are written in one go. */
const PART = 1 << 20;

await main(async () => {
  await prepare(import.meta.url);
  const { streamTurn } = await import("../src/turn/terminal.ts");
  const abort = new AbortController();
  /** Nobody reads any more, so nothing more is asked for; how it ended still has to be told. */
  let isClosed = false;
  process.once("SIGINT", () => abort.abort());
  const print = (parts, isOutcome) => {
    if (!isClosed && writeLine(1, parts)) return;
    isClosed = true;
    abort.abort();
    if (isOutcome) writeLine(2, parts);
  };
  process.exitCode = await streamTurn({
    arguments: process.argv.slice(2),
    environment: process.env,
    print: (line) => print([line], line.startsWith('{"type":"outcome"')),
    printParts: (parts) => print(parts, true),
    signal: abort.signal,
  }).catch((error) => {
    process.stderr.write(`${error.message}\n`);
    return 1;
  });
});

/**
 * False when nobody reads there. Written at once, so that a slow reader slows the answer down and lines do not wait in
 * memory, and in parts, so that the last line of a large answer needs no copy of itself.
 */
function writeLine(file, parts) {
  for (const line of parts) {
    for (let from = 0; from < line.length; ) {
      const end = endOfPart(line, from);
      if (!writeWhole(file, Buffer.from(line.slice(from, end)))) return false;
      from = end;
    }
  }
  return writeWhole(file, Buffer.from("\n"));
}

/** Half a character is left to the next part. */
function endOfPart(line, from) {
  const end = Math.min(line.length, from + PART);
  const last = line.charCodeAt(end - 1);
  return end < line.length && last >= 0xd800 && last < 0xdc00 ? end - 1 : end;
}

function writeWhole(file, bytes) {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(file, bytes, at);
    } catch (error) {
      if (error.code !== "EAGAIN") return false;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
  return true;
}
