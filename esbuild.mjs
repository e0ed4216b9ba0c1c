// Bundles the extension host, the webview and the in-editor tests into dist/.
import { copyFile, mkdir, rm } from "node:fs/promises";
import { build, context } from "esbuild";

const production = process.argv.includes("--production");
const watch = process.argv.includes("--watch");

/** What takes long to load is a file of its own that the others load on first need. */
const lazy = {
  undici: "src/stream/undici.ts",
  ws: "src/stream/ws.ts",
  "price-table": "src/usage/price-table.ts",
};
const loadLazily = (folder) => ({
  name: "load-lazily",
  setup(bundle) {
    bundle.onResolve({ filter: new RegExp(`^\\./(${Object.keys(lazy).join("|")})\\.ts$`) }, ({ path }) => ({
      path: path.replace(/^\.(.*)\.ts$/, `${folder}$1.cjs`),
      external: true,
    }));
  },
});

const common = {
  bundle: true,
  minify: production,
  sourcemap: production ? false : "linked",
  legalComments: "none",
  logLevel: "info",
  metafile: true,
};
const host = { ...common, platform: "node", format: "cjs", target: "node22", external: ["vscode"] };
const browser = { ...common, platform: "browser", format: "iife", target: "chrome130" };

const bundles = [
  {
    ...host,
    entryPoints: { extension: "src/extension.ts" },
    outdir: "dist",
    outExtension: { ".js": ".cjs" },
    plugins: [loadLazily(".")],
  },
  { ...host, entryPoints: lazy, outdir: "dist", outExtension: { ".js": ".cjs" } },
  {
    ...browser,
    entryPoints: { chat: "media/chat/main.ts", compare: "media/compare/main.ts", usage: "media/usage/main.ts" },
    outdir: "dist/webview",
  },
];
if (!production) {
  bundles.push({
    ...host,
    entryPoints: ["test/vscode/index.ts", "test/vscode/*.test.ts"],
    outdir: "dist/test",
    outExtension: { ".js": ".cjs" },
    external: ["vscode", "mocha"],
    plugins: [loadLazily("..")],
  });
}

await rm("dist", { recursive: true, force: true });
await mkdir("dist/webview", { recursive: true });
await copyFile("node_modules/@vscode/codicons/dist/codicon.ttf", "dist/webview/codicon.ttf");
if (watch) {
  for (const bundle of bundles) await (await context(bundle)).watch();
} else {
  await Promise.all(bundles.map((bundle) => build(bundle)));
}
