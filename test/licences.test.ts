/** What others wrote and Runnel ships is named with its licence, and everything that npm installs is checked. */
import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, type Metafile } from "esbuild";
import { bundles, noticesFile, noticesOf, packagesOf, root } from "../scripts/setup/index.mjs";

describe("the licences of others", () => {
  let metafiles: Metafile[];
  let notices: string;
  before(async () => {
    const { host, pages } = bundles({ production: true });
    const options = { absWorkingDir: root, logLevel: "silent", metafile: true, write: false } as const;
    const results = await Promise.all([host, pages].map((bundle) => build({ ...bundle, ...options })));
    metafiles = results.map(({ metafile }) => metafile);
    notices = noticesOf(metafiles);
  });

  it("are those of every package whose files are in a bundle", () => {
    const inputs = metafiles.flatMap((metafile) => Object.keys(metafile.inputs));
    const ofOthers = inputs.filter((path) => !/^(src|media)\//.test(path));
    const names = packagesOf(metafiles);
    const unnamed = ofOthers.filter((path) => !names.some((name) => path.includes(`node_modules/${name}/`)));
    assert.deepEqual(unnamed, []);
    for (const name of ["undici", "ws", "highlight.js", "@vscode/codicons", "@pydantic/genai-prices"]) {
      assert.ok(names.includes(name), name);
    }
  });

  it("are printed in full, with name and version", async () => {
    for (const name of packagesOf(metafiles)) {
      const folder = join(root, "node_modules", name);
      const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
      assert.ok(notices.includes(`${name} ${version} (`), name);
      // One names its licence without printing it.
      const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
      assert.ok(file ?? name === "@vscode/l10n", name);
      const text = file && (await readFile(join(folder, file), "utf8"));
      const licence = (text ?? "Copyright (c) Microsoft Corporation\n\nPermission is hereby granted, free of charge")
        .replaceAll("\r\n", "\n")
        .replace(/^\uFEFF/, "");
      assert.ok(notices.includes(licence.trim()), name);
    }
  });

  it("are shipped", async () => {
    const kept = (await readFile(join(root, ".vscodeignore"), "utf8")).split("\n");
    assert.ok(kept.includes(`!${noticesFile}`));
  });

  it("cannot be missing: a package without one stops the build", async () => {
    // A package whose folder says by no file what may be done with it.
    const name = `none-${process.pid}`;
    const folder = join(root, "node_modules", name);
    await mkdir(folder);
    try {
      await writeFile(join(folder, "package.json"), JSON.stringify({ version: "1.0.0", license: "MIT" }));
      const inputs = { [`node_modules/${name}/index.js`]: { bytes: 1, imports: [] } };
      assert.throws(() => noticesOf([{ inputs, outputs: {} }]), /has no text of its licence/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("the lockfile", () => {
  interface Entry {
    integrity?: string;
    resolved?: string;
    link?: boolean;
    inBundle?: boolean;
  }
  let entries: [string, Entry][];
  before(async () => {
    const { packages } = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8"));
    entries = Object.entries<Entry>(packages).filter(([path]) => path !== "");
  });

  it("has the checksum of every package", () => {
    const without = entries.filter(([, { integrity, link, inBundle }]) => !link && !inBundle && !integrity);
    assert.deepEqual(
      without.map(([path]) => path),
      [],
    );
    for (const [path, { integrity }] of entries)
      if (integrity !== undefined) assert.match(integrity, /^sha512-[A-Za-z0-9+/]{86}==$/, path);
  });

  it("names no place that packages come from, so that each installs from the registry that its machine uses", () => {
    assert.deepEqual(
      entries.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path),
      [],
    );
  });
});
