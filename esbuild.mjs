// Bundles the extension host, the webview and the in-editor tests into dist/.
import { copyFile, mkdir, rm } from "node:fs/promises";
import { build, context } from "esbuild";

const production = process.argv.includes("--production");
const watch = process.argv.includes("--watch");

/** Libraries that a first need loads and activation must not pay for: each a file of its own beside the extension's. */
const lazy = ["undici", "ws"];
const lazyLibraries = (folder) => ({
  name: "lazy-libraries",
  setup(bundle) {
    bundle.onResolve({ filter: new RegExp(`^\\./(${lazy.join("|")})\\.ts$`) }, ({ path }) => ({
      path: path.replace("./", folder).replace(".ts", ".cjs"),
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
    plugins: [lazyLibraries("./")],
  },
  {
    ...host,
    entryPoints: lazy.map((name) => `src/stream/${name}.ts`),
    outdir: "dist",
    outExtension: { ".js": ".cjs" },
  },
  { ...browser, entryPoints: { chat: "media/chat/main.ts", compare: "media/compare/main.ts" }, outdir: "dist/webview" },
];
if (!production) {
  bundles.push({
    ...host,
    entryPoints: ["test/vscode/index.ts", "test/vscode/*.test.ts"],
    outdir: "dist/test",
    outExtension: { ".js": ".cjs" },
    external: ["vscode", "mocha"],
    plugins: [lazyLibraries("../")],
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
