// The licences of everything that is shipped and that others wrote, read from what esbuild put into the bundles.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./project.mjs";

/** Where the notices lie in the package. */
export const noticesFile = "dist/THIRD-PARTY-NOTICES.txt";

/** What is shipped without being the input of a bundle, and of whom it comes. */
const others = [
  { name: "@vscode/codicons", what: "dist/webview/codicon.ttf, a font of icons" },
  { name: "@pydantic/genai-prices", what: "src/money/price-table.json, made of its data" },
];

/** The names of the packages among the inputs of these bundles, and of `others`, in the order of the alphabet. */
export function packagesOf(metafiles) {
  const names = new Set(others.map(({ name }) => name));
  for (const { inputs } of metafiles) {
    for (const path of Object.keys(inputs)) {
      // Of nested packages the innermost one.
      const inside = path.split("node_modules/").at(-1);
      if (inside !== path) names.add(/^(@[^/]+\/)?[^/]+/.exec(inside)[0]);
    }
  }
  return [...names].sort();
}

/** Throws when a package has no text of its licence. */
export function noticesOf(metafiles) {
  const parts = packagesOf(metafiles).map((name) => {
    const about = JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8"));
    const what = others.find((other) => other.name === name)?.what;
    return [`${name} ${about.version} (${about.license})${what ? `: ${what}` : ""}`, ...licenceTexts(name, about)].join(
      "\n\n",
    );
  });
  const intro = "Runnel contains the following work of others, each under the licence printed below its name.";
  return `${[intro, ...parts].join(`\n\n${"-".repeat(78)}\n\n`)}\n`;
}

function licenceTexts(name, { license, author }) {
  const folder = join(root, "node_modules", name);
  const files = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
    .sort();
  const texts = files.map((file) =>
    readFileSync(join(folder, file), "utf8")
      .replace(/^\uFEFF/, "")
      .replaceAll("\r\n", "\n")
      .trim(),
  );
  if (texts.length === 0 && license === "MIT" && typeof author === "string") return [mitOf(author)];
  if (!texts.some((text) => text.length > 100)) throw new Error(`The package ${name} has no text of its licence.`);
  return texts;
}

/** The text of the licence for a package that names it without printing it: Runnel's own is the same. */
function mitOf(author) {
  return readFileSync(join(root, "LICENSE"), "utf8")
    .replace(/^Copyright .*$/m, `Copyright (c) ${author}`)
    .trim();
}
