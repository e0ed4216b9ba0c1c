/** The plan of the house as a test: who may import whom, and how a file begins and ends. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** Rooms that no feature is in, each with the rooms below it. What touches VS Code lies in their `host`. */
const below: Record<string, readonly string[]> = {
  core: [],
  files: ["core"],
  stream: ["core"],
  providers: ["core", "stream"],
  models: ["core", "stream", "providers"],
  money: ["core", "files", "stream", "providers"],
  turn: ["core", "files", "stream", "providers", "models", "money"],
  context: ["core", "stream", "providers", "models", "money"],
};
const withoutFeature = Object.keys(below);

/** A feature imports no other one: what it needs of another is handed to it by `extension.ts`. */
const features = ["chat", "edit", "compare", "commit", "telemetry"];

/** The kit of the host side; no feature is in it. */
const editor = { room: "editor", mayImport: ["core", "files"] };

/** What puts the house together. */
const assembly = ["src/extension.ts", "src/commands.ts"];

/** Each page with the room whose protocol and reducer it shares. `ui` and `markdown` are kits. */
const pages: Record<string, string | undefined> = {
  ui: undefined,
  markdown: undefined,
  chat: "chat",
  compare: "compare",
  usage: "money",
};

/** What a file of this place may import, beside what lies in the same place. */
function mayImport(place: string): readonly string[] | undefined {
  const [folder, room = "", part] = place.split("/");
  const inSource = (rooms: readonly string[]) => rooms.map((name) => `src/${name}`);
  if (assembly.includes(place)) return ["src"];
  if (folder === "test") return ["src", "media", "scripts", "test"];
  if (folder === "media") {
    if (!(room in pages)) return undefined;
    const own = pages[room] === undefined ? [] : [pages[room]];
    return [...inSource(["core", ...own]), "media/ui", "media/markdown"];
  }
  const isKnown = room in below || features.includes(room);
  if (part === "host" && isKnown) {
    const hosts = withoutFeature.map((name) => `${name}/host`);
    return inSource([...withoutFeature, ...hosts, room, editor.room]);
  }
  if (room === editor.room) return inSource(editor.mayImport);
  if (features.includes(room)) return inSource(withoutFeature);
  return room in below ? inSource(below[room]!) : undefined;
}

/** `src/room`, `src/room/host`, `media/page`, `test`, or a file that lies in no room. */
function placeOf(path: string): string {
  const parts = path.split("/");
  if (parts[0] === "test" || parts[0] === "scripts") return parts[0];
  if (parts.length < 3) return path;
  return parts.length > 3 && parts[2] === "host" ? parts.slice(0, 3).join("/") : parts.slice(0, 2).join("/");
}

/** What runs in pages too, or knows nothing of where it runs: no packages and nothing of Node's. */
function isPure(place: string): boolean {
  return place === "src/core" || place === "src/edit";
}

function mayUseEditor(path: string, place: string): boolean {
  return (
    place.endsWith("/host") || place === "src/editor" || assembly.includes(path) || path.startsWith("test/vscode/")
  );
}

const maximumLines = 300;
const root = fileURLToPath(new URL("..", import.meta.url));

interface SourceFile {
  /** From the project's root, with slashes. */
  path: string;
  text: string;
}

/** The specifiers of all imports and exports, type-only and dynamic ones included. */
function importsOf(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const pattern =
    /\b(?:import|export)\s+(?:type\s+)?(?:[\w$*{}\s,]+?\s+from\s+)?["']([^"'\n]+)["']|\b(?:import|require)\s*\(\s*["']([^"'\n]+)["']\s*\)/g;
  return [...code.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? "");
}

/** The files of the project that a file imports. */
function targetsOf({ path, text }: SourceFile): string[] {
  return importsOf(text)
    .filter((specifier) => specifier.startsWith("."))
    .map((specifier) => posix.normalize(posix.join(posix.dirname(path), specifier)));
}

/** What this file imports though it may not, in words. */
function violationsOf({ path, text }: SourceFile): string[] {
  const place = placeOf(path);
  const allowed = mayImport(place);
  if (allowed === undefined) return [`${path} lies in no room of the plan`];
  const violations = targetsOf({ path, text })
    .filter((target) => {
      const other = placeOf(target);
      return other !== place && !allowed.includes(other) && !(allowed.includes("src") && other.startsWith("src/"));
    })
    .filter((target) => !(place === "test" && /^(src|media|scripts|test|esbuild)\b/.test(target)))
    .map((target) => `${path} imports ${target}`);
  for (const specifier of importsOf(text)) {
    if (specifier.startsWith(".")) continue;
    const isForbidden = specifier === "vscode" ? !mayUseEditor(path, place) : isPure(place);
    if (isForbidden) violations.push(`${path} imports ${specifier}`);
  }
  return violations;
}

/** Each circle of imports once, as the files along it. */
function circlesIn(files: readonly SourceFile[]): string[][] {
  const targets = new Map(files.map((file) => [file.path, targetsOf(file)]));
  const circles: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    const begin = path.indexOf(file);
    if (begin >= 0) circles.push([...path.slice(begin), file]);
    if (begin >= 0 || done.has(file)) return;
    path.push(file);
    for (const target of targets.get(file) ?? []) visit(target);
    path.pop();
    done.add(file);
  };
  for (const file of targets.keys()) visit(file);
  return circles;
}

