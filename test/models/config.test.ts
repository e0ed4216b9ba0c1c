/** One entry of `runnel.providers`, from the shortest to the hostile. */
import assert from "node:assert/strict";
import { resolve } from "node:path";
import fc from "fast-check";
import { listPresets } from "../../src/models/catalog.ts";
import { parseProviderConfig } from "../../src/models/config.ts";
import { problemText } from "../../src/models/problem-texts.ts";
import type { ProviderConfig } from "../../src/providers/provider/provider.ts";

function accepted(entry: unknown): ProviderConfig {
  const result = parseProviderConfig(entry);
  if (!result.ok) assert.fail(result.problems.map(problemText).join(" "));
  return result.config;
}

function problemsOf(entry: unknown): string {
  const result = parseProviderConfig(entry);
  assert.equal(result.ok, false, "should be refused");
  return result.ok ? "" : result.problems.map(problemText).join("\n");
}

const team = { id: "team", protocol: "openai-chat", baseUrl: "https://relay.example/v1" };

describe("a provider entry", () => {
  it("needs nothing but a preset", () => {
    const config = accepted({ preset: "deepseek" });
    assert.equal(config.id, "deepseek");
    assert.equal(config.name, "DeepSeek");
    assert.equal(config.protocol, "openai-chat");
    assert.equal(config.baseUrl, "https://api.deepseek.com");
    assert.equal(config.needsKey, true);
    assert.deepEqual(config.timeouts, { connect: 30, firstToken: 600, idle: 120 });
    assert.deepEqual(config.headers, {});
    assert.equal(config.scripted, false);
    assert.ok(config.models.some(({ id }) => id === "deepseek-chat"));
  });

  it("is accepted with every preset as it is", () => {
    for (const preset of listPresets()) assert.equal(accepted({ preset: preset.id }).preset, preset.id);
  });

  it("overrides what its preset says", () => {
    const config = accepted({
      id: "mine",
      name: "Mine",
      preset: "openai",
      baseUrl: "localhost:9/v1/",
      models: ["a"],
      timeouts: { idle: 0 },
    });
    assert.equal(config.id, "mine");
    assert.equal(config.name, "Mine");
    assert.equal(config.baseUrl, "http://localhost:9/v1");
    assert.deepEqual(config.models, [{ id: "a" }]);
    assert.deepEqual(config.timeouts, { connect: 30, firstToken: 600, idle: 0 });
  });

  it("may go its own way through the network", () => {
    const ca = resolve("authority.pem");
    const config = accepted({ ...team, proxy: " http://me:secret@proxy.example:8080 ", ca });
    assert.equal(config.proxy, "http://me:secret@proxy.example:8080");
    assert.equal(config.ca, ca);
    assert.equal(accepted({ ...team, proxy: "none" }).proxy, "none");
    assert.equal(Object.hasOwn(accepted(team), "proxy"), false);
    assert.match(problemsOf({ ...team, ca: "authority.pem" }), /“ca”/);
    for (const proxy of ["socks5://me:secret@proxy.example:1080", "http://me:secret@", 8080]) {
      assert.match(problemsOf({ ...team, proxy }), /“proxy”/);
      assert.doesNotMatch(problemsOf({ ...team, proxy }), /secret/);
    }
  });

  it("is read as the settings example has it", () => {
    const config = accepted({
      ...team,
      name: "Team relay",
      apiKeyEnv: "TEAM_KEY",
      headers: { "X-Team": "blue" },
      models: [
        {
          id: "gpt-4.1",
          contextWindow: 1047576,
          maxOutputTokens: 32768,
          price: { input: 2, output: 8, cacheRead: 0.5, currency: "usd" },
        },
      ],
      rateLimit: { requestsPerMinute: 60, concurrent: 10 },
      timeouts: { connect: 30, firstToken: 600, idle: 120 },
    });
    assert.deepEqual(config, {
      id: "team",
      name: "Team relay",
      protocol: "openai-chat",
      baseUrl: "https://relay.example/v1",
      needsKey: true,
      apiKeyEnv: "TEAM_KEY",
      headers: { "x-team": "blue" },
      models: [
        {
          id: "gpt-4.1",
          contextWindow: 1047576,
          maxOutputTokens: 32768,
          price: { input: 2, output: 8, cacheRead: 0.5, currency: "USD" },
        },
      ],
      timeouts: { connect: 30, firstToken: 600, idle: 120 },
      rateLimit: { requestsPerMinute: 60, concurrent: 10 },
      scripted: false,
    });
  });

  it("wants a key for a public server and none for one at home, unless it says otherwise", () => {
    assert.equal(accepted(team).needsKey, true);
    assert.equal(accepted({ ...team, baseUrl: "http://localhost:1/v1" }).needsKey, false);
    assert.equal(accepted({ ...team, baseUrl: "http://192.168.0.2:1/v1" }).needsKey, false);
    assert.equal(accepted({ ...team, needsKey: false }).needsKey, false);
  });

  it("is answered in the background only where its protocol can", () => {
    const responses = { ...team, protocol: "openai-responses" };
    assert.equal(accepted({ ...responses, background: true }).background, true);
    assert.equal(accepted({ ...responses, background: false }).background, undefined);
    assert.equal(accepted({ preset: "openai-responses" }).background, undefined);
    assert.equal(accepted({ ...team, background: false }).background, undefined);
    assert.match(problemsOf({ ...team, background: true }), /“background” needs the protocol “openai-responses”/);
    assert.match(problemsOf({ ...responses, background: "yes" }), /“background” must be true or false/);
  });

  it("names each model once", () => {
    assert.deepEqual(accepted({ ...team, models: ["a", { id: "a", name: "A" }, "b"] }).models, [
      { id: "a" },
      { id: "b" },
    ]);
  });

  const refused: [what: string, entry: unknown, because: RegExp][] = [
    ["is no object", "deepseek", /must be an object/],
    ["is null", null, /must be an object/],
    ["is a list", [], /must be an object/],
    ["is empty", {}, /“id” is missing/],
    ["has an unknown preset", { preset: "nope" }, /“preset” is “nope”.*holysheep/],
    ["has an unknown protocol", { ...team, protocol: "soap" }, /“protocol” is “soap”.*openai-chat/],
    ["has no protocol", { id: "a", baseUrl: "https://a.test" }, /“protocol” is missing/],
    ["has no address", { id: "a", protocol: "openai-chat" }, /“baseUrl” is missing/],
    ["has a bad address", { ...team, baseUrl: "http://example.com" }, /https/],
    ["has a slash in its id", { ...team, id: "a/b" }, /“id” may hold/],
    ["has a number for an id", { ...team, id: 7 }, /“id” must be a string/],
    ["holds a key", { ...team, apiKey: "sk-secret" }, /never belongs in settings/],
    [
      "holds a key where a variable's name belongs",
      { ...team, apiKeyEnv: "sk-secret-1" },
      /name of an environment variable/,
    ],
    [
      "sets an authorization header",
      { ...team, headers: { Authorization: "Bearer secret" } },
      /may not set “Authorization”/,
    ],
    ["sets a key header", { ...team, headers: { "X-API-Key": "secret" } }, /may not set “X-API-Key”/],
    ["sets the host", { ...team, headers: { Host: "evil" } }, /may not set “Host”/],
    ["has a line break in a header", { ...team, headers: { "X-A": "a\r\nX-B: b" } }, /without line breaks/],
    ["has a header name that is none", { ...team, headers: { "X A": "a" } }, /is not a valid header name/],
    ["has headers that are a list", { ...team, headers: ["a"] }, /“headers” must be an object/],
    ["has a negative timeout", { ...team, timeouts: { idle: -1 } }, /“timeouts.idle” must be a number/],
    ["has a timeout in words", { ...team, timeouts: { idle: "120" } }, /“timeouts.idle” must be a number/],
    ["has an endless timeout", { ...team, timeouts: { idle: 1e9 } }, /between 0 and 86400/],
    ["has models that are no list", { ...team, models: {} }, /“models” must be a list/],
    ["has a model without an id", { ...team, models: [{ name: "x" }] }, /“models\[\].id” is missing/],
    [
      "has a price without an output",
      { ...team, models: [{ id: "a", price: { input: 1 } }] },
      /“models.a.price.output” is missing/,
    ],
    [
      "has a currency that is none",
      { ...team, models: [{ id: "a", price: { input: 1, output: 1, currency: "dollar" } }] },
      /three letters/,
    ],
    ["has a rate limit of none", { ...team, rateLimit: { requestsPerMinute: 0 } }, /1 or more/],
  ];
  for (const [what, entry, because] of refused) {
    it(`is refused when it ${what}`, () => {
      const problems = problemsOf(entry);
      assert.match(problems, because);
      assert.doesNotMatch(problems, /secret/);
    });
  }

  it("lists all its problems at once", () => {
    assert.equal(
      problemsOf({ id: 1, protocol: "x", baseUrl: "", headers: [], models: 1 }).split("\n").length >= 5,
      true,
    );
  });

  it("is read from what it holds itself", () => {
    const inherited = {
      apiKeyEnv: "SECRET",
      proxy: "none",
      headers: { a: "b" },
      models: ["m"],
      rateLimit: {},
      token: 1,
    };
    const config = accepted(Object.assign(Object.create(inherited), team));
    assert.deepEqual(config, accepted(team));
  });

  it("never throws and never pollutes, whatever it is", () => {
    const field = fc.constantFrom(
      "id",
      "preset",
      "protocol",
      "baseUrl",
      "headers",
      "models",
      "timeouts",
      "rateLimit",
      "apiKeyEnv",
      "__proto__",
      "constructor",
    );
    fc.assert(
      fc.property(fc.dictionary(field, fc.jsonValue({ maxDepth: 3 })), (entry) => {
        const result = parseProviderConfig(entry);
        assert.equal(typeof result.ok, "boolean");
        assert.equal(({} as { polluted?: unknown }).polluted, undefined);
      }),
    );
    const hostile = JSON.parse(
      '{"id":"a","protocol":"openai-chat","baseUrl":"https://a.test","headers":{"__proto__":"x","constructor":"y"}}',
    );
    const { headers } = accepted(hostile);
    assert.equal(Object.getPrototypeOf(headers), Object.prototype);
  });
});
