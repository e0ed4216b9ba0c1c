/** The plan of the house as a test: who may import whom, and how a file begins and ends. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** What each folder may import beside itself. */
const mayImport: Record<string, readonly string[]> = {
  "src/core": [],
  "src/stream": ["src/core"],
  "src/providers": ["src/core", "src/stream"],
  "src/usage": ["src/core"],
  "src/edit": ["src/core"],
  "src/session": ["src/core", "src/stream", "src/providers", "src/usage", "src/edit"],
  "src/shared": ["src/core"],
  "src/vscode": ["src"],
  "src/extension.ts": ["src"],
  media: ["src/shared"],
  test: ["src", "media", "scripts"],
};

/** What runs in the browser too, or knows nothing of where it runs: no packages and nothing of Node's. */
const pure = ["src/core", "src/shared", "src/usage", "src/edit"];

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

function folderOf(path: string): string | undefined {
  return Object.keys(mayImport).find((folder) => path === folder || path.startsWith(`${folder}/`));
}

/** What this file imports though it may not, in words. */
function violationsOf({ path, text }: SourceFile): string[] {
  const folder = folderOf(path);
  if (folder === undefined) return [`${path} lies in no folder of the plan`];
  const violations: string[] = [];
  for (const specifier of importsOf(text)) {
    if (specifier.startsWith(".")) {
      const target = posix.normalize(posix.join(posix.dirname(path), specifier));
      const allowed = [folder, ...mayImport[folder]!].some((each) => target === each || target.startsWith(`${each}/`));
      if (!allowed) violations.push(`${path} imports ${target}`);
    } else if (specifier === "vscode") {
      const mayUseEditor = folder === "src/vscode" || folder === "src/extension.ts" || path.startsWith("test/vscode/");
      if (!mayUseEditor) violations.push(`${path} imports vscode`);
    } else if (pure.includes(folder)) violations.push(`${path} imports ${specifier}`);
  }
  return violations;
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

  it("never points outside itself", () => {
    const outside = [...filesIn("src")].filter(
      ({ text }) => text.includes("../shared/") && !/from "[^"]*\.\.\/shared\//.test(text),
    );
    assert.deepEqual(
      outside.map(({ path }) => path),
      [],
    );
  });
});

describe("the plan's scanner", () => {
  const planted: [path: string, text: string, found: boolean][] = [
    ["src/core/a.ts", 'import { x } from "../stream/http.ts";', true],
    ["src/core/a.ts", 'import type { X } from "../stream/http.ts";', true],
    ["src/core/a.ts", 'export * from "../usage/cost.ts";', true],
    ["src/core/a.ts", 'import "node:fs";', true],
    ["src/core/a.ts", 'import { b } from "./b.ts";', false],
    ["src/stream/a.ts", 'type X = import("../providers/provider.ts").Provider;', true],
    ["src/stream/a.ts", 'const x = await import("../session/turn.ts");', true],
    ["src/stream/a.ts", 'import {\n  one,\n  type Two,\n} from "../providers/config.ts";', true],
    ["src/stream/a.ts", 'import net from "node:net";\nimport { Agent } from "undici";', false],
    ["src/providers/openai-chat/a.ts", 'import type { Frame } from "../../stream/sse.ts";', false],
    ["src/providers/openai-chat/a.ts", 'import { runTurn } from "../../session/turn.ts";', true],
    ["src/session/a.ts", 'import * as vscode from "vscode";', true],
    ["src/session/a.ts", 'import type { Uri } from "vscode";', true],
    ["src/vscode/a.ts", 'import * as vscode from "vscode";', false],
    ["src/extension.ts", 'import * as vscode from "vscode";\nimport { x } from "./vscode/a.ts";', false],
    ["src/shared/a.ts", 'import type { ErrorKind } from "../core/errors.ts";', false],
    ["src/shared/a.ts", 'import { marked } from "marked";', true],
    ["media/chat/a.ts", 'import { reduce } from "../../src/shared/view.ts";', false],
    ["media/chat/a.ts", 'import type { Cost } from "../../src/core/usage.ts";', true],
    ["test/vscode/a.ts", 'import * as vscode from "vscode";', false],
    ["test/session/a.ts", 'import * as vscode from "vscode";', true],
    ["src/core/a.ts", '// import { x } from "../stream/http.ts";', false],
    ["src/new/a.ts", "", true],
  ];
  for (const [path, text, found] of planted) {
    it(`${found ? "finds" : "allows"} ${JSON.stringify(text)} in ${dirname(path)}`, () => {
      assert.equal(violationsOf({ path, text }).length > 0, found);
    });
  }
});
