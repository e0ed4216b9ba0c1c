/** A conversation in the words of every protocol: roles in turn, each result with its call, nothing empty, nothing lost. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { ChatMessage, ChatRequest, MessagePart } from "../../src/core/message.ts";
import { encodeRequest as encodeAnthropic } from "../../src/providers/anthropic/encode.ts";
import { encodeRequest as encodeGemini } from "../../src/providers/gemini/encode.ts";
import { encodeRequest as encodeOllama } from "../../src/providers/ollama/encode.ts";
import { encodeRequest as encodeChat } from "../../src/providers/openai-chat/encode.ts";
import { encodeRequest as encodeResponses } from "../../src/providers/openai-responses/encode.ts";
import type { ProviderConfig } from "../../src/providers/provider/provider.ts";
import { configure } from "../support/run.ts";

type Json = Record<string, unknown>;

/** What any protocol says, in one form: texts with their side, and calls and results by id, or by order without one. */
type Said = { side: "user" | "model"; texts: string[]; calls: string[]; results: string[] };

const relay = { baseUrl: "https://relay.example/v1" };
const ordered = (list: Json[], field: string) => list.map((each, index) => String(each[field] ?? `#${index}`));

/** The messages of chat completions and of Ollama. */
function saidInChat(messages: Json[], resultId: string): Said[] {
  const said: Said[] = [];
  for (const message of messages) {
    const last = said.at(-1);
    if (message.role === "assistant") {
      const calls = (message.tool_calls ?? []) as Json[];
      said.push({
        side: "model",
        texts: message.content ? [message.content as string] : [],
        calls: ordered(calls, "id"),
        results: [],
      });
      continue;
    }
    const isFirst = last?.side !== "user" || (message.role === "user" && last.texts.length > 0);
    const turn: Said = isFirst ? { side: "user", texts: [], calls: [], results: [] } : last;
    if (isFirst) said.push(turn);
    if (message.role === "user") turn.texts.push(message.content as string);
    else {
      assert.equal(turn.texts.length, 0, "results stand before what the person says");
      turn.results.push(String(message[resultId] ?? `#${turn.results.length}`));
    }
  }
  return said;
}

const protocols: Record<string, { encode: (request: ChatRequest) => Said[]; idShape: RegExp }> = {
  "openai-chat": {
    encode: (request) => saidInChat(bodyOf(encodeChat, request, { ...relay }).messages as Json[], "tool_call_id"),
    idShape: /./s,
  },
  OpenAI: {
    encode: (request) =>
      saidInChat(bodyOf(encodeChat, request, { preset: "openai" }).messages as Json[], "tool_call_id"),
    idShape: /^.{1,40}$/s,
  },
  Mistral: {
    encode: (request) =>
      saidInChat(bodyOf(encodeChat, request, { preset: "mistral" }).messages as Json[], "tool_call_id"),
    idShape: /^[A-Za-z0-9]{9}$/,
  },
  Ollama: {
    encode: (request) =>
      saidInChat(bodyOf(encodeOllama, request, { ...relay, protocol: "ollama" }).messages as Json[], "tool_call_id"),
    idShape: /./s,
  },
  "OpenAI's Responses": {
    encode: (request) => {
      const said: Said[] = [];
      for (const item of bodyOf(encodeResponses, request, { preset: "openai-responses" }).input as Json[]) {
        const side = item.role === "user" || item.type === "function_call_output" ? "user" : "model";
        let turn = said.at(-1);
        if (turn?.side !== side) {
          turn = { side, texts: [], calls: [], results: [] };
          said.push(turn);
        }
        if (item.type === "function_call") turn.calls.push(item.call_id as string);
        else if (item.type === "function_call_output") turn.results.push(item.call_id as string);
        else turn.texts.push(item.content as string);
      }
      return said;
    },
    idShape: /^.{1,64}$/s,
  },
  Anthropic: {
    encode: (request) =>
      (bodyOf(encodeAnthropic, request, { preset: "anthropic", protocol: "anthropic" }).messages as Json[]).map(
        ({ role, content }) => {
          const blocks = content as Json[];
          const of = (type: string) => blocks.filter((block) => block.type === type);
          return {
            side: role === "user" ? "user" : "model",
            texts: of("text").map(({ text }) => text as string),
            calls: of("tool_use").map(({ id }) => id as string),
            results: of("tool_result").map((block) => block.tool_use_id as string),
          };
        },
      ),
    idShape: /^[A-Za-z0-9_-]+$/,
  },
  Gemini: {
    encode: (request) =>
      (bodyOf(encodeGemini, request, { preset: "gemini", protocol: "gemini" }).contents as Json[]).map(
        ({ role, parts }) => {
          const of = (name: string) =>
            (parts as Json[]).flatMap((part) => (part[name] === undefined ? [] : [part[name] as Json]));
          return {
            side: role === "user" ? "user" : "model",
            texts: (parts as Json[]).flatMap(({ text }) => (typeof text === "string" ? [text] : [])),
            calls: ordered(of("functionCall"), "id"),
            results: ordered(of("functionResponse"), "id"),
          };
        },
      ),
    idShape: /./s,
  },
};

