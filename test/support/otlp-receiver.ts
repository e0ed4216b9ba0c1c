/** A receiver of OTLP that no one here wrote (autotel-mcp): takes what it is sent and answers questions about it. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "./free-port.ts";

const program = fileURLToPath(new URL("../../node_modules/autotel-mcp/bin/autotel-mcp", import.meta.url));

export const receiverIsHere = existsSync(program);

export interface OtlpReceiver {
  endpoint: string;
  /** What one of its tools says, such as `list_services`. */
  ask(tool: string): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<OtlpReceiver> {
  const [port, collectorPort] = [await freePort(), await freePort()];
  const child = spawn(
    process.execPath,
    [program, "--transport", "http", "--port", `${port}`, "--collector-port", `${collectorPort}`],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; !(await answers(`${url}/health`)); tries++) {
    if (tries > 300 || child.exitCode !== null) {
      await end(child);
      throw new Error(`The receiver did not start: ${said}`);
    }
    await delay(100);
  }
  return { endpoint: `http://127.0.0.1:${collectorPort}`, ask: (tool) => ask(url, tool), close: () => end(child) };
}

/** Its answers are JSON in a text in JSON in a server-sent event. */
async function ask(url: string, tool: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}/mcp`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": "2025-11-25",
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: tool, arguments: {} } }),
  });
  const line = (await response.text()).split("\n").find((each) => each.startsWith("data: ")) ?? "data: {}";
  const { result } = JSON.parse(line.slice("data: ".length)) as { result: { content: { text: string }[] } };
  return (JSON.parse(result.content[0]!.text) as { data: Record<string, unknown> }).data;
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}
