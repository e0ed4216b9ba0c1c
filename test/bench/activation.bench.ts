/** What activating Runnel costs in a real extension host beside an extension that does nothing, and how large it is. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { cacheFolder, root } from "../../scripts/setup/index.mjs";
import { percentile } from "../../src/money/statistics.ts";
import { openWindow } from "../e2e/support/window.ts";

/** An extension activates once in a window, so each sample needs a window of its own. */
const rounds = Number(process.env.ROUNDS ?? 9);

/** As it is packaged, only that it does not activate by itself: nobody could time that from outside. */
function waitingCopy(): string {
  const copy = join(cacheFolder("bench-activation"), "runnel");
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy);
  for (const name of readdirSync(root))
    if (/^(dist|l10n|media|package\.nls.*\.json)$/.test(name))
      cpSync(join(root, name), join(copy, name), { recursive: true });
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  writeFileSync(join(copy, "package.json"), JSON.stringify({ ...manifest, activationEvents: [] }));
  return copy;
}

const ours: number[] = [];
const reference: number[] = [];
const extensions = [waitingCopy(), join(root, "test/bench/support/nothing")];
// The secondary side bar would show the chat, which activates Runnel.
const settings = { "workbench.secondarySideBar.defaultVisibility": "hidden" };
for (let round = 0; round < rounds; round++) {
  const window = await openWindow({ extensions, settings, development: false });
  try {
    // A window that has just opened is busy with itself.
    await new Promise((resolve) => setTimeout(resolve, 5000));
    const order = ["runnel.runnel", "runnel-development.nothing"];
    for (const id of round % 2 === 0 ? order : order.reverse()) {
      const milliseconds = await window.activate(id);
      if (milliseconds === null) throw new Error(`${id} was active before it was asked to be`);
      (id === "runnel.runnel" ? ours : reference).push(milliseconds);
    }
  } finally {
    await window.close();
  }
}

const middle = (values: number[]): number => Number((percentile(values, 0.5) ?? Number.NaN).toFixed(2));
const files = Object.fromEntries(
  readdirSync(join(root, "dist"), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(js|css)$/.test(name))
    .map((name) => {
      const bytes = readFileSync(join(root, "dist", name));
      return [name, { kilobytes: Math.round(bytes.length / 1000), gzip: Math.round(gzipSync(bytes).length / 1000) }];
    }),
);
const packages = readdirSync(root).filter((name) => name.endsWith(".vsix"));
console.log(
  JSON.stringify({
    name: "activation",
    unit: "ms",
    ours: middle(ours),
    reference: middle(reference),
    difference: Number((middle(ours) - middle(reference)).toFixed(2)),
    ratio: Number((middle(ours) / middle(reference)).toFixed(2)),
    rounds,
    files,
    ...(packages[0] ? { vsixKilobytes: Math.round(statSync(join(root, packages[0])).size / 1000) } : {}),
  }),
);
process.exit(0);
