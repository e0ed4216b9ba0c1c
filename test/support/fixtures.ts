/**
 * Streams of servers: those written by hand in the shapes of real ones, and recorded ones that lie beside the project, where
 * they are present; none of these belongs to it.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export interface Expected {
  protocol: string;
  text: string;
  reasoning: string;
  toolCalls: { id?: string; name: string; args: string }[];
  finishReasons: string[];
  usageLast: Record<string, unknown> | null;
  errors: Record<string, unknown>[];
  terminatorSeen: boolean;
}

export interface Fixture {
  name: string;
  /** The body as a server would send it. */
  body: string;
  expected: Expected;
}

const recorded = fileURLToPath(new URL("../../../shared/fixtures", import.meta.url));

/** The streams of one protocol: by hand first, then what was recorded. */
export function loadFixtures(protocol: string): Fixture[] {
  const byHand = fileURLToPath(new URL(`../providers/${protocol}/fixtures`, import.meta.url));
  return [...loadFrom(byHand, protocol), ...loadFrom(recorded, protocol)];
}

function loadFrom(root: string, protocol: string): Fixture[] {
  if (!existsSync(root)) return [];
  const fixtures: Fixture[] = [];
  for (const file of readdirSync(root, { recursive: true, encoding: "utf8" }).sort()) {
    if (!file.endsWith(".expected.json")) continue;
    const path = join(root, file);
    const expected = JSON.parse(readFileSync(path, "utf8")) as Expected;
    if (expected.protocol !== protocol) continue;
    fixtures.push({
      name: relative(root, path).replaceAll("\\", "/").replace(".expected.json", ""),
      body: readBody(path, protocol),
      expected,
    });
  }
  return fixtures;
}

/** `.sse` is a body as it was; `.chunks.txt` holds one event's JSON a line and needs its envelope again. */
function readBody(expectedPath: string, protocol: string): string {
  const base = expectedPath.replace(/\.expected\.json$/, "");
  if (existsSync(`${base}.sse`)) return readFileSync(`${base}.sse`, "utf8");
  const lines = readFileSync(`${base}.chunks.txt`, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "");
  switch (protocol) {
    case "openai-chat":
      return `${lines.map((line) => `data: ${line}\n\n`).join("")}data: [DONE]\n\n`;
    case "gemini":
      return lines.map((line) => `data: ${line}\r\n\r\n`).join("");
    default:
      return lines.map((line) => `event: ${JSON.parse(line).type}\ndata: ${line}\n\n`).join("");
  }
}