function* filesIn(folder: string): Generator<SourceFile> {
  for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.m?tsx?$/.test(entry.name)) continue;
    const path = relative(root, join(entry.parentPath, entry.name)).split(sep).join("/");
    // The imports planted below would count as its own.
    if (path === "test/architecture.test.ts") continue;
    yield { path, text: readFileSync(join(root, path), "utf8") };
  }
}

describe("the house", () => {
  for (const folder of ["src", "media", "test"]) {
    it(`imports in ${folder} only what the plan allows`, () => {
      assert.deepEqual([...filesIn(folder)].flatMap(violationsOf), []);
    });
  }

  it("has no circles, not even of types", () => {
    assert.deepEqual(circlesIn([...filesIn("src"), ...filesIn("media")]), []);
  });

  it("opens each source file with a sentence on what it is for", () => {
    const silent = [...filesIn("src")].filter(({ text }) => !/^(\/\*\*?\s*[A-Z“"`]|\/\/ [A-Z“"`])/.test(text));
    assert.deepEqual(
      silent.map(({ path }) => path),
      [],
    );
  });

  it(`has no source file over ${maximumLines} lines`, () => {
    const long = [...filesIn("src")].filter(({ text }) => text.trimEnd().split("\n").length > maximumLines);
    assert.deepEqual(
      long.map(({ path }) => path),
      [],
    );
  });
});

describe("the plan's scanner", () => {
  const planted: [path: string, text: string, found: boolean][] = [
    ["src/core/a.ts", 'import { x } from "../stream/transport/http.ts";', true],
    ["src/core/a.ts", 'import type { X } from "../stream/transport/http.ts";', true],
    ["src/core/a.ts", 'export * from "../money/cost.ts";', true],
    ["src/core/a.ts", 'import "node:fs";', true],
    ["src/core/a.ts", 'import { b } from "./b.ts";', false],
    ["src/core/a.ts", '// import { x } from "../stream/transport/http.ts";', false],
    ["src/stream/a.ts", 'type X = import("../providers/provider/provider.ts").Provider;', true],
    ["src/stream/a.ts", 'const x = await import("../turn/turn.ts");', true],
    ["src/stream/a.ts", 'import {\n  one,\n  type Two,\n} from "../models/config.ts";', true],
    ["src/stream/a.ts", 'import net from "node:net";\nimport { Agent } from "undici";', false],
    ["src/providers/openai-chat/a.ts", 'import type { Frame } from "../../stream/frames/sse.ts";', false],
    ["src/providers/openai-chat/a.ts", 'import { runTurn } from "../../turn/turn.ts";', true],
    ["src/chat/a.ts", 'import { runTurn } from "../turn/turn.ts";', false],
    ["src/chat/a.ts", 'import { hunks } from "../edit/diff/hunks.ts";', true],
    ["src/chat/a.ts", 'import { ask } from "../editor/surfaces/messages.ts";', true],
    ["src/chat/a.ts", 'import { view } from "./host/chat-view.ts";', true],
    ["src/chat/host/a.ts", 'import { ask } from "../../editor/surfaces/messages.ts";', false],
    ["src/chat/host/a.ts", 'import { EditController } from "../../edit/host/edit-controller.ts";', true],
    ["src/chat/host/a.ts", 'import { Models } from "../../models/host/models.ts";', false],
    ["src/models/host/a.ts", 'import type { Chat } from "../../chat/chat.ts";', true],
    ["src/turn/a.ts", 'import * as vscode from "vscode";', true],
    ["src/turn/a.ts", 'import type { Uri } from "vscode";', true],
    ["src/turn/host/a.ts", 'import * as vscode from "vscode";', false],
    ["src/editor/a.ts", 'import { Models } from "../models/host/models.ts";', true],
    ["src/extension.ts", 'import * as vscode from "vscode";\nimport { x } from "./chat/host/a.ts";', false],
    ["src/edit/diff/a.ts", 'import { diffLines } from "diff";', true],
    ["media/chat/a.ts", 'import { reduce } from "../../src/chat/view.ts";', false],
    ["media/chat/a.ts", 'import type { Cost } from "../../src/core/usage.ts";', false],
    ["media/chat/a.ts", 'import type { Ledger } from "../../src/money/ledger.ts";', true],
    ["media/compare/a.ts", 'import { element } from "../chat/composer.ts";', true],
    ["media/ui/a.ts", 'import { reduce } from "../../src/chat/view.ts";', true],
    ["test/vscode/a.ts", 'import * as vscode from "vscode";', false],
    ["test/turn/a.ts", 'import * as vscode from "vscode";', true],
    ["src/new/a.ts", "", true],
    ["src/a.ts", "", true],
  ];
  for (const [path, text, found] of planted) {
    it(`${found ? "finds" : "allows"} ${JSON.stringify(text)} in ${dirname(path)}`, () => {
      assert.equal(violationsOf({ path, text }).length > 0, found);
    });
  }

  it("finds circles", () => {
    const files = [
      { path: "src/core/a.ts", text: 'import type { B } from "./b.ts";' },
      { path: "src/core/b.ts", text: 'const c = import("./c.ts");' },
      { path: "src/core/c.ts", text: 'export * from "./a.ts";\nimport { d } from "./d.ts";' },
      { path: "src/core/d.ts", text: "" },
    ];
    assert.deepEqual(circlesIn(files), [["src/core/a.ts", "src/core/b.ts", "src/core/c.ts", "src/core/a.ts"]]);
    assert.deepEqual(circlesIn(files.slice(1)), []);
  });
});
