/** What the terminal command is given: messages in any form of the wire, a temperature, a level of thinking. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AssistantError } from "../../src/core/errors.ts";
import { efforts } from "../../src/core/message.ts";
import { streamTurn } from "../../src/turn/terminal.ts";
import { readEffort, readMessages, readTemperature } from "../../src/turn/terminal-input.ts";
import { chatStream } from "../support/chat.ts";
import { startServer, type TestServer } from "../support/server.ts";

const refused = (run: () => unknown, words: RegExp): void => {
  assert.throws(
    run,
    (error) => error instanceof AssistantError && error.kind === "bad-request" && words.test(error.message),
  );
};

describe("messages from a file", () => {
  it("have their system messages taken out, wherever they stand", () => {
    const { system, messages } = readMessages([
      { role: "system", content: "Be brief" },
      { role: "user", content: "a" },
      {
        role: "developer",
        content: [
          { type: "text", text: "Be " },
          { type: "text", text: "kind" },
        ],
      },
      { role: "system", content: "" },
    ]);
    assert.equal(system, "Be brief\n\nBe kind");
    assert.deepEqual(messages, [{ role: "user", parts: [{ type: "text", text: "a" }] }]);
    assert.equal("system" in readMessages([{ role: "user", content: "a" }]), false);
  });

  it("may hold calls and results as they go over the wire", () => {
    const { messages } = readMessages([
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "c1", type: "function", function: { name: "f", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "c1", content: "r" },
    ]);
    assert.deepEqual(messages, [
      { role: "assistant", parts: [{ type: "tool-call", id: "c1", name: "f", arguments: "{}", complete: true }] },
      { role: "tool", parts: [{ type: "tool-result", id: "c1", name: "f", text: "r" }] },
    ]);
  });

  it("are refused with their place where they are none", () => {
    refused(() => readMessages({}), /JSON array/);
    refused(() => readMessages([null]), /entry 1/);
    refused(
      () =>
        readMessages([
          { role: "user", content: "a" },
          { role: "robot", content: "b" },
        ]),
      /entry 2.*"robot"/,
    );
    refused(() => readMessages([{ role: "user", content: [{ type: "image_url" }] }]), /entry 1.*not text/);
  });
});

describe("a temperature from the terminal", () => {
  it("is a number from 0 to 2, and anything else is refused", () => {
    for (const [source, value] of [
      ["0", 0],
      ["0.2", 0.2],
      ["2", 2],
    ] as const)
      assert.equal(readTemperature(source), value);
    for (const source of ["", " ", "warm", "-1", "2.1", "NaN", "Infinity"])
      refused(() => readTemperature(source), /--temperature/);
  });
});

describe("a level of thinking from the terminal", () => {
  it("is one of the levels there are, and anything else is refused", () => {
    for (const level of efforts) assert.equal(readEffort(level), level);
    assert.equal(readEffort("none"), "off");
    assert.equal(readEffort("default"), undefined);
    for (const source of ["", "hard", "HIGH"]) refused(() => readEffort(source), /--effort.*xhigh/);
  });
});

describe("the command with them", () => {
  let server: TestServer;
  let folder: string;
  before(async () => {
    server = await startServer(chatStream(["Hi"]));
    folder = await mkdtemp(join(tmpdir(), "runnel-terminal-"));
  });
  after(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  const run = (protocol: string, ...more: string[]): Promise<number> => {
    const provider = JSON.stringify({ id: "test", protocol, baseUrl: `${server.url}/v1` });
    return streamTurn({
      arguments: ["--provider", provider, "--model", "m", "--prompt", "Hello", ...more],
      environment: {},
      print: () => {},
      signal: new AbortController().signal,
    });
  };

  it("sends the temperature, the level and all that systems say", async () => {
    const file = join(folder, "messages.json");
    await writeFile(
      file,
      JSON.stringify([
        { role: "system", content: "Two" },
        { role: "user", content: "First" },
      ]),
    );
    assert.equal(
      await run("openai-chat", "--system", "One", "--messages", file, "--temperature", "0.5", "--effort", "low"),
      0,
    );
    const { json } = server.requests.at(-1)!;
    assert.deepEqual(json.messages, [
      { role: "system", content: "One\n\nTwo" },
      { role: "user", content: "First\n\nHello" },
    ]);
    assert.deepEqual([json.temperature, json.reasoning_effort], [0.5, "low"]);
  });

  it("is refused before anything is sent when they make no sense", async () => {
    const before = server.requests.length;
    await assert.rejects(run("openai-chat", "--temperature", "warm"), /--temperature/);
    await assert.rejects(run("openai-chat", "--effort", "hard"), /--effort/);
    await assert.rejects(run("chat-stream", "--effort", "low"), /chat-stream/);
    assert.equal(server.requests.length, before);
  });
});
