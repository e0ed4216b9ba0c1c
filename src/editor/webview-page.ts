/** The strict page that each webview begins with: its own script and styles, and nothing from anywhere else. */
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { createTab } from "./surfaces/tabs.ts";

/** The folder that all of them are bundled to, and the only one they may read. */
function bundles(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, "dist", "webview");
}

export function webviewOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return {
    enableScripts: true,
    enableCommandUris: false,
    enableForms: false,
    localResourceRoots: [bundles(extensionUri)],
  };
}

export interface PageTab {
  /** That of the bundle. */
  name: "compare" | "usage";
  title: string;
  receive(value: unknown): void;
  /** The page is gone; shown again it says `ready` and gets everything anew. */
  hidden(): void;
  closed(): void;
}

/** Opens a page as a tab in the editor area. */
export function openTab(extensionUri: vscode.Uri, tab: PageTab): vscode.WebviewPanel {
  const { name, title } = tab;
  const options = webviewOptions(extensionUri);
  const panel = createTab(`runnel.${name}`, title, options);
  panel.iconPath = vscode.Uri.joinPath(extensionUri, "media", "icons", "runnel.png");
  panel.webview.onDidReceiveMessage((value: unknown) => tab.receive(value));
  panel.onDidChangeViewState(() => {
    if (!panel.visible) tab.hidden();
  });
  panel.onDidDispose(() => tab.closed());
  panel.webview.html = webviewPage(panel.webview, extensionUri, name);
  return panel;
}

/** `name` is that of the bundle. */
export function webviewPage(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  name: "chat" | "compare" | "usage",
): string {
  const nonce = randomBytes(16).toString("base64");
  const uri = (file: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(bundles(extensionUri), file)).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data:`,
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${uri(`${name}.css`)}">
<title>Runnel</title>
</head>
<body>
<div id="root"></div>
<script type="module" nonce="${nonce}" src="${uri(`${name}.js`)}"></script>
</body>
</html>`;
}
