/** A commit message in a real repository: from the staged diff through a real server into the source control input box. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import type { GitRepository } from "../../src/commit/host/git-api.ts";
import { chatStream, chunk } from "../support/chat.ts";
import { type Handler, startServer, type TestServer } from "../support/server.ts";
import { saying } from "./support/editing.ts";
import { activate, command, configure, type Handle, until } from "./support/editor.ts";

interface GitInterface {
  openRepository(root: vscode.Uri): Promise<GitRepository | null>;
}

describe("A commit message", () => {
  let handle: Handle;
  let server: TestServer;
  let handler: Handler;
  let folder: string;
  let repository: GitRepository;

  const git = (...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@b.example", ...args], {
      cwd: folder,
      encoding: "utf8",
    });
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const generate = () => command("runnel.generateCommitMessage", { rootUri: vscode.Uri.file(folder) });
  /** The window reports each change of the box back, so the last one may be a moment late. */
  const boxHolds = (text: string) => until(`the box holds ${text}`, () => repository.inputBox.value === text);
  const asked = (): string => server.requests.at(-1)!.json.messages!.at(-1)!.content;

  before(async () => {
    handle = await activate();
    server = await startServer((request, reply) => handler(request, reply));
    const models = [{ id: "m" }, { id: "small" }];
    await configure({
      providers: [{ id: "local", protocol: "openai-chat", baseUrl: `${server.url}/v1`, models }],
      chatModel: "local/m",
    });
    folder = mkdtempSync(join(tmpdir(), "runnel-commit-"));
    git("init", "--quiet");
    write("a.txt", "one\n");
    git("add", ".");
    git("commit", "--quiet", "--message", "처음: 파일 추가");
    const extension = vscode.extensions.getExtension<{ getAPI(version: 1): GitInterface }>("vscode.git");
    assert.ok(extension, "the built-in Git extension is not there");
    const opened = await (await extension.activate()).getAPI(1).openRepository(vscode.Uri.file(folder));
    assert.ok(opened, "the repository could not be opened");
    repository = opened;
  });

  after(async () => {
    await configure({ providers: undefined, chatModel: undefined, commitModel: undefined });
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(() => {
    git("reset", "--quiet", "--hard");
    git("clean", "--quiet", "--force", "-d");
    repository.inputBox.value = "";
  });

  it("is written from what is staged, without the fence a model puts around it", async () => {
    handler = chatStream(["```\n", "추가: 두 번째 줄", "\n\n본문", "\n```"], { delayMs: 20 });
    write("a.txt", "one\nstaged\n");
    git("add", ".");
    write("a.txt", "one\nstaged\nnot staged\n");
    await generate();
    await boxHolds("추가: 두 번째 줄\n\n본문");
    assert.match(asked(), /^\+staged$/m);
    assert.doesNotMatch(asked(), /not staged/);
    assert.match(asked(), /처음: 파일 추가/);
  });

  it("takes the whole working tree when nothing is staged, new files by name", async () => {
    handler = chatStream(["Change"]);
    write("a.txt", "one\nnot staged\n");
    write("new.txt", "unseen\n");
    await generate();
    assert.match(asked(), /^\+not staged$/m);
    assert.match(asked(), /^new\.txt \(new\)$/m);
    await boxHolds("Change");
  });

  it("asks nobody when nothing has changed", async () => {
    const before = server.requests.length;
    await generate();
    assert.equal(server.requests.length, before);
  });

  it("comes from the model for commits where one is set", async () => {
    handler = chatStream(["Change"]);
    write("a.txt", "two\n");
    await configure({ commitModel: "local/small" });
    await generate();
    assert.equal(server.requests.at(-1)!.json.model, "small");
    await configure({ commitModel: "local/not-in-any-list" });
    await generate();
    assert.equal(server.requests.at(-1)!.json.model, "not-in-any-list");
    await configure({ commitModel: undefined });
  });

  it("comes from nobody where the model that is set has no provider, and says so", async () => {
    handler = chatStream(["Change"]);
    write("a.txt", "two\n");
    const before = server.requests.length;
    for (const commitModel of ["gone/model", "no-slash"]) {
      const said = await saying(() => configure({ commitModel }));
      assert.match(said.join(), new RegExp(`runnel.commitModel is “${commitModel}”`));
      // Its message waits for a click.
      void generate();
      await until("the turn has ended", () => /failed/.test(handle.meter().text));
      assert.equal(server.requests.length, before);
    }
    await configure({ commitModel: undefined });
    await generate();
    assert.equal(server.requests.at(-1)!.json.model, "m");
    const said = await saying(() => configure({ failover: ["local/small", "gone/model"] }));
    assert.match(said.join(), /runnel\.failover names “gone\/model”/);
    await configure({ failover: undefined });
  });

  it("says who wrote it where the model for it did not answer", async () => {
    handler = (request, reply) => {
      if (request.json.model !== "m") return chatStream(["Change"])(request, reply);
      reply.head(402);
      reply.end();
    };
    write("a.txt", "two\n");
    await configure({ failover: ["local/small"] });
    const said = await saying(generate);
    assert.equal(said.filter((text) => text.includes("local/small answered instead of local/m.")).length, 1);
    await configure({ failover: undefined });
    await boxHolds("Change");
  });

  it("never holds what stands in a file for secrets", async () => {
    handler = chatStream(["Change"]);
    write(".env", "KEY=hush\n");
    write("a.txt", "two\n");
    git("add", ".");
    await generate();
    assert.doesNotMatch(asked(), /hush/);
    assert.match(asked(), /^\.env \+1 -0 \(not shown\)$/m);
  });

  it("gives back what was typed when it is stopped or fails, and tells the model of it", async () => {
    handler = async (_request, reply) => {
      await reply.write(chunk({ content: "half a mess" }));
      await reply.stall();
    };
    write("a.txt", "two\n");
    repository.inputBox.value = "my own words";
    const generated = generate();
    await boxHolds("half a mess");
    assert.match(asked(), /my own words/);
    await command("runnel.stop");
    await generated;
    await boxHolds("my own words");
    await server.requests.at(-1)!.over;

    handler = (_request, reply) => {
      reply.head(400);
      reply.end();
    };
    await generate();
    await boxHolds("my own words");
  });

  it("keeps what had come when it is stopped over an empty box", async () => {
    handler = async (_request, reply) => {
      await reply.write(chunk({ content: "half" }));
      await reply.stall();
    };
    write("a.txt", "two\n");
    const generated = generate();
    await boxHolds("half");
    await command("runnel.stop", { rootUri: vscode.Uri.file(folder) });
    await generated;
    await boxHolds("half");
  });

  it("leaves the box to a person who begins to type in it", async () => {
    let goOn = (): void => {};
    const typed = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    handler = async (_request, reply) => {
      await reply.write(chunk({ content: "a message" }));
      await typed;
      await reply.write(chunk({ content: " that goes on" }));
      await reply.stall();
    };
    write("a.txt", "two\n");
    const generated = generate();
    await boxHolds("a message");
    // The window reports each change of the box back; until it has, a change made here is not the last word.
    await new Promise((resolve) => setTimeout(resolve, 500));
    repository.inputBox.value = "no, mine";
    goOn();
    await generated;
    await boxHolds("no, mine");
    await server.requests.at(-1)!.over;
  });
});
