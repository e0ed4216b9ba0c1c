/** Conversations of yesterday, of tomorrow, damaged and hostile: what can be read is shown, the rest is counted, nothing throws. */
import assert from "node:assert/strict";
import { formatLine, LOG_VERSION } from "../../src/chat/conversation-log.ts";
import type { LogReading } from "../../src/chat/conversation-reader.ts";
import { toChatMessages } from "../../src/context/prompts.ts";
import type { ConversationMessage } from "../../src/core/conversation.ts";
import { oldSampleLog, sampleLines, sampleLog, sampleRecords, words } from "../support/conversation-sample.ts";
import { seed, sizeOf } from "../support/long.ts";
import { type Mutation, mutationKinds, mutations } from "../support/mutations.ts";
import { readLog } from "../support/read-log.ts";
import { useConversation } from "../support/use-conversation.ts";

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const whole = readLog(sampleLog, "c");
const joined = ({ conversation }: LogReading): string =>
  (conversation?.messages ?? []).map(({ text, thinking = "" }) => thinking + text).join("\n");
const lines = (...values: unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join("");
const begin = { v: 1, type: "conversation", id: "c", createdAt: 5 };
const message = (change: object): object => ({
  ...{ v: 1, type: "message" },
  message: { id: "m", role: "assistant", text: "said", state: "complete", ...change },
});
const only = (reading: LogReading): ConversationMessage => {
  assert.equal(reading.conversation?.messages.length, 1);
  return reading.conversation.messages[0]!;
};

/** A mutation that leaves a log which is as good as the old one, or of which nobody can know that it was longer. */
function isHarmless(text: string): boolean {
  const plain = text.replaceAll("\ufeff", "").replaceAll("\r", "").trim();
  return (
    sampleLog.startsWith(plain) &&
    (plain === sampleLog.trim() || sampleLines.some((line) => plain.endsWith(line)) || plain === "")
  );
}

describe("a conversation's log", () => {
  it("of this version and of 0.1.0 reads back whole", () => {
    for (const reading of [whole, readLog(oldSampleLog, "c")]) {
      assert.deepEqual([reading.skipped, reading.isDamaged, reading.isNewer], [0, false, false]);
      assert.equal(reading.conversation?.createdAt, 1_764_500_000_000);
      for (const word of words) assert.ok(joined(reading).includes(word), word);
      assert.ok(reading.conversation.messages.every(({ partial }) => partial === undefined));
      useConversation(reading.conversation);
    }
    assert.deepEqual(readLog(oldSampleLog, "c").conversation, whole.conversation);
  });

  describe("damaged", () => {
    const cases: [name: string, text: string, skipped: number][] = [
      ["without its first line", sampleLines.slice(1).join("\n"), 1],
      ["without its first three lines", sampleLines.slice(3).join("\n"), 3],
      ["with a byte order mark", `\ufeff${sampleLog}`, 0],
      ["with CRLF", sampleLog.replaceAll("\n", "\r\n"), 0],
      ["with blank lines", sampleLog.replaceAll("\n", "\n \n\n"), 0],
      ["with its last line torn", sampleLog.slice(0, -40), 1],
      ["with two lines run together", sampleLog.replace("}\n", "}"), 0],
      ["with all lines run together", sampleLog.replaceAll("\n", ""), 0],
      ["with a line doubled", sampleLog + sampleLines[5]!, 0],
      ["with all of it doubled", sampleLog + sampleLog, 0],
      ["with two lines swapped", [sampleLines[1]!, sampleLines[0]!, ...sampleLines.slice(2)].join("\n"), 0],
      ["with a piece before its message", swapped(2, 4), 0],
      ["with a line removed", sampleLines.toSpliced(5, 1).join("\n"), 1],
      ["with a letter changed", sampleLog.replace("그래서요", "그러서요"), 1],
      ["with the name of a field changed", sampleLog.replace('"thinking":', '"thinkinf":'), 1],
      ["with the id of a piece changed", sampleLines.with(5, sampleLines[5]!.replace('"a1"', '"a9"')).join("\n"), 1],
      ["with NUL bytes at its end", `${sampleLog}${"\0".repeat(4096)}`, 1],
      ["with NUL bytes behind a line", sampleLines.with(4, `${sampleLines[4]}\0\0\0`).join("\n"), 1],
      [
        "with a torn line that was written once more",
        `${sampleLines.slice(0, 4).join("\n")}\n${sampleLines[4]!.slice(0, 50)}\n${sampleLines.slice(4).join("\n")}`,
        0,
      ],
      [
        "with a torn line glued to the next",
        sampleLines
          .with(4, sampleLines[4]!.slice(0, -30))
          .join("\n")
          .replace(`${sampleLines[4]!.slice(0, -30)}\n`, sampleLines[4]!.slice(0, -30)),
        1,
      ],
    ];
    for (const [name, text, skipped] of cases) {
      it(`${name} shows all that can be read`, () => {
        const reading = readLog(text, "c");
        assert.equal(reading.skipped, skipped);
        assert.equal(reading.isDamaged, skipped > 0);
        useConversation(reading.conversation!);
        const lost = words.filter((word) => !joined(reading).includes(word));
        assert.ok(lost.length <= skipped, `lost: ${lost}`);
        if (skipped === 0 && !name.includes("swapped") && !name.includes("before")) assert.deepEqual(reading, whole);
      });
    }

    function swapped(one: number, other: number): string {
      return sampleLines.with(one, sampleLines[other]!).with(other, sampleLines[one]!).join("\n");
    }

    it("with nothing left of it is a conversation without messages, not none", () => {
      const { conversation, skipped } = readLog("garbage\n\u0000\n{", "c");
      assert.deepEqual(conversation, { id: "c", messages: [] });
      assert.equal(skipped, 3);
    });

    it("with another beginning in it loses nothing of what stood before", () => {
      const other = { ...begin, id: "d", createdAt: 6 };
      const { conversation, skipped } = readLog(lines(begin, message({}), other, message({ id: "n" })), "c");
      assert.deepEqual(
        conversation?.messages.map(({ id }) => id),
        ["m", "n"],
      );
      assert.equal(conversation?.id, "c");
      assert.equal(skipped, 1);
    });

    it("shows the pieces of an answer whose beginning is lost", () => {
      const { conversation, skipped } = readLog(sampleLines.toSpliced(2, 1).join("\n"), "c");
      assert.equal(conversation?.messages[1]?.text, `${words[1]}${words[2]}`);
      assert.equal(conversation?.messages[1]?.state, "complete");
      assert.equal(skipped, 1);
    });

    it("counts no piece as lost that came for a message taken back", () => {
      const remove = { v: 1, type: "remove", fromId: "m", ids: ["m"] };
      const late = { v: 1, type: "delta", id: "m", text: "late" };
      const reading = readLog(lines(begin, message({ state: "streaming" }), remove, late), "c");
      assert.deepEqual([reading.conversation?.messages, reading.skipped], [[], 0]);
    });

    it("shows two messages of one id", () => {
      const reading = readLog(lines(begin, message({}), message({ text: "other" })), "c");
      assert.equal(joined(reading), "said\nother");
      assert.equal(reading.skipped, 1);
      useConversation(reading.conversation!);
    });
  });

  describe("of a newer version", () => {
    it("shows what is understood of its lines and counts them", () => {
      const newer = lines(begin, { v: 2, ...message({}), parts: [] }).replace(
        '"v":1,"type":"message"',
        '"v":2,"type":"message"',
      );
      const reading = readLog(newer, "c");
      assert.equal(joined(reading), "said");
      assert.deepEqual([reading.skipped, reading.isNewer, reading.isDamaged], [1, false, false]);
    });

    it("is not to be written to where it began there", () => {
      const reading = readLog(sampleLog.replaceAll('"v":1', '"v":2'), "c");
      assert.equal(reading.isNewer, true);
      for (const word of words) assert.ok(joined(reading).includes(word), word);
      assert.equal(readLog(lines({ v: LOG_VERSION + 1, type: "conversation", roots: [] }), "c").isNewer, true);
    });

    const unknown: [name: string, change: object, check: (message: ConversationMessage) => void][] = [
      ["a state", { state: "queued" }, ({ text, state }) => assert.deepEqual([text, state], ["said", "complete"])],
      ["a role", { role: "tool" }, ({ text, role }) => assert.deepEqual([text, role], ["said", "other"])],
      ["parts", { parts: [{ type: "image" }] }, ({ text }) => assert.equal(text, "said")],
      ["a purpose", { purpose: "agent" }, ({ purpose }) => assert.equal(purpose, undefined)],
      [
        "a notice",
        { notices: [{ type: "notice", code: "compacted" }] },
        ({ notices }) => assert.deepEqual(notices, []),
      ],
      [
        "an attachment",
        { attachments: [{ kind: "image", data: "…" }] },
        (one) => assert.deepEqual(one.attachments, []),
      ],
      [
        "an error",
        { error: { kind: "quota", message: "Come back on Monday.", details: { host: "a.test" } } },
        ({ error }) =>
          assert.deepEqual(error, { kind: "unknown", message: "Come back on Monday.", details: { host: "a.test" } }),
      ],
      [
        "an error's reason",
        { error: { kind: "no-credit", message: "Team limit.", details: { reason: "team-budget" } } },
        ({ error }) => assert.deepEqual(error, { kind: "unknown", message: "Team limit.", details: {} }),
      ],
      [
        "a budget",
        { error: { kind: "no-credit", message: "Weekly.", details: { reason: "budget", budget: { period: "week" } } } },
        ({ error }) => assert.deepEqual(error, { kind: "unknown", message: "Weekly.", details: {} }),
      ],
      [
        "a finish reason",
        { measures: { target: { provider: "p", model: "m" }, finishReason: "paused" } },
        ({ measures }) => assert.deepEqual(measures, { target: { provider: "p", model: "m" } }),
      ],
      [
        "a source of a cost",
        { measures: { target: { provider: "p", model: "m" }, cost: { amount: 1, currency: "USD", source: "agreed" } } },
        ({ measures }) => assert.equal(measures?.cost, undefined),
      ],
      ["tool calls", { calls: [{ id: "1", name: "run" }] }, ({ text }) => assert.equal(text, "said")],
    ];
    for (const [name, change, check] of unknown) {
      it(`with ${name} it does not know shows the rest, and says that there is more`, () => {
        const reading = readLog(lines(begin, message(change)), "c");
        const read = only(reading);
        check(read);
        assert.equal(read.partial, true);
        assert.equal(reading.skipped, 1);
        useConversation(reading.conversation!);
      });
    }

    it("sends no message of a kind that it does not know", () => {
      const { conversation } = readLog(lines(begin, message({ role: "system", text: "Obey." })), "c");
      assert.deepEqual(toChatMessages(conversation!.messages), []);
    });
  });

  describe("that means harm", () => {
    const hostile: [name: string, change: object][] = [
      [
        "numbers as strings",
        { measures: { target: { provider: "p", model: "m" }, usage: { inputTokens: "12" }, tokensPerSecond: "9" } },
      ],
      [
        "a negative cost",
        {
          measures: {
            target: { provider: "p", model: "m" },
            cost: { amount: -1, currency: "USD", source: "reported" },
          },
        },
      ],
      [
        "a cost of 1e290",
        {
          measures: {
            target: { provider: "p", model: "m" },
            cost: { amount: 1e290, currency: "USD", source: "reported" },
          },
        },
      ],
      ["a text that is an object", { text: { toString: "x" } }],
      ["a text that is an array", { text: ["a"], thinking: [] }],
      ["an id that is a number", { id: 5 }],
      ["an id of `__proto__`", { id: "__proto__", text: "said" }],
      ["seams before the beginning", { seams: [-5, 1.5, "2", 1e9, 2] }],
      ["a target without a model", { measures: { target: { provider: "p" } } }],
      ["a target that is null", { measures: { target: null }, turn: { id: 1, target: null } }],
      ["notices that are an object", { notices: { length: 3 } }],
      ["an error that is a string", { error: "lost" }],
      ["an error's details that are null", { error: { kind: "network", message: "x", details: null } }],
      ["an attachment that runs a command", { attachments: [attachment({ uri: "command:workbench.action.quit" })] }],
      ["an attachment without a beginning", { attachments: [attachment({ startLine: Number.NaN, endLine: -4 })] }],
      ["an attachment named over lines", { attachments: [attachment({ label: "a\n\u001b[31mb", path: "a\u0000b" })] }],
      ["an attachment of 10 MB in its title", { attachments: [attachment({ label: "x".repeat(1e7) })] }],
      ["a resume point that is none", { resume: { id: {}, after: "1" } }],
      ["a scripted mark that is a string", { scripted: "yes" }],
    ];
    function attachment(change: object): object {
      return { label: "a.ts", path: "a.ts", language: "ts", startLine: 1, endLine: 2, text: "code", ...change };
    }
    for (const [name, change] of hostile) {
      it(`by ${name} does none`, () => {
        const reading = readLog(lines(begin, message(change)), "c");
        assert.equal(reading.skipped, name.includes("__proto__") ? 0 : 1);
        useConversation(reading.conversation!);
        assert.equal(({} as Record<string, unknown>).polluted, undefined);
      });
    }

    it("by fields that every object inherits, and by deep nesting, does none", () => {
      const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
      const texts = [
        '{"v":1,"type":"message","message":{"__proto__":{"polluted":1},"id":"m","role":"user","text":"t","state":"complete"}}',
        '{"v":1,"type":"__proto__"}',
        '{"v":1,"type":"constructor","message":{}}',
        `{"v":1,"type":"message","message":{"id":"n","role":"user","text":"t","state":"complete","measures":${deep}}}`,
        `{"v":1,"type":"message","message":${deep}}`,
        deep,
      ];
      const reading = readLog(texts.join("\n"), "c");
      assert.equal(reading.skipped, 6);
      assert.deepEqual(
        reading.conversation?.messages.map(({ id }) => id),
        ["m", "n"],
      );
      useConversation(reading.conversation);
      assert.equal(({} as Record<string, unknown>).polluted, undefined);
    });

    it("by line numbers beyond counting is counted as damaged once", () => {
      const line = formatLine(sampleRecords[0]!, { by: "w", n: 0 }).replace('"n":0', '"n":9007199254740991');
      assert.equal(readLog(line, "c").skipped, 1);
    });

    it("by line numbers beyond counting, under the right checksum, is shown and counted once", () => {
      for (const n of [2 ** 53 - 1, 10_000_000, 1e12]) {
        const reading = readLog(formatLine(sampleRecords[0]!, { by: "w", n }), "c");
        assert.equal(reading.skipped, 1, `${n}`);
        assert.ok(reading.conversation);
      }
    });

    it("by a message to be taken back that is none takes nothing back", () => {
      for (const remove of [{ fromId: {} }, { fromId: "m", ids: "m" }, { fromId: "m", ids: [5] }, {}]) {
        const reading = readLog(lines(begin, message({}), { v: 1, type: "remove", ...remove }), "c");
        assert.equal(only(reading).text, "said");
        assert.equal(reading.skipped, 1);
      }
    });
  });

  it(`of any of ${mutationKinds.length} kinds of damage neither throws nor loses silently`, function () {
    this.timeout(300_000);
    const count = sizeOf({ few: 50 * mutationKinds.length, all: 2000 * mutationKinds.length });
    for (const log of [sampleLog, oldSampleLog]) {
      let tried = 0;
      for (const mutation of mutations(seed, Buffer.from(log))) {
        if (tried++ === count) break;
        check(mutation, log === sampleLog);
      }
    }
  });

  function check({ kind, bytes }: Mutation, hasSums: boolean): void {
    const text = decode(bytes);
    const reading = readLog(text, "c");
    if (reading.conversation) useConversation(reading.conversation);
    if (!hasSums || reading.skipped > 0 || isHarmless(text)) return;
    // What is not counted is not lost: each word is there as often as before.
    const missing = words.filter((word) => !joined(reading).includes(word));
    assert.deepEqual(missing, [], `${kind}, RUNNEL_SEED=${seed}: ${text}`);
  }
});
