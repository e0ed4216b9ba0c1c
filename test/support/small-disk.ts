/** Runs a program where a folder is a real file system of a few kilobytes, seen by that program alone. */
import { type SpawnSyncReturns, spawnSync } from "node:child_process";

/** Kibibytes of the file system. */
const SIZE = 64;

function runOnSmallDisk(folder: string, command: readonly string[]): SpawnSyncReturns<string> {
  const script = `mount -t tmpfs -o size=${SIZE}k none "$0" && exec "$@"`;
  // Who is not root becomes it in a name space of their own, where the system allows that.
  const apart = process.getuid?.() === 0 ? "-m" : "-rm";
  return spawnSync("unshare", [apart, "sh", "-c", script, folder, ...command], { encoding: "utf8", timeout: 60_000 });
}

/** Why there can be no such disk here; undefined where there can. */
export function noSmallDisk(folder: string): string | undefined {
  if (process.platform !== "linux") return "only Linux has file systems in memory of a given size";
  const { status, stderr, error } = runOnSmallDisk(folder, ["true"]);
  return status === 0 ? undefined : `nothing can be mounted here: ${error?.message ?? stderr.trim()}`;
}

/** What the module prints as JSON; its first argument is the folder. Throws when it fails. */
export function onSmallDisk(folder: string, modulePath: string): unknown {
  const { status, stdout, stderr } = runOnSmallDisk(folder, [process.execPath, modulePath, folder]);
  if (status !== 0) throw new Error(`${modulePath} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}
