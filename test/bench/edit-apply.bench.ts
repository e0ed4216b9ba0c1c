/** Lines a second that stream into a real editor as an edit, from the model's first byte to the review, beside one single replace. */
import { percentile } from "../../src/money/statistics.ts";
import { openWindow } from "../e2e/support/window.ts";
import { createRandom, edited, sourceLines } from "../edit/support/texts.ts";
import { chunk, done } from "../support/chat.ts";
import { startServer } from "../support/server.ts";
import { until } from "../support/until.ts";

const rounds = Number(process.env.ROUNDS ?? 5);
/** As many lines go to the network at once; a fast model writes fewer. */
const AT_ONCE = 20;

const random = createRandom(3);
const cases: Record<string, { old: string[]; fresh: string[] }> = {};
for (const length of [200, 2000]) {
  // Blank lines at the end of an answer are not taken for code.
  const ended = (lines: readonly string[]): string[] => [...lines, "end();"];
  const old = sourceLines(length - 1, random);
  cases[`${length} lines, all rewritten`] = { old: ended(old), fresh: ended(sourceLines(length - 1, random)) };
  cases[`${length} lines, 5 % edited`] = { old: ended(old), fresh: ended(edited(old, 0.05, random)) };
}

let answer: readonly string[] = [];
const server = await startServer(async (_request, reply) => {
  const lines = ["```js", ...answer, "```"];
  for (let index = 0; index < lines.length; index += AT_ONCE) {
    const events = lines.slice(index, index + AT_ONCE).map((line) => chunk({ content: `${line}\n` }));
    await reply.write(events.join(""));
  }
  reply.end(chunk({}, { finish_reason: "stop" }) + done);
});
const local = { id: "local", protocol: "openai-chat", baseUrl: `${server.url}/v1`, models: ["m"] };
const files = Object.entries(cases).flatMap(([name, { old }]) =>
  Array.from({ length: rounds + 1 }, (_, round) => [`${name.replaceAll(/\W+/g, "-")}-${round}.txt`, old.join("\n")]),
);
const window = await openWindow({
  settings: { "runnel.providers": [local], "runnel.chatModel": "local/m" },
  workspace: Object.fromEntries(files),
});
try {
  for (const [name, { old, fresh }] of Object.entries(cases)) {
    const ours: number[] = [];
    const reference: number[] = [];
    answer = fresh;
    // The first round warms up.
    for (let round = 0; round <= rounds; round++) {
      const file = `${name.replaceAll(/\W+/g, "-")}-${round}.txt`;
      const end = { line: old.length - 1, character: old.at(-1)!.length };
      const takeBack = async (): Promise<void> => {
        await window.execute("undo");
        // The command ends before the extension host is told of what it did.
        await until(`one undo takes back: ${name}`, async () => (await window.text()) === old.join("\n"));
      };
      await window.openFile(file, { line: 0, character: 0 }, end);
      const replaced = await window.replaceSelection(fresh.join("\n"));
      await takeBack();
      await window.openFile(file, { line: 0, character: 0 }, end);
      const streamed = await window.measure("runnel.editSelection", { instruction: "rewrite" });
      if ((await window.text()) !== fresh.join("\n")) throw new Error(`${name}: not what was streamed`);
      await takeBack();
      await window.execute("workbench.action.revertAndCloseActiveEditor");
      if (round === 0) continue;
      ours.push((fresh.length / streamed) * 1000);
      reference.push((fresh.length / replaced) * 1000);
    }
    const [own, whole] = [percentile(ours, 0.5)!, percentile(reference, 0.5)!];
    console.log(
      JSON.stringify({
        name: "edit-apply",
        case: name,
        unit: "lines per second",
        ours: Math.round(own),
        reference: Math.round(whole),
        ratio: Number((own / whole).toFixed(3)),
        rounds,
      }),
    );
  }
} finally {
  await window.close();
  await server.close();
}
process.exit(0);
