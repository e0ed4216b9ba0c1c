// `npm run package`: makes the VSIX with vsce, shows what is in it, and fails when it is too big or holds a file it should not.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { prepare } from "./setup/packages.mjs";
import { run } from "./setup/processes.mjs";
import { main, root, SetupError, say } from "./setup/project.mjs";

const limit = 1_000_000;

/** What a package may hold, by the paths inside it. .vscodeignore picks the same files; this makes sure that it did. */
const allowed = [
  /^(extension\.vsixmanifest|\[Content_Types\]\.xml)$/,
  /^extension\/(package\.json|package\.nls(\.[\w-]+)?\.json|readme\.md|changelog\.md|LICENSE(\.txt|\.md)?)$/i,
  /^extension\/l10n\/bundle\.l10n(\.[\w-]+)?\.json$/,
  /^extension\/media\/icons\/[\w-]+\.(png|svg)$/,
  /^extension\/media\/walkthrough\/[\w.-]+\.(md|svg|png)$/,
  /^extension\/dist\/([\w-]+\.js|THIRD-PARTY-NOTICES\.txt|webview\/[\w-]+\.(js|css|ttf|woff2))$/,
];

await main(async () => {
  await prepare(import.meta.url);
  const { name, version, repository } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const file = join(root, `${name}-${version}.vsix`);
  const vsce = join(root, "node_modules/@vscode/vsce/vsce");
  const args = [vsce, "package", "--no-dependencies", "--out", file];
  // vsce points the README's relative links at the repository; without one it would give up.
  if (!repository) args.push("--allow-missing-repository", "--no-rewrite-relative-links");
  const { code, output } = await run(process.execPath, args, { cwd: root });
  if (code !== 0) throw new SetupError(`${output.trim()}\nvsce could not make the package: see above.`);
  const warnings = output.split("\n").filter((line) => /warning/i.test(line));
  for (const line of warnings) say(line.trim());
  const entries = contents(readFileSync(file)).sort((one, other) => other.packed - one.packed);
  for (const { path, packed, size } of entries) say(`${kilobytes(packed)} packed ${kilobytes(size)}  ${path}`);
  const total = statSync(file).size;
  say(`\n${name}-${version}.vsix: ${total} bytes in ${entries.length} files (the limit is ${limit})`);
  const strangers = entries.filter(({ path }) => !allowed.some((pattern) => pattern.test(path)));
  if (strangers.length > 0) {
    const paths = strangers.map(({ path }) => path).join(", ");
    throw new SetupError(
      `The package holds files it should not: ${paths}. Mend .vscodeignore, or the list in scripts/package.mjs.`,
    );
  }
  if (total > limit) throw new SetupError(`The package is over ${limit} bytes: see the sizes above.`);
});

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1).padStart(8)} kB`;
}

/** The files of a ZIP archive, from its central directory (APPNOTE.TXT, 4.3.12). */
function contents(archive) {
  const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  let offset = archive.readUInt32LE(end + 16);
  const entries = [];
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    const nameLength = archive.readUInt16LE(offset + 28);
    entries.push({
      path: archive.toString("utf8", offset + 46, offset + 46 + nameLength),
      packed: archive.readUInt32LE(offset + 20),
      size: archive.readUInt32LE(offset + 24),
    });
    offset += 46 + nameLength + archive.readUInt16LE(offset + 30) + archive.readUInt16LE(offset + 32);
  }
  return entries;
}
