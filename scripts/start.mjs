// `npm start`: builds Runnel and opens it in a VS Code on a sample workspace, with a demo provider that needs no key.

import { join } from "node:path";
import { parseArgs } from "node:util";
import { findBrowser } from "./setup/browser.mjs";
import { build } from "./setup/build.mjs";
import { ollamaModel, sampleWorkspace, startDemo, writeDemoSettings } from "./setup/demo.mjs";
import { findEditor, hasDisplay } from "./setup/editor.mjs";
import { installHelper, settingsFile, startDesktop, startServer, workbenchUrl } from "./setup/launch.mjs";
import { prepare } from "./setup/packages.mjs";
import { run, start, stopAll } from "./setup/processes.mjs";
import { cacheFolder, main, root, say } from "./setup/project.mjs";

const help = `npm start -- [--server] [--no-open] [--port N]
  --server   use the VS Code server in a browser, even where a desktop VS Code is there
  --no-open  print the address of the window and open nothing (implies --server)
  --port N   the port of the VS Code server; 39180 unless that is taken`;

await main(async () => {
  const { values: options } = parseArgs({
    options: {
      server: { type: "boolean" },
      "no-open": { type: "boolean" },
      port: { type: "string", default: "39180" },
      help: { type: "boolean" },
    },
  });
  if (options.help) return say(help);
  await prepare(import.meta.url);
  await build();
  const want = options.server || options["no-open"] ? "server" : "any";
  const editor = await findEditor({ want, installed: true });
  const dataDir = cacheFolder(`start-${editor.kind}`);
  const demo = await startDemo();
  const ollama = await ollamaModel();
  const model = await writeDemoSettings(settingsFile(dataDir, editor.kind), demo, ollama);
  say(`Demo provider: ${demo.models.join(", ")}`);
  if (ollama) say("Ollama is running here: its models are offered too");
  say(`The chat starts with ${model}`);
  installHelper(dataDir, join(root, "scripts/setup/opener"));
  const window = { folder: sampleWorkspace() };
  if (editor.kind === "desktop") await openDesktop(editor, dataDir, window);
  else await openServer(editor, dataDir, window, options);
});

async function openDesktop(editor, dataDir, window) {
  const child = startDesktop({ editor, dataDir, ...window });
  say("VS Code is opening. Ctrl+C here, or closing its window, ends everything.");
  const code = await new Promise((resolve) => {
    child.once("exit", resolve);
    child.once("error", () => resolve(1));
  });
  await stopAll();
  process.exit(code ?? 0);
}

async function openServer(editor, dataDir, window, options) {
  // The same port every time, since the browser keeps the window's layout and open editors by address.
  const server = await startServer({ editor, dataDir, port: Number(options.port) });
  const url = workbenchUrl({ server, ...window });
  const opened = !options["no-open"] && (await openInBrowser(url));
  say(`${opened ? "A window is opening in your browser" : "Open this address in a browser"}:\n\n  ${url}\n`);
  say("Runnel is ready. Ctrl+C ends everything.");
  await new Promise((resolve) => server.child.once("exit", resolve));
  await stopAll();
  say("The VS Code server has ended.");
  process.exit(1);
}

/** Tells whether a browser took the address. */
async function openInBrowser(url) {
  if (!hasDisplay) return false;
  const openers = { darwin: ["open", [url]], win32: ["rundll32", ["url.dll,FileProtocolHandler", url]] };
  const [command, args] = openers[process.platform] ?? ["xdg-open", [url]];
  const { code } = await run(command, args, { stdio: "ignore", timeout: 10_000 });
  if (code === 0) return true;
  const browser = await findBrowser({ get: false });
  if (!browser) return false;
  start(browser, [`--app=${url}`, ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])], { stdio: "ignore" });
  return true;
}
