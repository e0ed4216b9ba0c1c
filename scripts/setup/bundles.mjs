// What esbuild makes of the sources, for esbuild.mjs and for the test of what activation loads.
import { readFile } from "node:fs/promises";

/**
 * Takes VS Code's API by `require`: for an `import` it writes, parses and compiles a module of two hundred exports, which is
 * some ten milliseconds of each activation.
 */
const requireVscode = {
  name: "require-vscode",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/](extension|commands|editor[\\/].+|.+[\\/]host[\\/].+)\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const pattern = /^import (?:\* as )?(vscode|\{ [\w, ]+ \}) from "vscode";$/gm;
      return { loader: "ts", contents: text.replace(pattern, 'const $1 = require("vscode");') };
    });
  },
};

/** All bundles of dist/; with `production` minified, without source maps and without the in-editor tests. */
export function bundles({ production }) {
  const common = {
    bundle: true,
    minify: production,
    sourcemap: production ? false : "linked",
    legalComments: "none",
    logLevel: "info",
    metafile: true,
  };
  const node = { ...common, platform: "node", target: "node22", external: ["vscode"] };
  const host = {
    ...node,
    format: "esm",
    // Each `import()` is a file that is loaded then; what several share is a file of its own, so no class exists twice.
    splitting: true,
    entryPoints: { extension: "src/extension.ts" },
    outdir: "dist",
    // As if each file imported it: esbuild makes a file for each set of files that share something, and what activation
    // loads, which others share, would be some twenty files of half a millisecond each.
    inject: ["src/extension.ts"],
    plugins: [requireVscode],
    // Modules have no `require` of their own; packages in CommonJS ask for Node's modules by it.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  };
  const pages = {
    ...common,
    platform: "browser",
    format: "esm",
    // The renderer and the highlighter are most of two pages: one file that both import.
    splitting: true,
    chunkNames: "shared-[hash]",
    assetNames: "[name]",
    loader: { ".ttf": "file" },
    target: "chrome130",
    entryPoints: { chat: "media/chat/main.ts", compare: "media/compare/main.ts", usage: "media/usage/main.ts" },
    outdir: "dist/webview",
  };
  const tests = {
    ...node,
    format: "cjs",
    entryPoints: ["test/vscode/index.ts", "test/vscode/*.test.ts"],
    outdir: "dist/test",
    outExtension: { ".js": ".cjs" },
    external: ["vscode", "mocha"],
  };
  return production ? { host, pages } : { host, pages, tests };
}
