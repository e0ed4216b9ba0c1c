/** Inline edits whose answer is stopped, breaks off, or is not what was asked for: nothing is lost and a sentence says why. */
import assert from "node:assert/strict";
import { chunk } from "../support/chat.ts";
import {
  edit,
  ending,
  lenses,
  lines,
  open,
  piece,
  saying,
  selectLines,
  untilShown,
  untilText,
  useEditing,
} from "./support/editing.ts";
import { command, until } from "./support/editor.ts";

describe("An inline edit whose answer", () => {
  const editing = useEditing();
  const old = lines(6);
  const text = (middle: readonly string[]): string => ["head", ...middle, "tail", ""].join("\r\n");
  const openText = async () => {
    const editor = await open(text(old), { extension: "js" });
    selectLines(editor, 1, 6);
    return editor;
  };
  const answerText = (answer: string, finish = "stop") =>
    editing.answerWith(async (_request, reply) => {
      await reply.write(piece(answer));
      reply.end(finish === "stop" ? ending : chunk({}, { finish_reason: finish }));
    });

  it("is stopped keeps what came, marked incomplete, goes on with Continue, and is taken back whole by Reject", async () => {
    const { document } = await openText();
    const answer = editing.answerByHand();
    const over = edit();
    await answer.write("```\nnew 0\nnew 1\n");
    await until("the first lines are there", () => document.getText().includes("new 1"));
    await command("runnel.stop", "edit");
    await over;
    assert.equal(document.getText(), text(["new 0", "new 1", ...old]));
    assert.match(await lenses(document), /Accept.*Reject.*Continue.*Incomplete/);

    const rest = editing.answerByHand();
    const continued = command("runnel.continueEdit");
    await rest.write("new 2\n");
    await until("the next line is there", () => document.getText().includes("new 2"));
    assert.match(await lenses(document), /Stop/);
    await rest.end("new 3\n```\n");
    await continued;
    assert.equal(document.getText(), text(lines(4, "new")));
    assert.doesNotMatch(await lenses(document), /Incomplete/);
    const asked = editing.server.requests.at(-1)!.json.messages!;
    assert.match(JSON.stringify(asked), /new 0\\nnew 1/);
    await command("runnel.rejectEdit");
    await untilText(document, text(old));
    await untilShown(document, /^$/);
  });

  it("is stopped before anything came leaves nothing behind", async () => {
    const { document } = await openText();
    editing.answerByHand();
    const over = edit();
    await until("it is asked", () => editing.server.open > 0);
    await untilShown(document, /Stop/);
    await command("runnel.stop", "edit");
    await over;
    assert.equal(document.getText(), text(old));
    assert.equal(await lenses(document), "");
  });

  it("is rejected while it streams is gone at once", async () => {
    const { document } = await openText();
    const answer = editing.answerByHand();
    const over = edit();
    await answer.write("```\nnew 0\nnew 1\n");
    await until("the first lines are there", () => document.getText().includes("new 1"));
    await command("runnel.rejectEdit");
    await over;
    await untilText(document, text(old));
    await until("the request was given up", () => editing.server.requests.at(-1)!.abandoned);
  });

  it("breaks off keeps what came, and Continue finishes it", async () => {
    const { document } = await openText();
    const answer = editing.answerByHand();
    const over = edit();
    await answer.write("```\nnew 0\nnew 1\nnew");
    await until("the first lines are there", () => document.getText().includes("new 1"));
    await answer.reset();
    await untilShown(document, /Continue.*Incomplete/);
    assert.equal(document.getText(), text(["new 0", "new 1", ...old]));
    await command("notifications.clearAll");
    await over;
    const rest = editing.answerByHand();
    const continued = command("runnel.continueEdit");
    await rest.end(" 2\n```\n");
    await continued;
    assert.equal(document.getText(), text(lines(3, "new")));
  });

  it("was cut at the most tokens says so and can be continued", async () => {
    const { document } = await openText();
    answerText("```\nnew 0\n", "length");
    const over = edit();
    await untilShown(document, /Continue.*Incomplete/);
    await command("notifications.clearAll");
    await over;
    assert.equal(document.getText(), text(["new 0", ...old]));
  });

  const useless: [name: string, answer: string, sentence: RegExp][] = [
    ["is nothing", "", /answered with nothing|empty/],
    ["is only white space", "\n \n", /sent an empty answer/],
    ["is prose", "I would not change this code, it is fine as it is. Let me explain why.", /words instead of code/],
    ["gives the old lines back", `\`\`\`\n${old.join("\n")}\n\`\`\``, /changed nothing/],
    ["leaves lines out", "```\nnew 0\n// ... existing code ...\n```", /left lines out/],
    ["is a patch that fits nowhere", "```diff\n@@ -1,2 +1,2 @@\n-elsewhere\n+new\n```", /patch that does not fit/],
    ["is one line of a megabyte", `\`\`\`\n${"x".repeat(1_000_000)}\n\`\`\``, /line that is too long/],
  ];
  for (const [name, answer, sentence] of useless) {
    it(`${name} leaves the file untouched and says why`, async () => {
      const { document } = await openText();
      answerText(answer);
      // Where the turn failed, the command waits for the message to be closed.
      const said = await saying((sofar) => Promise.race([edit(), until("it is said", () => sofar.length > 0)]));
      await command("notifications.clearAll");
      await untilText(document, text(old));
      assert.equal(document.getText(), text(old));
      assert.match(said.join("\n"), sentence);
      assert.equal(await lenses(document), "");
    });
  }

  it("has several blocks: the first is taken, and the lens says so", async () => {
    const { document } = await openText();
    answerText("Here it is:\n```\nnew 0\n```\nOr else:\n```\nother 0\n```\nChoose.");
    await edit();
    assert.equal(document.getText(), text(["new 0"]));
    assert.match(await lenses(document), /first code block only/);
  });

  it("has a block that is not closed: it is taken, and the lens says so", async () => {
    const { document } = await openText();
    answerText("```\nnew 0\nnew 1");
    await edit();
    assert.equal(document.getText(), text(["new 0", "new 1"]));
    assert.match(await lenses(document), /check the end/);
  });

  it("is a unified diff: it is applied", async () => {
    const { document } = await openText();
    answerText("```diff\n@@ -2,3 +2,3 @@\n line 0\n-line 1\n+new 1\n line 2\n```");
    await edit();
    assert.equal(document.getText(), text(old.with(1, "new 1")));
  });

  it("is the whole file: only the lines in question are taken", async () => {
    const { document } = await openText();
    answerText(`\`\`\`\n${["head", ...old.with(2, "new 2"), "tail"].join("\n")}\n\`\`\``);
    await edit();
    assert.equal(document.getText(), text(old.with(2, "new 2")));
  });

  it("repeats itself without end is stopped, and Reject takes it back", async () => {
    const { document } = await openText();
    editing.answerWith(async (_request, reply) => {
      await reply.write(piece("```\n"));
      for (let count = 0; count < 5000 && !reply.gone; count++) {
        await reply.write(piece("again\nand again\n"));
        if (count % 20 === 0) await reply.wait(1);
      }
      reply.end();
    });
    await edit();
    assert.match(await lenses(document), /stopped: repeats itself/);
    await command("runnel.rejectEdit");
    await untilText(document, text(old));
  });
});
