// Installs packages of Debian and its kin where that is possible without asking anybody: as root, with apt-get there.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { run } from "./processes.mjs";
import { say } from "./project.mjs";

const apt = "/usr/bin/apt-get";

export function canUseApt() {
  return process.getuid?.() === 0 && existsSync(apt);
}

/** Fonts for Korean, Chinese and Japanese, so that screenshots show text and not boxes; never a reason to fail. */
export async function ensureFonts() {
  if (!canUseApt() || spawnSync("fc-list", [":lang=ko"], { encoding: "utf8" }).stdout?.trim()) return;
  say("Getting fonts for Korean, Chinese and Japanese (fonts-noto-cjk) …");
  const { code } = await aptInstall("fonts-noto-cjk");
  if (code !== 0) say("The fonts could not be installed: screenshots may show boxes for Korean, Chinese and Japanese");
}

/** A proxy that is not our own, for one test that is left out without it; never a reason to fail. */
export async function ensureProxy() {
  if (!canUseApt() || existsSync("/usr/bin/tinyproxy")) return;
  say("Getting a proxy to test with (tinyproxy) …");
  const { code } = await aptInstall("tinyproxy");
  if (code !== 0) say("tinyproxy could not be installed: the test with a real proxy is left out");
}

let updated;
export async function aptInstall(name) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  // A fresh container has no package lists at all.
  updated ??= run(apt, ["update", "-q"], { env, timeout: 180_000 });
  await updated;
  return run(apt, ["install", "-y", "-q", "--no-install-recommends", name], { env, timeout: 600_000 });
}
