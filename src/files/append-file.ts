/** Appends whole lines to a file that several windows append to, on a disk that may be full. */
import { open } from "node:fs/promises";

/** How many bytes of `lines` found room: fewer than all of them on a full disk. */
export async function appendLines(path: string, lines: Uint8Array): Promise<number> {
  const file = await open(path, "a+");
  try {
    // Behind a line that somebody's death or a full disk tore, a new one is begun.
    const { size } = await file.stat();
    const { bytesRead, buffer } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
    const begin = bytesRead === 1 && buffer[0] !== 0x0a ? "\n" : "";
    // One write: the system puts it after all that others have written, and nothing of theirs in between.
    const bytes = Buffer.concat([Buffer.from(begin), lines]);
    const { bytesWritten } = await file.write(bytes, 0, bytes.length, null);
    return Math.max(0, bytesWritten - begin.length);
  } finally {
    await file.close();
  }
}