function bodyOf(
  encode: (request: ChatRequest, config: ProviderConfig, repairs: ReadonlySet<never>) => string,
  request: ChatRequest,
  entry: Json,
): Json {
  return JSON.parse(encode(request, configure(entry), new Set()));
}

const user = (text: string): ChatMessage => ({ role: "user", parts: [{ type: "text", text }] });
const answer = (...parts: MessagePart[]): ChatMessage => ({ role: "assistant", parts });
const call = (id: string): MessagePart => ({ type: "tool-call", id, name: "f", arguments: "{}", complete: true });
const result = (id: string, text = "r"): ChatMessage => ({
  role: "tool",
  parts: [{ type: "tool-result", id, name: "f", text }],
});

const id = fc.constantFrom("a", "f:0", "f_0", "call_made_1", "call_made_2", "x".repeat(70), `${"x".repeat(69)}y`);
const exchange = fc
  .uniqueArray(id, { minLength: 1, maxLength: 3 })
  .chain((ids) =>
    fc
      .shuffledSubarray(ids, { minLength: ids.length })
      .map((order) => [answer(...ids.map(call)), ...order.map((each) => result(each))]),
  );
let count = 0;
const word = fc.constant(0).map(() => `w${count++}`);
const conversation = fc
  .array(
    fc.oneof(
      word.map((text) => [user(text)]),
      word.map((text) => [answer({ type: "text", text })]),
      fc.constantFrom([user(" ")], [answer()], [answer(call("open"))], [result("stray")]),
      exchange,
    ),
    { minLength: 1, maxLength: 9 },
  )
  .map((list) => list.flat());

describe("an outgoing conversation", () => {
  for (const [name, { encode, idShape }] of Object.entries(protocols)) {
    it(`for ${name} alternates, pairs calls and results in one order, and loses nothing`, () => {
      fc.assert(
        fc.property(conversation, (messages) => {
          const said = encode({ model: "m", messages });
          said.forEach((turn, index) => {
            assert.equal(turn.side, index % 2 === 0 ? "user" : "model");
            assert.ok(turn.texts.length + turn.calls.length + turn.results.length > 0);
            assert.ok(turn.texts.every((text) => text.trim() !== ""));
            assert.deepEqual(turn.results, index === 0 ? [] : said[index - 1]!.calls);
            assert.equal(new Set(turn.calls).size, turn.calls.length);
            for (const each of turn.calls) if (!each.startsWith("#")) assert.match(each, idShape);
          });
          assert.deepEqual(said.at(-1)?.calls ?? [], []);
          if (name === "Anthropic") {
            const all = said.flatMap(({ calls }) => calls);
            assert.equal(new Set(all).size, all.length);
          }
          const words = messages.flatMap(({ parts }) =>
            parts.flatMap((part) => (part.type === "text" && part.text !== " " ? [part.text] : [])),
          );
          assert.equal(
            said
              .flatMap(({ texts }) => texts)
              .join(" ")
              .match(/w\d+/g)
              ?.join() ?? "",
            words.join(),
          );
          const calls = messages.flatMap(({ parts }) =>
            parts.filter((part) => part.type === "tool-call" && part.id !== "open"),
          );
          assert.equal(said.flatMap((turn) => turn.calls).length, calls.length);
        }),
        { numRuns: 200 },
      );
    });
  }
});
