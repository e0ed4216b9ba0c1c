/** A comparison in the extension host: two real servers, what the page is told, what is kept and what is saved. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { chatStream } from "../support/chat.ts";
import { type Handler, startServer, type TestServer } from "../support/server.ts";
import { activate, command, configure, type Handle, lastMessage, until } from "./support/editor.ts";

describe("A comparison of models", () => {
  let handle: Handle;
  let servers: TestServer[];
  let handlers: Handler[];

  before(async () => {
    handle = await activate();
    servers = [];
    for (const index of [0, 1]) servers.push(await startServer((request, reply) => handlers[index]!(request, reply)));
    const [fast, slow] = servers as [TestServer, TestServer];
    const models = [{ id: "m", price: { input: 10, output: 20 } }];
    await configure({
      providers: [
        { id: "fast", name: "Fast", protocol: "openai-chat", baseUrl: `${fast.url}/v1`, models },
        { id: "slow", name: "Slow", protocol: "openai-chat", baseUrl: `${slow.url}/v1`, models: [{ id: "n" }] },
      ],
      chatModel: "fast/m",
    });
  });

  after(async () => {
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    await configure({ providers: undefined, chatModel: undefined });
    for (const server of servers) await server.close();
  });

  beforeEach(async () => {
    handlers = [
      chatStream(["Fast ", "answer"], { usage: { prompt_tokens: 10, completion_tokens: 150 } }),
      chatStream(["Slow answer"], { usage: { prompt_tokens: 12, completion_tokens: 30 }, firstDelayMs: 80 }),
    ];
    await command("runnel.newChat");
  });

  const form = () => handle.comparison.snapshot().form;
  const result = () => handle.comparison.snapshot().result!;
  const open = (rounds: number): Thenable<unknown> =>
    command("runnel.compareModels", { models: ["fast/m", "slow/n"], prompt: "Who are you?", rounds });
  const run = async (rounds: number): Promise<void> => {
    await open(rounds);
    await handle.comparison.receive({ type: "prepare" });
    await handle.comparison.receive({ type: "start" });
    await until("the comparison ended", () => !result().running);
  };

  it("says what it will cost, and sends nothing before the yes", async () => {
    await open(2);
    assert.deepEqual(
      form().models.map(({ target, outputPrice }) => [target, outputPrice?.amount]),
      [
        ["fast/m", 20],
        ["slow/n", undefined],
      ],
    );
    await handle.comparison.receive({ type: "start" });
    assert.equal(form().plan, undefined);
    await handle.comparison.receive({ type: "prepare" });
    assert.match(form().plan!, /^4 requests, about ~\$0\.0\d+; unknown for 1 of 2 models\.$/);
    // Of another question the estimate says nothing, so that one needs a yes of its own.
    await handle.comparison.receive({ type: "draft", prompt: "Another question", rounds: 2 });
    assert.equal(form().plan, undefined);
    await handle.comparison.receive({ type: "start" });
    assert.equal(handle.comparison.snapshot().result, undefined);
    assert.deepEqual(
      servers.map(({ requests }) => requests.length),
      [0, 0],
    );
  });

  it("fills the table over two rounds and puts the kept answer into the chat", async () => {
    await run(2);
    assert.deepEqual(
      servers.map(({ requests }) => requests.length),
      [2, 2],
    );
    const [fast, slow] = result().figures;
    assert.deepEqual([fast!.asked, fast!.answered, slow!.asked, slow!.answered], [2, 2, 2, 2]);
    assert.deepEqual(fast!.outputTokens, { median: 150, low: 150, high: 150 });
    assert.equal(fast!.cost?.median, 0.0031);
    assert.ok(fast!.perThousand && fast!.ttft && fast!.total);
    assert.equal(slow!.cost, undefined);
    assert.ok(slow!.ttft!.low >= 75);
    assert.deepEqual(
      result().runs.map((row) => row.map(({ state, text }) => [state, text])),
      [Array(2).fill(["complete", "Fast answer"]), Array(2).fill(["complete", "Slow answer"])],
    );
    assert.match(result().progress, /^4 of 4 requests done · \$0\.0062 spent · answers of unknown cost: 2$/);
    assert.match(handle.meter().text, /Fast|m?s/);

    await handle.comparison.receive({ type: "keep", place: 1, round: 0 });
    const [question, answer] = handle.conversation().messages;
    assert.equal(question?.text, "Who are you?");
    assert.deepEqual([answer?.text, answer?.state, answer?.measures?.target.model], ["Slow answer", "complete", "n"]);
    assert.equal(answer?.measures?.usage?.outputTokens, 30);
    // The chat goes on from there.
    await handle.comparison.receive({ type: "stop" });
    assert.equal(handle.conversation().messages.length, 2);
  });

  it("saves what is on the screen as Markdown and as CSV", async () => {
    await run(1);
    const markdown = handle.comparison.file("md")!;
    assert.match(markdown, /^# Comparison of Models\n/);
    assert.match(
      markdown,
      /\| fast\/m \| \d+ \| \d+ \| [\d.—]+ \| \d+ \| 1\/1 \| 10 \| 150 \| 0\.0031 USD \| 20 USD \|/,
    );
    assert.match(markdown, /### slow\/n\n\n```markdown\nSlow answer\n```\n/);
    const lines = handle.comparison.file("csv")!.trim().split("\r\n");
    assert.equal(lines.length, 3);
    assert.match(
      lines[1]!,
      /,1,fast,m,test-model,completed,1,\d+,\d+,\d+,[\d.]*,10,,150,,false,0\.0031,USD,computed,20,USD,$/,
    );
  });

  it("says in the model's column what is wrong with it, in the chat's words", async () => {
    handlers[1] = (_request, reply) => {
      reply.head(401);
      reply.end();
    };
    const asked = servers[1]!.requests.length;
    await run(2);
    const [first, second] = result().runs[1]!;
    assert.equal(first?.state, "failed");
    assert.match(first!.error!.text, /127\.0\.0\.1:\d+ does not accept the API key \(401\)\./);
    assert.ok(first!.error!.actions.every(({ action }) => action !== "retry"));
    assert.equal(second?.state, "left-out");
    assert.equal(servers[1]!.requests.length, asked + 1);
    assert.equal(result().figures[0]!.answered, 2);
    assert.match(handle.comparison.file("md")!, /> 127\.0\.0\.1:\d+ does not accept the API key \(401\)\./);
  });

  it("stops at once, wherever one presses Stop", async () => {
    handlers[0] = async (_request, reply) => {
      await reply.write('data: {"choices":[{"index":0,"delta":{"content":"half"}}]}\n\n');
      await reply.stall();
    };
    await open(2);
    await handle.comparison.receive({ type: "prepare" });
    await handle.comparison.receive({ type: "start" });
    await until("text came", () => result().runs[0]![0]!.text === "half");
    await command("runnel.stop");
    assert.equal(result().running, false);
    assert.deepEqual(
      result().runs.flatMap((row) => row.map(({ state }) => state)),
      ["stopped", "planned", "planned", "planned"],
    );
    await servers[0]!.requests.at(-1)!.over;
    // What had come can be kept all the same.
    await handle.comparison.receive({ type: "keep", place: 0, round: 0 });
    assert.deepEqual([lastMessage(handle)?.text, lastMessage(handle)?.state], ["half", "stopped"]);
  });

  it("refuses what is not in the protocol's bounds", async () => {
    await open(9);
    assert.equal(form().rounds, 5);
    await command("runnel.compareModels", { models: ["fast/m", "fast/m", "none/x"], prompt: "Hi" });
    assert.deepEqual(
      form().models.map(({ target }) => target),
      ["fast/m"],
    );
    await handle.comparison.receive({ type: "prepare" });
    assert.equal(form().plan, undefined);
  });
});
