// `npm run package`: makes the VSIX with vsce, and fails when it holds a file it should not or is larger than size-limit allows.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { prepare } from "./setup/packages.mjs";
import { run } from "./setup/processes.mjs";
import { main, root, SetupError, say } from "./setup/project.mjs";

/** What a package may hold. .vscodeignore picks the same files; this makes sure that it did. */
const allowed = [
  /^(package\.json|package\.nls(\.[\w-]+)?\.json|README\.md|CHANGELOG\.md|LICENSE)$/,
  /^l10n\/bundle\.l10n(\.[\w-]+)?\.json$/,
  /^media\/icons\/[\w-]+\.(png|svg)$/,
  /^dist\/([\w-]+\.js|THIRD-PARTY-NOTICES\.txt|webview\/[\w-]+\.(js|css|ttf))$/,
];

await main(async () => {
  await prepare(import.meta.url);
  const { name, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const file = `${name}-${version}.vsix`;
  const made = await tool("@vscode/vsce/vsce", "package", "--no-dependencies", "--out", file);
  for (const line of made.split("\n").filter((each) => /warning/i.test(each))) say(line.trim());
  const listed = await tool("@vscode/vsce/vsce", "ls", "--no-dependencies");
  const paths = listed.split("\n").filter((path) => path !== "");
  for (const path of paths) say(`${kilobytes(statSync(join(root, path)).size)}  ${path}`);
  const strangers = paths.filter((path) => !allowed.some((pattern) => pattern.test(path)));
  if (strangers.length > 0)
    throw new SetupError(
      `The package holds files it should not: ${strangers.join(", ")}. Mend .vscodeignore, or the list in scripts/package.mjs.`,
    );
  say(`\n${file}: ${kilobytes(statSync(join(root, file)).size).trim()} in ${paths.length} files`);
  say(await tool("size-limit/bin.js"));
});

/** What a program of a package prints. Throws with it where it fails. */
async function tool(path, ...args) {
  const { code, output } = await run(process.execPath, [join(root, "node_modules", path), ...args], { cwd: root });
  if (code !== 0) throw new SetupError(`${output.trim()}\n${path} ${args[0] ?? ""} failed: see above.`);
  return output.trim();
}

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1).padStart(8)} kB`;
}
