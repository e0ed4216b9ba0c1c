/** What tests of inline edits share: a model that answers as the test tells it to, documents, and what a person sees of an edit. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { chunk, done } from "../../support/chat.ts";
import { type Handler, type Reply, startServer, type TestServer } from "../../support/server.ts";
import { activate, command, configure, type Handle, until } from "./editor.ts";

export const piece = (text: string): string => chunk({ content: text });
export const ending = chunk({}, { finish_reason: "stop" }) + done;

/** An answer whose pieces the test sends one by one. */
export interface Answer {
  write(text: string): Promise<void>;
  /** Sends the last piece and ends the answer as a model does. */
  end(text?: string): Promise<void>;
  /** Breaks the connection. */
  reset(): Promise<void>;
}

export interface Editing {
  readonly handle: Handle;
  readonly server: TestServer;
  /** Answers the requests from now on. */
  answerWith(handler: Handler): void;
  /** The next request is answered by hand. */
  answerByHand(): Answer;
}

/** To be called in a `describe`: the model is there for its tests, and each leaves no editor behind. */
export function useEditing(): Editing {
  let server: TestServer;
  let handle: Handle;
  let handler: Handler;
  before(async () => {
    handle = await activate();
    server = await startServer((request, reply) => handler(request, reply));
    const local = { id: "local", protocol: "openai-chat", baseUrl: `${server.url}/v1`, models: ["m"] };
    await configure({ providers: [local], chatModel: "local/m" });
  });
  after(async () => {
    await configure({ providers: undefined, chatModel: undefined });
    await server.close();
  });
  afterEach(async () => {
    await command("runnel.stop", "edit");
    await command("notifications.clearAll");
    for (let count = vscode.window.visibleTextEditors.length; count > 0; count--) {
      await command("workbench.action.revertAndCloseActiveEditor");
    }
    await command("workbench.action.closeAllEditors");
  });
  return {
    get handle() {
      return handle;
    },
    get server() {
      return server;
    },
    answerWith(next) {
      handler = next;
    },
    answerByHand() {
      let reached = (_reply: Reply): void => {};
      const replied = new Promise<Reply>((resolve) => {
        reached = resolve;
      });
      handler = async (request, reply) => {
        reached(reply);
        await request.over;
      };
      return {
        write: async (text) => (await replied).write(piece(text)),
        async end(text = "") {
          const reply = await replied;
          if (text !== "") await reply.write(piece(text));
          reply.end(ending);
        },
        reset: async () => (await replied).reset(),
      };
    },
  };
}

/** The whole answer, in one piece of code. */
export function answers(lines: readonly string[]): Handler {
  return async (_request, reply) => {
    await reply.write(piece(`\`\`\`\n${lines.map((line) => `${line}\n`).join("")}\`\`\`\n`));
    reply.end(ending);
  };
}

export const edit = (instruction = "change it"): Thenable<unknown> => command("runnel.editSelection", { instruction });

export function lines(count: number, word = "line"): string[] {
  return Array.from({ length: count }, (_, index) => `${word} ${index}`);
}

let opened = 0;

/** In a file that no test had before: VS Code keeps the texts of closed documents, and of untitled ones, for a while. */
export async function open(
  content: string,
  { extension = "txt", ...options }: vscode.TextDocumentShowOptions & { extension?: string } = {},
): Promise<vscode.TextEditor> {
  const uri = await file(`edited/${Date.now()}-${++opened}.${extension}`, content);
  return vscode.window.showTextDocument(uri, { preview: false, ...options });
}

/** A file of the workspace with this text, not yet opened. */
export async function file(name: string, content: string | Uint8Array): Promise<vscode.Uri> {
  const uri = vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, name);
  await vscode.workspace.fs.writeFile(uri, typeof content === "string" ? Buffer.from(content) : content);
  return uri;
}

export async function onDisk(uri: vscode.Uri): Promise<string> {
  return Buffer.from(await vscode.workspace.fs.readFile(uri)).toString();
}

/** Saves, and waits for the disk: VS Code takes no saving while it prepares one of its own. */
export async function save(document: vscode.TextDocument): Promise<void> {
  await document.save();
  await untilOnDisk(document.uri, document.getText());
}

export async function untilOnDisk(uri: vscode.Uri, expected: string): Promise<void> {
  for (let turn = 0; turn < 500 && (await onDisk(uri)) !== expected; turn++)
    await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(await onDisk(uri), expected);
}

export function selectLines(editor: vscode.TextEditor, first: number, last: number): void {
  editor.selection = new vscode.Selection(new vscode.Position(first, 0), editor.document.lineAt(last).range.end);
}

/** Types as a person does, though without the keyboard: in a step of undo of its own. */
export async function type(editor: vscode.TextEditor, line: number, character: number, text: string): Promise<void> {
  for (let tries = 0; tries < 20; tries++) {
    if (await editor.edit((change) => change.insert(new vscode.Position(line, character), text))) return;
  }
  assert.fail("the editor refused what was typed");
}

/** What stands over the edits, from top to bottom. */
export async function buttons(document: vscode.TextDocument): Promise<vscode.Command[]> {
  const all = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    "vscode.executeCodeLensProvider",
    document.uri,
    99,
  );
  return all.flatMap(({ command }) => command ?? []);
}

export async function lenses(document: vscode.TextDocument): Promise<string> {
  return (await buttons(document)).map(({ title }) => title).join(" | ");
}

export async function untilText(document: vscode.TextDocument, expected: string): Promise<void> {
  await until("the text is there", () => document.getText() === expected).catch(() =>
    assert.equal(document.getText(), expected),
  );
}

export async function untilShown(document: vscode.TextDocument, pattern: RegExp): Promise<void> {
  let seen = "";
  for (let turn = 0; turn < 1200; turn++) {
    seen = await lenses(document);
    if (pattern.test(seen)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.match(seen, pattern);
}

/** What is told in messages while something runs: extensions cannot read the ones that are shown. */
export async function saying(run: (said: readonly string[]) => Thenable<unknown>): Promise<string[]> {
  const { showErrorMessage, showInformationMessage, showWarningMessage } = vscode.window;
  const kinds = { showErrorMessage, showInformationMessage, showWarningMessage };
  const said: string[] = [];
  const listening = Object.fromEntries(
    Object.entries(kinds).map(([kind, show]) => [
      kind,
      (message: string, ...rest: never[]) => {
        said.push(message);
        return (show as (...all: unknown[]) => unknown)(message, ...rest);
      },
    ]),
  );
  Object.assign(vscode.window, listening);
  try {
    await run(said);
  } finally {
    Object.assign(vscode.window, kinds);
  }
  return said;
}
