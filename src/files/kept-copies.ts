/** Keeps a copy of a damaged file beside it, once for each damage and only so many of them. */
import { constants } from "node:fs";
import { copyFile, readdir, rm, stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";

const MOST_COPIES = 3;
/** Bytes of a file of which a copy is kept: a conversation is a few at most, and a damaged disk is full soon enough. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * `sum`: a checksum of what is damaged; a copy for the same damage is there only once. Resolves to the path of the copy,
 * also of one that was there. `name`: the file after which copies are named and counted, where its own name is one of
 * many. Rejects when it cannot be made, or when the file is so large that copies would fill the disk.
 */
export async function keepDamagedCopy(path: string, sum: string, time: number, name = basename(path)): Promise<string> {
  const folder = dirname(path);
  const extension = extname(name);
  const prefix = `${basename(name, extension)}.damaged-`;
  const copies = (await readdir(folder)).filter((name) => name.startsWith(prefix)).sort();
  const same = copies.find((name) => name.endsWith(`-${sum}${extension}`));
  if (same !== undefined) return join(folder, same);
  if ((await stat(path)).size > MOST_BYTES)
    throw new Error(`It is larger than ${MOST_BYTES} bytes and stays where it is`);
  const stamp = new Date(time).toISOString().replace(/[-:]|\..*/g, "");
  const copy = join(folder, `${prefix}${stamp}-${sum}${extension}`);
  await copyFile(path, copy, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  for (const old of copies.slice(0, Math.max(0, copies.length + 1 - MOST_COPIES)))
    await rm(join(folder, old), { force: true });
  return copy;
}
