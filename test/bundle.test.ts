/** The bundle as it is shipped: what activation loads of it, and what becomes of a turn when a part of it is missing. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, type Metafile } from "esbuild";
import { bundles, cacheFolder, root } from "../scripts/setup/index.mjs";
import type * as terminal from "../src/turn/terminal.ts";

const host = { ...bundles({ production: true }).host, absWorkingDir: root, logLevel: "silent" } as const;

/** Bytes; what comes later comes with the first thing that a person does. */
const limit = 150_000;

/** The files that importing `path` loads. */
function loadedWith(path: string, { outputs }: Metafile, found = new Set<string>()): Set<string> {
  found.add(path);
  for (const { path: next, kind, external } of outputs[path]!.imports)
    if (kind === "import-statement" && !external && !found.has(next)) loadedWith(next, { outputs } as Metafile, found);
  return found;
}

describe("what activation loads", () => {
  let metafile: Metafile;
  let files: string[];
  before(async () => {
    metafile = (await build({ ...host, metafile: true, write: false })).metafile;
    files = [...loadedWith("dist/extension.js", metafile)];
  });

  it(`is less than ${limit / 1000} KB`, () => {
    const total = files.reduce((sum, file) => sum + metafile.outputs[file]!.bytes, 0);
    assert.ok(total < limit, `${total} bytes in ${files.join(", ")}`);
  });

  it("is two files, because each takes a while of its own", () => {
    assert.equal(files.length, 2, files.join(", "));
  });

  it("takes VS Code's API by require, which is quicker", () => {
    const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
    const ways = imports.filter(({ path }) => path === "vscode").map(({ kind }) => kind);
    assert.deepEqual([...new Set(ways)], ["require-call"]);
  });

  it("holds nothing of the protocols, the chat, edits and pages, and no package but the one that checks settings", () => {
    const later =
      /^node_modules\/(?!valibot\/)|^src\/(providers\/(?!provider|errors)[\w-]+|edit\/(diff|answer|session|prompt))\/|^src\/(turn\/turn|chat\/chat|compare\/comparison)\.ts|^src\/.*\/host\/.*(controller|panel|view)\.ts/;
    const inputs = files.flatMap((file) => Object.keys(metafile.outputs[file]!.inputs));
    assert.deepEqual(
      inputs.filter((input) => later.test(input)),
      [],
    );
  });
});

describe("a turn whose protocol", () => {
  let folder: string;
  before(async () => {
    // The corridor without the editor, made into files as the extension is.
    folder = await mkdtemp(join(cacheFolder(), "bundle-"));
    const entry = join(root, "src/turn/terminal.ts");
    await build({ ...host, entryPoints: { terminal: entry }, inject: [entry], outdir: folder, metafile: false });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const ask = async (protocol: string, content: string | undefined, signal: AbortSignal) => {
    const file = (await readdir(folder)).find((name) => name.startsWith(`${protocol}-`));
    assert.ok(file, `no file of ${protocol}`);
    if (content === undefined) await rm(join(folder, file));
    else await writeFile(join(folder, file), content);
    const { streamTurn }: typeof terminal = await import(join(folder, "terminal.js"));
    const lines: string[] = [];
    const provider = { id: "p", protocol, baseUrl: "http://127.0.0.1:9", needsKey: false };
    const code = await streamTurn({
      arguments: ["--provider", JSON.stringify(provider), "--model", "m", "--prompt", "Hello"],
      environment: {},
      print: (line) => lines.push(line),
      signal,
    });
    return { code, lines };
  };

  it("cannot be loaded fails with an error of its own", async () => {
    const { code, lines } = await ask("gemini", undefined, new AbortController().signal);
    assert.equal(code, 1);
    assert.match(lines.at(-1)!, /"failed".*A part of Runnel could not be loaded.*"not-loaded"/);
  });

  it("is still being loaded can be stopped", async () => {
    const { lines } = await ask("ollama", "await new Promise(() => {});", AbortSignal.timeout(50));
    assert.match(lines.at(-1)!, /"stopped"/);
  });
});
