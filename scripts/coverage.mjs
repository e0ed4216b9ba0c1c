// `npm run coverage`: which lines of src the unit tests reach, by c8; a figure to look at and no gate.
import { join } from "node:path";
import { prepare } from "./setup/packages.mjs";
import { run } from "./setup/processes.mjs";
import { cacheFolder, main, root } from "./setup/project.mjs";

const reports = ["--reporter", "text-summary", "--reporter", "html", "--reports-dir", cacheFolder("coverage")];
const options = [
  "--all",
  "--src",
  "src",
  "--include",
  "src/**/*.ts",
  "--exclude",
  "src/**/host/**",
  "--exclude",
  "src/editor/**",
];
const mocha = ["node_modules/mocha/bin/mocha.js", "--config", "test/.mocharc.json", "--parallel", "--reporter", "dot"];

await main(async () => {
  await prepare(import.meta.url);
  const temporary = ["--temp-directory", cacheFolder("coverage", "raw")];
  const args = [
    join(root, "node_modules/c8/bin/c8.js"),
    ...reports,
    ...options,
    ...temporary,
    process.execPath,
    ...mocha,
  ];
  const { code } = await run(process.execPath, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  process.exitCode = code;
});
