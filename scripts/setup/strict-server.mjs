// Makes the VS Code server from npm behave like a released VS Code where code-server changed or left out something.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SetupError } from "./project.mjs";

/** Every program of the server that asks whether an extension may use a proposed API. */
const programs = [
  "server-main.js",
  "vs/workbench/api/node/extensionHostProcess.js",
  "vs/workbench/api/worker/extensionHostWorkerMain.js",
  "vs/code/browser/workbench/workbench.js",
];

/** code-server's check, which allows everything, directly before the function that throws when it does not. */
const openCheck =
  /function ([\w$]+)\(([\w$]+),([\w$]+)\)\{return!0\}(?=function [\w$]+\([\w$]+,[\w$]+\)\{if\(!\1\([\w$]+,[\w$]+\)\)throw new Error\(`Extension '\$\{[^}]*\}' CANNOT use API proposal)/g;

/** Stands in every check that was replaced, so that an interrupted preparation can go on. */
const replaced = "/* only what package.json declares */";

/**
 * Takes the text of one program and returns it with VS Code's own check: an extension may use a proposed API only if its
 * package.json declares it. Built-in extensions declare theirs. Throws where there is not exactly one check to replace.
 */
export function withStrictProposals(source, name) {
  if (source.includes(replaced)) return source;
  let found = 0;
  const strict = source.replace(openCheck, (_, check, extension, proposal) => {
    found += 1;
    return `function ${check}(${extension},${proposal}){${replaced}return!!${extension}.enabledApiProposals?.includes(${proposal})}`;
  });
  if (found !== 1) {
    throw new SetupError(
      `${name} of the VS Code server has ${found} checks for proposed APIs where one was expected: adapt scripts/setup/strict-server.mjs to this version.`,
    );
  }
  return strict;
}

/**
 * Prepares an installed server, once: proposed APIs only for extensions that declare them, and the TypeScript package that
 * the built-in TypeScript extension needs, without which symbols, definitions and problems of TypeScript files are missing.
 * `install` runs npm in a folder. The marker is written last, so that an interrupted preparation is done again.
 */
export async function prepareServer(serverFolder, install) {
  const marker = join(serverFolder, "prepared-for-runnel");
  if (existsSync(marker)) return;
  for (const name of programs) {
    const file = join(serverFolder, "out", name);
    writeFileSync(file, withStrictProposals(readFileSync(file, "utf8"), name));
  }
  if (!existsSync(join(serverFolder, "extensions/node_modules/typescript")))
    await install(["install", "--omit=dev"], join(serverFolder, "extensions"));
  writeFileSync(marker, "");
}
