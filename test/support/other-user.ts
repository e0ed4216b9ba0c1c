/** A user for whom the permissions of folders hold, as they do not for root. */
import { spawnSync } from "node:child_process";

type User = { uid?: number; gid?: number };

/** The user that is called nobody on most systems. */
const NOBODY = 65_534;

/** For the options of `spawn`; a string says why there is none that may read this file. */
export function ordinaryUser(readable: string): User | string {
  if (process.platform === "win32") return "permissions of folders do not hold on Windows";
  if (process.getuid?.() !== 0) return {};
  const user = { uid: NOBODY, gid: NOBODY };
  const look = `require("node:fs").accessSync(${JSON.stringify(readable)})`;
  const { status, error } = spawnSync(process.execPath, ["-e", look], { ...user, stdio: "ignore", timeout: 10_000 });
  return status === 0 ? user : `no other user may run Node on ${readable}: ${error?.message ?? status}`;
}
