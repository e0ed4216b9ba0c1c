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

/** Programs of others that tests run beside our own code, with the package each comes in. */
const programs = { "/usr/bin/tinyproxy": "tinyproxy", "/usr/sbin/nginx": "nginx-light" };

/** Only where installing a server does not also start it for the whole machine; a test is left out without its program. */
export async function ensurePrograms() {
  if (!canUseApt() || existsSync("/run/systemd/system")) return;
  for (const [path, name] of Object.entries(programs)) {
    if (existsSync(path)) continue;
    say(`Getting ${name} to test with …`);
    const { code } = await aptInstall(name);
    if (code !== 0) say(`${name} could not be installed: the tests with it are left out`);
  }
}

let updated;
export async function aptInstall(name) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  // A fresh container has no package lists at all.
  updated ??= run(apt, ["update", "-q"], { env, timeout: 180_000 });
  await updated;
  return run(apt, ["install", "-y", "-q", "--no-install-recommends", name], { env, timeout: 600_000 });
}
