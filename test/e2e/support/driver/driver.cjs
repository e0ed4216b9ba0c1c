// Does things inside the extension host for the test of a window: takes JSON over loopback HTTP, writes its address where the test looks.
const { renameSync, writeFileSync } = require("node:fs");
const { createServer } = require("node:http");
const { join } = require("node:path");
const vscode = require("vscode");

exports.activate = (context) => {
  const folder = process.env.RUNNEL_DRIVER_FOLDER;
  if (!folder) return;
  // Windows of one server share its environment; each has opened a folder of another name.
  const file = join(folder, vscode.workspace.name);
  const server = createServer(async (request, response) => {
    try {
      const result = await act(JSON.parse(await text(request)));
      response.end(JSON.stringify({ result: result ?? null }));
    } catch (error) {
      response.end(JSON.stringify({ error: String(error?.message ?? error) }));
    }
  });
  server.listen(0, "127.0.0.1", () => {
    writeFileSync(`${file}.partial`, `http://127.0.0.1:${server.address().port}/`);
    renameSync(`${file}.partial`, file);
  });
  context.subscriptions.push({ dispose: () => server.close() });
};

async function act({ command, args, settings, open, selection, activate, read, measure, replace }) {
  if (activate) return timeOfActivation(activate);
  if (measure) return timeOf(() => vscode.commands.executeCommand(measure, ...args));
  if (replace !== undefined) return timeOf(() => replaceSelection(replace));
  if (read) return vscode.window.activeTextEditor?.document.getText();
  if (command) return vscode.commands.executeCommand(command, ...args.map(revive));
  if (settings) return changeSettings(settings);
  const { start, end } = selection;
  await vscode.window.showTextDocument(vscode.Uri.file(open), {
    preview: false,
    selection: new vscode.Range(start.line, start.character, end.line, end.character),
  });
}

/** Milliseconds from nothing loaded to activated; undefined when the extension was active already. */
async function timeOfActivation(id) {
  const extension = vscode.extensions.getExtension(id);
  if (extension.isActive) return undefined;
  const begin = performance.now();
  await extension.activate();
  return performance.now() - begin;
}

async function timeOf(run) {
  const begin = performance.now();
  await run();
  return performance.now() - begin;
}

async function replaceSelection(text) {
  const editor = vscode.window.activeTextEditor;
  if (!(await editor.edit((edit) => edit.replace(editor.selection, text)))) throw new Error("refused");
}

/** JSON has no undefined: null takes a setting out. */
async function changeSettings(settings) {
  for (const [key, value] of Object.entries(settings)) {
    await vscode.workspace.getConfiguration().update(key, value ?? undefined, vscode.ConfigurationTarget.Global);
  }
}

/** A string like `file:///…` becomes a Uri, which is what commands on files want. */
function revive(value) {
  return typeof value === "string" && value.startsWith("file://") ? vscode.Uri.parse(value) : value;
}

async function text(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
