/** Every protocol that another project's mock server speaks as well, in its calm and in its chaos. */
import assert from "node:assert/strict";
import { LLMock } from "@copilotkit/aimock";
import { userMessage } from "../../src/core/message.ts";
import { long } from "../support/long.ts";
import { protocolNames } from "../support/protocols.ts";
import { Asker, gather } from "../support/run.ts";
import { Turns } from "../support/turns.ts";

/** Where aimock serves each protocol it knows. */
const paths: Readonly<Record<string, string>> = {
  "openai-chat": "/v1",
  "openai-responses": "/v1",
  anthropic: "",
  gemini: "",
  ollama: "",
};

const told = "Hi there 안녕 👋 and so on, ".repeat(5);

long.describe("against aimock", () => {
  const mock = new LLMock({ port: 0, host: "127.0.0.1", logLevel: "silent", chunkSize: 5 });
  let turns: Turns;
  let url = "";
  before(async () => {
    mock.onMessage("Hello", { content: "Hi there 안녕 👋" });
    mock.onMessage("Weather", { toolCalls: [{ name: "weather", arguments: '{"city":"Seoul"}' }] });
    mock.onMessage("Break off", { content: told }, { truncateAfterChunks: 7, latency: 10 });
    url = await mock.start();
  });
  after(() => mock.stop());
  beforeEach(() => {
    mock.setChaos({});
    turns = new Turns();
  });
  afterEach(() => turns.close());

  for (const protocol of protocolNames.filter((name) => name in paths)) {
    const ask = (question: string, tools = {}) =>
      turns.run({
        entry: { protocol, baseUrl: url + paths[protocol] },
        question: { messages: [userMessage(question)], ...tools },
      });

    it(`reads text in the protocol ${protocol}`, async () => {
      const { outcome, text, notices } = await ask("Hello");
      assert.equal(outcome.error?.message, undefined);
      assert.equal(text, "Hi there 안녕 👋");
      assert.equal(outcome.finishReason, "stop");
      assert.deepEqual(notices, []);
    });

    it(`reads a tool call in the protocol ${protocol}`, async () => {
      const parameters = { type: "object", properties: { city: { type: "string" } } };
      const { outcome } = await ask("Weather", { tools: [{ name: "weather", parameters }] });
      const calls = outcome.message.parts.filter((part) => part.type === "tool-call");
      assert.deepEqual(
        calls.map((call) => [call.name, JSON.parse(call.arguments), call.complete]),
        [["weather", { city: "Seoul" }, true]],
      );
      assert.equal(outcome.finishReason, "tool-calls");
    });

    it(`keeps what came before the end of a broken answer in the protocol ${protocol}`, async () => {
      const { outcome, text } = await ask("Break off");
      assert.equal(outcome.kind, "incomplete");
      assert.ok(text !== "" && told.startsWith(text));
    });

    it(`knows each kind of chaos in the protocol ${protocol}`, async () => {
      const asker = new Asker();
      const provider = asker.provider(url + paths[protocol], { protocol });
      for (const [chaos, kind] of [
        [{ dropRate: 1 }, "reported"],
        [{ malformedRate: 1 }, "malformed"],
        [{ rateLimitRate: 1 }, "rate-limited"],
        [{ disconnectRate: 1 }, "network"],
      ] as const) {
        mock.setChaos(chaos);
        assert.equal((await gather(asker.stream(provider))).error?.kind, kind);
      }
      await asker.close();
    });
  }
});
