/**
 * Every dialect of calls that servers were seen to speak, put together at random: what is told as complete was sent for
 * that call, once; where the dialect leaves no doubt all calls are told, and where it does a call is incomplete, never wrong.
 */
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { chatCalls } from "../support/calls/chat.ts";
import { messageCalls } from "../support/calls/messages.ts";
import type { CallAnswer, SentCall } from "../support/calls/sent.ts";
import { geminiCalls, ollamaCalls } from "../support/calls/whole.ts";
import { bytesOf, type DecodedProtocol, decodePieces } from "../support/decode.ts";
import { seed, sizeOf } from "../support/long.ts";

const dialects = {
  "openai-chat": chatCalls,
  anthropic: messageCalls,
  gemini: geminiCalls,
  ollama: ollamaCalls,
} satisfies Partial<Record<DecodedProtocol, fc.Arbitrary<CallAnswer>>>;

const numRuns = sizeOf({ few: 300, all: 30_000 });

for (const protocol of Object.keys(dialects) as (keyof typeof dialects)[]) {
  const answers = dialects[protocol];
  const decode = (body: string) => decodePieces([bytesOf(body, protocol)], protocol);

  describe(`calls in any dialect of ${protocol}`, () => {
    it("are complete only with what was sent for them, and once", () => {
      fc.assert(
        fc.property(answers, ({ calls, sent }) => {
          const { tools } = decode(sent.map(({ event }) => event).join(""));
          expectSent(tools, calls);
        }),
        { numRuns, seed },
      );
    });

    it("are all told where the dialect leaves no doubt", () => {
      const clear = answers.filter(({ isClear }) => isClear);
      fc.assert(
        fc.property(clear, ({ calls, sent }) => {
          const { tools } = decode(sent.map(({ event }) => event).join(""));
          const told = tools.map((tool) => ({ ...read(tool), complete: tool.complete }));
          assert.deepEqual(
            told,
            calls.map((call) => ({ ...call, complete: true })),
          );
        }),
        { numRuns, seed },
      );
    });

    it("are not complete where the stream was cut before their arguments were there", () => {
      fc.assert(
        fc.property(answers, fc.double({ min: 0, max: 1, noNaN: true }), ({ calls, sent }, at) => {
          const body = sent.map(({ event }) => event).join("");
          const cut = Math.floor(at * body.length);
          let end = 0;
          const closed = sent.flatMap(({ event, closes = [] }) => {
            end += event.length;
            return end <= cut + 2 ? closes : [];
          });
          const { tools } = decode(body.slice(0, cut));
          expectSent(
            tools,
            calls.filter((_, number) => closed.includes(number)),
          );
        }),
        { numRuns, seed },
      );
    });
  });
}

interface Told {
  name: string;
  arguments: string;
  complete: boolean;
}

/** Each complete call is another one of those that were sent. */
function expectSent(tools: readonly Told[], calls: readonly SentCall[]): void {
  const left = [...calls];
  for (const tool of tools.filter(({ complete }) => complete)) {
    const at = left.findIndex((call) => isDeepStrictEqual(call, read(tool)));
    assert.ok(at >= 0, `wrong or told twice: ${tool.name} ${tool.arguments}`);
    left.splice(at, 1);
  }
}

function read({ name, arguments: source, complete }: Told): SentCall {
  return { name, arguments: complete ? JSON.parse(source) : {} };
}
