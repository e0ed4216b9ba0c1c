/** The demo provider: starts as a process, streams with usage, answers what it is asked, breaks on request, and ends when told to. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { answerFile, ask, type Demo, eventData, post, sample, startDemo, user } from "./demo/client.ts";
import { long } from "./support/long.ts";

describe("demo provider", () => {
  let demo: Demo;

  before(async () => {
    demo = await startDemo();
  });
  after(() => demo.process.kill("SIGKILL"));

  /** The message of an action on a selection: an instruction, the file, the code in a fence. */
  async function about(instruction: string, path: string): Promise<string> {
    return `${instruction}\n\nFile: ${path}\n\n\`\`\`${path.endsWith(".py") ? "python" : "ts"}\n${await sample(path)}\`\`\``;
  }

  it("lists its models and binds the loopback interface", async () => {
    assert.match(demo.url, /^http:\/\/127\.0\.0\.1:\d+\/v1$/);
    const { data } = (await (await fetch(`${demo.url}/models`)).json()) as { data: { id: string }[] };
    const ids = data.map(({ id }) => id);
    assert.deepEqual(ids, demo.models);
    assert.ok(["demo-fast", "demo-steady", "demo-thinking"].every((model) => ids.includes(model)));
  });

  it("streams an answer and reports usage that grows with the text", async () => {
    const [short, long, wordy] = await Promise.all([
      ask(demo, "hello there"),
      ask(demo, "write a long guide to streaming"),
      ask(demo, "word ".repeat(200)),
    ]);
    assert.equal(short.text, await answerFile("default"));
    assert.equal(long.text, await answerFile("long"));
    for (const { text, usage, finish, done } of [short, long]) {
      assert.ok(done && finish === "stop");
      const charactersPerToken = text.length / usage!.completion_tokens;
      assert.ok(charactersPerToken > 2.5 && charactersPerToken < 5, `${charactersPerToken} characters per token`);
      assert.equal(usage!.total_tokens, usage!.prompt_tokens + usage!.completion_tokens);
    }
    assert.ok(wordy.usage!.prompt_tokens > short.usage!.prompt_tokens + 150);
  });

  it("answers in the language of the question, intact", async () => {
    const questions = {
      "스트리밍이 뭐야?": "default.ko",
      ストリーミングとは何ですか: "default.ja",
      什么是流式传输: "default.zh",
      "demo: split": "split",
      [await about("이 코드를 설명해 줘", "src/cart.ts")]: "explain-cart.ko",
      [await about("Explain this code", "src/retry.ts")]: "explain-retry",
    };
    const check = async ([question, name]: [string, string]) =>
      assert.equal((await ask(demo, question)).text, await answerFile(name), question);
    await Promise.all(Object.entries(questions).map(check));
  });

  it("knows the functions of the sample workspace", async () => {
    const paths = { cart: "src/cart.ts", retry: "src/retry.ts", report: "tools/report.py" };
    const asks = {
      explain: "Explain this code",
      refactor: "Refactor this",
      fix: "Fix this",
      document: "Document this",
      tests: "Write tests for this",
    };
    const check = async (task: string, instruction: string, subject: string, path: string) => {
      const { text } = await ask(demo, await about(instruction, path));
      assert.equal(text, await answerFile(`${task}-${subject}`), `${instruction}: ${path}`);
      if (task !== "explain") assert.match(text, /^```(ts|python)\n[\s\S]*\n```$/);
    };
    const checks = Object.entries(paths).flatMap(([subject, path]) =>
      Object.entries(asks).map(([task, instruction]) => check(task, instruction, subject, path)),
    );
    await Promise.all(checks);
  });

  it("leaves unknown code as it is, and writes a commit message from the diff", async () => {
    const system = { role: "system", content: "Reply with only the new code." };
    const edited = await ask(demo, [system, user("Make it async\n\n```python\ndef f():\n    pass\n```")]);
    assert.match(edited.text, /^```python\n# Runnel's demo provider .*\ndef f\(\):\n {4}pass\n```$/);
    const diff = "diff --git a/x/one.ts b/x/one.ts\n+++ b/x/one.ts\n@@ -1 +1 @@\n+1";
    assert.equal((await ask(demo, `Write a commit message\n\n${diff}`)).text, "Update one.ts");
  });

  it("thinks first with demo-thinking", async () => {
    const { text, thinking, usage } = await ask(demo, "hello", { model: "demo-thinking" });
    assert.equal(thinking, await answerFile("thinking"));
    assert.equal(text, await answerFile("default"));
    assert.ok(usage!.completion_tokens > (await ask(demo, "hello")).usage!.completion_tokens);
  });

  it("fails on request as a provider would", async () => {
    const outcome = async (prompt: string, model = "demo-fast") => {
      const response = await post(demo, { model, messages: [user(prompt)] });
      await response.body?.cancel();
      return { status: response.status, retryAfter: response.headers.get("retry-after") };
    };
    assert.deepEqual(await outcome("demo: error 429"), { status: 429, retryAfter: "2" });
    for (const code of [401, 402, 503, 529]) assert.equal((await outcome(`demo: error ${code}`)).status, code);
    assert.equal((await outcome("hello", "no-such-model")).status, 404);
    assert.deepEqual([(await outcome("demo: flaky")).status, (await outcome("demo: flaky")).status], [503, 200]);
    await assert.rejects(outcome("demo: drop"));
  });

  it("cuts the connection, and goes on from there when asked to continue", async () => {
    const whole = await answerFile("long");
    const cut = await ask(demo, "demo: cut");
    assert.ok(cut.broken && !cut.done && !cut.finish && !cut.usage);
    assert.ok(cut.text.length > 100 && whole.startsWith(cut.text));
    const begun = cut.text.trimEnd();
    const history = [user("demo: cut"), { role: "assistant", content: begun }];
    const [asPrefix, asQuestion, limited] = await Promise.all([
      ask(demo, history),
      ask(demo, [...history, user("Continue exactly where you stopped.")]),
      ask(demo, "hello", { max_tokens: 5 }),
    ]);
    assert.equal(begun + asPrefix.text, whole);
    assert.equal(asQuestion.text, asPrefix.text);
    assert.deepEqual([limited.finish, limited.usage!.completion_tokens], ["length", 5]);
  });

  it("stalls after some text and keeps silent when asked to", async () => {
    const controller = new AbortController();
    const response = await post(demo, { messages: [user("demo: stall")] }, controller.signal);
    let received = "";
    let timer = setTimeout(() => controller.abort(), 1000);
    await assert.rejects(async () => {
      for await (const data of eventData(response.body!)) {
        received += data;
        clearTimeout(timer);
        timer = setTimeout(() => controller.abort(), 200);
      }
    });
    assert.ok(received.length > 100 && !received.includes("[DONE]"));
    const silent = post(demo, { messages: [user("demo: silent")] }, AbortSignal.timeout(200));
    await assert.rejects(silent, { name: "TimeoutError" });
  });

  it("keeps no prompts where a web page could read them", async () => {
    await ask(demo, "say hello to my secret");
    const journal = await (await fetch(new URL("/__aimock/journal", demo.url))).text();
    assert.ok(journal.includes("chat/completions") && !journal.includes("secret"));
  });

  long.it("ends on SIGTERM in the middle of a stream, and with its parent when asked to", async () => {
    const response = await post(demo, { messages: [user("demo: stall")] });
    const exited = once(demo.process, "exit");
    demo.process.kill("SIGTERM");
    assert.deepEqual(await exited, [0, null]);
    await response.body?.cancel().catch(() => {});

    const child = (await startDemo("--with-parent")).process;
    const ended = once(child, "exit");
    child.stdin!.end();
    assert.deepEqual(await ended, [0, null]);
  });
});
