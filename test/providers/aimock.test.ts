/** The protocols of Anthropic, Gemini, Responses and Ollama as another project's mock server speaks them. */
import assert from "node:assert/strict";
import { LLMock } from "@copilotkit/aimock";
import { Asker, gather } from "../support/run.ts";

describe("against aimock", () => {
  const mock = new LLMock({ port: 0, host: "127.0.0.1", logLevel: "silent" });
  const asker = new Asker();
  let url = "";
  before(async () => {
    mock.onMessage("Hello", { content: "Hi there 안녕 👋" });
    mock.onMessage("Weather", { toolCalls: [{ name: "weather", arguments: '{"city":"Seoul"}' }] });
    url = await mock.start();
  });
  after(async () => {
    await asker.close();
    await mock.stop();
  });

  for (const [protocol, base] of [
    ["anthropic", ""],
    ["gemini", ""],
    ["openai-responses", "/v1"],
    ["ollama", ""],
  ] as const) {
    it(`reads text in the protocol ${protocol}`, async () => {
      const provider = asker.provider(url + base, { protocol });
      const answer = await gather(asker.stream(provider, { apiKey: "any-key-at-all" }));
      assert.equal(answer.error?.message, undefined);
      assert.equal(answer.text, "Hi there 안녕 👋");
      assert.equal(answer.end?.finishReason, "stop");
      assert.deepEqual(answer.notices, []);
    });

    it(`reads a tool call in the protocol ${protocol}`, async () => {
      const answer = await gather(
        asker.stream(asker.provider(url + base, { protocol }), {
          messages: [{ role: "user", parts: [{ type: "text", text: "Weather" }] }],
          tools: [{ name: "weather", parameters: { type: "object", properties: { city: { type: "string" } } } }],
        }),
      );
      assert.deepEqual(
        answer.tools.map((tool) => [tool.name, JSON.parse(tool.arguments), tool.complete]),
        [["weather", { city: "Seoul" }, true]],
      );
      assert.equal(answer.end?.finishReason, "tool-calls");
    });
  }
});
