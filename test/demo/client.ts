/** Starts the demo provider as a process and asks it, for the tests beside this file. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";

export const folder = import.meta.dirname;
export const answerFile = async (name: string) =>
  (await readFile(join(folder, "answers", `${name}.md`), "utf8")).trimEnd();
export const sample = (path: string) => readFile(join(folder, "workspace", path), "utf8");

export interface Demo {
  process: ChildProcess;
  url: string;
  models: string[];
}

export interface Streamed {
  text: string;
  thinking: string;
  finish?: string;
  usage?: { prompt_tokens: number; completion_tokens: number; total_tokens: number };
  /** `[DONE]` came. */
  done: boolean;
  /** The connection broke. */
  broken: boolean;
}

export async function startDemo(...flags: string[]): Promise<Demo> {
  const server = spawn(process.execPath, [join(folder, "server.mjs"), "--port", "0", "--pace", "fast", ...flags], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [line] = await once(createInterface(server.stdout), "line");
  return { process: server, ...JSON.parse(line) };
}

export const user = (content: string) => ({ role: "user", content });

export function post(demo: Demo, body: object, signal: AbortSignal | null = null): Promise<Response> {
  const headers = { "content-type": "application/json", authorization: "Bearer demo" };
  const whole = JSON.stringify({ model: "demo-fast", stream: true, ...body });
  return fetch(`${demo.url}/chat/completions`, { method: "POST", headers, body: whole, signal });
}

/** The whole answer to a prompt or a conversation. */
export async function ask(demo: Demo, prompt: string | object[], extra: object = {}): Promise<Streamed> {
  const messages = typeof prompt === "string" ? [user(prompt)] : prompt;
  const response = await post(demo, { messages, stream_options: { include_usage: true }, ...extra });
  assert.equal(response.status, 200);
  const streamed: Streamed = { text: "", thinking: "", done: false, broken: false };
  try {
    for await (const data of eventData(response.body!)) {
      if (data === "[DONE]") {
        streamed.done = true;
        continue;
      }
      const { choices, usage } = JSON.parse(data);
      streamed.text += choices[0]?.delta.content ?? "";
      streamed.thinking += choices[0]?.delta.reasoning_content ?? "";
      if (choices[0]?.finish_reason) streamed.finish = choices[0].finish_reason;
      if (usage) streamed.usage = usage;
    }
  } catch {
    streamed.broken = true;
  }
  return streamed;
}

export async function* eventData(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of body) {
    rest += decoder.decode(bytes, { stream: true });
    const events = rest.split("\n\n");
    rest = events.pop()!;
    for (const event of events) yield event.replace(/^data: /, "");
  }
}
