// The suites that scripts/test.mjs runs: checks, unit tests, page tests, tests inside the extension host, end-to-end tests.
import { cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { findBrowser } from "./browser.mjs";
import { findEditor, hasDisplay } from "./editor.mjs";
import { startBrowser } from "./headless.mjs";
import { desktopArguments, editorEnvironment, settingsFile, startServer, workbenchUrl } from "./launch.mjs";
import { inOneGroup, run } from "./processes.mjs";
import { cacheFolder, root, SetupError } from "./project.mjs";
import { noResults, ResultFile } from "./results.mjs";
import { changeSettings, quietSettings } from "./settings.mjs";

const minute = 60_000;
/** In `npm run test:long` all takes far longer. */
const isFullSize = process.env.RUNNEL_LONG !== undefined;
const hour = 60 * minute;
const limits = isFullSize
  ? { check: 5 * minute, unit: 8 * hour, page: 2 * hour, editor: hour, e2e: hour }
  : { check: 5 * minute, unit: 10 * minute, page: 10 * minute, editor: 15 * minute, e2e: 30 * minute };
const reporter = join(root, "test/vscode/support/results.ts");

/** The type check, the lint and the search for what nobody uses, one result each. */
export async function checks() {
  const results = noResults();
  const tools = {
    types: ["typescript/bin/tsc", "--noEmit"],
    lint: ["@biomejs/biome/bin/biome", "check", "."],
    unused: ["knip/bin/knip.js"],
  };
  const runTool = async ([name, [tool, ...args]]) => {
    const command = [join(root, "node_modules", tool), ...args];
    const { code, late, output } = await run(process.execPath, command, { cwd: root, timeout: limits.check });
    const error = late ? `${output}\nNot done within ${limits.check / 1000} s.` : output;
    if (code === 0) results.passed += 1;
    else results.failures.push({ title: name, error });
  };
  await Promise.all(Object.entries(tools).map(runTool));
  return results;
}

/** The tests that need neither network, browser nor editor. */
export function unit({ grep }) {
  // No more at a time than there are cores, because the tests inside VS Code run beside them.
  return mochaSuite("unit", "test/.mocharc.json", { grep, jobs: Math.max(2, availableParallelism()) });
}

/** The tests of the pages in a browser, without VS Code. */
export async function pages({ grep }) {
  await findBrowser();
  return mochaSuite("page", "test/.mocharc.page.json", { grep, each: true, jobs: 2 });
}

/** The tests that drive a window from outside. They find the editor and the browser again by themselves, both by now there. */
export async function endToEnd({ grep }) {
  await findEditor({ want: "server" });
  await findBrowser();
  return mochaSuite("e2e", "test/.mocharc.e2e.json", { grep, each: true, jobs: 2 });
}

/** Runs the test files of a configuration, as many at a time as there are jobs; each job is a process. */
async function mochaSuite(name, config, { grep, each = false, jobs }) {
  const file = new ResultFile(name);
  const stopFollowing = each ? file.follow() : undefined;
  const mocha = join(root, "node_modules/mocha/bin/mocha.js");
  const args = [mocha, "--config", config, "--reporter", reporter, "--parallel", "--jobs", String(jobs)];
  if (grep !== undefined) args.push("--fgrep", grep);
  if (isFullSize) args.push("--timeout", String(10 * minute));
  // Types stripped and code compiled once serve every process until a file changes.
  const compiled = { NODE_COMPILE_CACHE: join(cacheFolder(), "check", "code") };
  const env = { ...process.env, ...compiled, ...file.env, ...inOneGroup };
  const options = { cwd: root, env, stdio: ["ignore", "inherit", "inherit"], timeout: limits[name] };
  const { code, late } = await run(process.execPath, args, options);
  stopFollowing?.();
  file.read();
  if (late) return file.close(`Not done within ${limits[name] / minute} minutes.`);
  const broken = code !== 0 && file.results.failures.length === 0;
  return file.close(broken ? `mocha ended with code ${code}: see above.` : undefined);
}

/** The tests inside the extension host, in the VS Code server (shown by a headless browser) or in the desktop. */
export async function insideEditor({ desktop, grep }) {
  const editor = await findEditor({ want: desktop ? "desktop" : "server" });
  const dataDir = cacheFolder(`suite-${editor.kind}`);
  rmSync(dataDir, { recursive: true, force: true });
  await changeSettings(settingsFile(dataDir, editor.kind), () => Object.entries(quietSettings));
  const file = new ResultFile("editor");
  if (grep !== undefined) file.env.RUNNEL_TEST_GREP = grep;
  const tests = join(root, "dist/test/index.cjs");
  const window = { dataDir, folder: freshWorkspace(), tests };
  const stopFollowing = file.follow();
  const runWindow = editor.kind === "desktop" ? runDesktop : runServer;
  const trouble = await runWindow(editor, window, file).finally(stopFollowing);
  return file.close(trouble);
}

/** A copy of the sample workspace, so that tests may change it. */
function freshWorkspace() {
  const folder = join(cacheFolder(), "suite-workspace");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const sample = join(root, "test/demo/workspace");
  if (existsSync(sample)) cpSync(sample, folder, { recursive: true });
  return folder;
}

/** Gives a sentence when the suite could not come to its end, else undefined. */
async function runServer(editor, { dataDir, ...window }, file) {
  let hostEnded = false;
  const onLine = (line) => {
    if (line.includes("Extension Host Process exited")) hostEnded = true;
  };
  const server = await startServer({ editor, dataDir, env: file.env, onLine, reconnectSeconds: 20 });
  const { browser, close } = await startBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    // A busy machine takes its time for the first page.
    await page.goto(workbenchUrl({ server, ...window }), { timeout: 2 * minute });
    const deadline = performance.now() + limits.editor;
    while (performance.now() < deadline) {
      if (file.ended) return undefined;
      if (hostEnded || page.isClosed()) {
        file.read({ each: true });
        return file.ended
          ? undefined
          : `The extension host ended before the tests did: see ${join(dataDir, "server.log")}.`;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return `Not done within ${limits.editor / minute} minutes.`;
  } finally {
    await close();
    await server.stop();
  }
}

async function runDesktop(editor, { tests, ...window }, file) {
  const virtual = !hasDisplay && existsSync("/usr/bin/xvfb-run");
  if (!hasDisplay && !virtual) {
    throw new SetupError("The desktop needs a display, and xvfb-run is not there to stand in for one: install xvfb.");
  }
  const args = [
    ...desktopArguments(window),
    `--extensionTestsPath=${tests}`,
    "--disable-gpu-sandbox",
    "--no-cached-data",
  ];
  const [command, before] = virtual ? ["/usr/bin/xvfb-run", ["-a", editor.executable]] : [editor.executable, []];
  const env = editorEnvironment(file.env);
  const stdio = ["ignore", "inherit", "inherit"];
  const { code, late } = await run(command, [...before, ...args], { env, stdio, timeout: limits.editor });
  file.read({ each: true });
  if (late) return `Not done within ${limits.editor / minute} minutes.`;
  return file.ended ? undefined : `VS Code ended with ${code} before the tests did.`;
}
