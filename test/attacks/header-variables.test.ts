/** Headers that name environment variables, and headers that look like secrets: where they go, and where they never do. */
import assert from "node:assert/strict";
import { AssistantError } from "../../src/core/errors.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { userMessage } from "../../src/core/message.ts";
import { parseProviderConfig } from "../../src/models/config.ts";
import { createKeyStore } from "../../src/models/host/keys.ts";
import { problemText } from "../../src/models/problem-texts.ts";
import { createProvider } from "../../src/providers/create.ts";
import { resolveHeaders, variablesIn } from "../../src/providers/provider/header-variables.ts";
import { isSecretHeader } from "../../src/providers/provider/secrets.ts";
import { createTransport } from "../../src/stream/transport/http.ts";
import { streamTurn } from "../../src/turn/terminal.ts";
import { configure, gather } from "../support/run.ts";
import { startServer, type TestServer } from "../support/server.ts";

const reference = (name: string): string => `$\{env:${name}}`;
const secret = "Zq8Wn4Vt6Bm2Xc9Ls5Kd";

const problemsOf = (entry: object): string[] => {
  const parsed = parseProviderConfig({
    id: "p",
    protocol: "openai-chat",
    baseUrl: "https://relay.example/v1",
    ...entry,
  });
  return parsed.ok ? [] : parsed.problems.map(problemText);
};

describe("a variable in a header", () => {
  const config = (headers: Record<string, string>, more: object = {}) =>
    configure({ protocol: "openai-chat", baseUrl: "https://relay.example/v1", headers, ...more });
  const environment: Record<string, string> = {
    ONE: " 1st\n",
    TWO: "2nd",
    NESTED: reference("TWO"),
    BREAK: "a\r\nx-evil: b",
    NUL: "a\0b",
    LETTERS: "키",
    EMPTY: "  ",
  };
  const resolve = (value: string) =>
    resolveHeaders(config({ "x-a": value }), (name) => environment[name]).values["x-a"];

  it("is replaced by what it holds, any number of times, and only once", () => {
    assert.equal(resolve(reference("ONE")), "1st");
    assert.equal(resolve(`a ${reference("ONE")}-${reference("TWO")}${reference("TWO")} z`), "a 1st-2nd2nd z");
    assert.equal(resolve(reference("NESTED")), reference("TWO"));
    assert.equal(resolve(`no variable, $5 and $\{x}`), `no variable, $5 and $\{x}`);
  });

  it("stands for itself after another dollar sign", () => {
    assert.equal(resolve(`$${reference("ONE")}`), reference("ONE"));
    assert.equal(resolve(`$${reference("MISSING")} ${reference("TWO")}`), `${reference("MISSING")} 2nd`);
    assert.deepEqual(variablesIn(`$${reference("ONE")}`), []);
  });

  for (const [name, reason] of [
    ["MISSING", "variable-not-set"],
    ["EMPTY", "variable-not-set"],
    ["BREAK", "variable-unfit"],
    ["NUL", "variable-unfit"],
    ["LETTERS", "variable-unfit"],
    ["toString", "variable-not-set"],
  ] as const) {
    it(`that holds what no header can, or nothing, ends the question with its name (${name})`, () => {
      const read = (variable: string) => (Object.hasOwn(environment, variable) ? environment[variable] : undefined);
      assert.throws(
        () => resolveHeaders(config({ "x-a": reference(name) }), read),
        (error: AssistantError) => {
          assert.equal(error.kind, "missing-key");
          assert.equal(error.details.reason, reason);
          assert.equal(error.details.variable, name);
          assert.ok(error.message.includes(name) && !error.message.includes("evil"));
          return true;
        },
      );
    });
  }

  it("must be written as one", () => {
    for (const value of [
      `$\{env:}`,
      `$\{env:A`,
      `$\{env:A-B}`,
      `$\{env:A:-x}`,
      `$\{env:1A}`,
      `$\{env: A}`,
      `x$\{env:`,
    ]) {
      assert.match(problemsOf({ headers: { "x-a": value } }).join(), /must name an environment variable/, value);
    }
    for (const value of [`$\{A}`, "$A", "{env:A}", `$${reference("A")}`, "%A%"]) {
      assert.deepEqual(problemsOf({ headers: { "x-a": value } }), [], value);
    }
  });

  it("is for headers alone", () => {
    for (const field of ["baseUrl", "id", "name", "proxy", "ca", "protocol", "preset"]) {
      const problems = problemsOf({ [field]: `https://x.example/${reference("A")}` });
      assert.ok(
        problems.some((problem) => problem.includes(`“${field}” cannot name an environment variable`)),
        field,
      );
    }
    const websocket = { protocol: "websocket", baseUrl: "wss://relay.example/v1" };
    assert.match(problemsOf({ ...websocket, websocket: { queryName: reference("A") } }).join(), /cannot name/);
  });

  it("never goes out unresolved", async () => {
    const server = await startServer((_request, reply) => reply.end("{}"));
    const transport = createTransport({ logger: silentLogger });
    const provider = createProvider(
      configure({ protocol: "openai-chat", baseUrl: `${server.url}/v1`, headers: { "x-a": reference("A") } }),
    );
    const context = { signal: new AbortController().signal, transport, logger: silentLogger, apiKey: "k" };
    const answer = await gather(provider.stream({ model: "m", messages: [userMessage("Hi")] }, context));
    assert.equal(answer.error?.details.reason, "variable-not-set");
    await assert.rejects(provider.listModels(context), AssistantError);
    assert.equal(server.requests.length, 0);
    await transport.close();
    await server.close();
  });

  it("is read in the terminal too", async () => {
    const server = await startServer((_request, reply) => {
      reply.head(400);
      reply.end("{}");
    });
    const provider = {
      id: "p",
      protocol: "openai-chat",
      baseUrl: `${server.url}/v1`,
      needsKey: false,
      headers: { "x-a": reference("A") },
    };
    const run = async (variables: Record<string, string>) => {
      const lines: string[] = [];
      const args = ["--provider", JSON.stringify(provider), "--model", "m", "--prompt", "Hi"];
      await streamTurn({
        arguments: args,
        environment: variables,
        print: (line) => lines.push(line),
        signal: new AbortController().signal,
      });
      return lines.at(-1)!;
    };
    assert.match(await run({}), /variable-not-set/);
    assert.equal(server.requests.length, 0);
    await run({ A: secret });
    assert.equal(server.requests[0]?.headers["x-a"], secret);
    await server.close();
  });

  it("goes to the preset's own address, and to any other only when that is allowed", async () => {
    const kept = new Map<string, unknown>();
    const memory = {
      keys: () => [...kept.keys()],
      get: <T>(name: string) => kept.get(name) as T,
      update: async (name: string, value: unknown) => void kept.set(name, value),
    };
    const secrets = { keys: async () => [], get: async () => undefined } as unknown as Parameters<
      typeof createKeyStore
    >[0];
    const keys = createKeyStore(secrets, memory as Parameters<typeof createKeyStore>[1], { TEAM: secret });
    const headers = { "x-team-token": reference("TEAM") };
    const preset = configure({ preset: "deepseek", headers });
    const moved = configure({ id: "moved", preset: "deepseek", baseUrl: "https://evil.example", headers });
    const isRefused = (other: typeof preset) =>
      assert.rejects(keys.headersFor(other), (error: AssistantError) => {
        assert.equal(error.details.reason, "key-not-allowed");
        assert.equal(error.details.variable, "TEAM");
        return true;
      });
    await isRefused(moved);
    assert.equal((await keys.headersFor(preset)).values["x-team-token"], secret);
    await isRefused(moved);
    await isRefused(configure({ protocol: "openai-chat", baseUrl: "https://relay.example/v1", headers }));
    assert.deepEqual(keys.unapproved(moved), ["TEAM"]);
    await keys.approveEnvironmentKey(moved);
    assert.deepEqual(keys.unapproved(moved), []);
    assert.equal((await keys.headersFor(moved)).values["x-team-token"], secret);
    const escaped = configure({
      protocol: "openai-chat",
      baseUrl: "https://third.example",
      headers: { "x-a": `$${reference("TEAM")}` },
    });
    assert.equal((await keys.headersFor(escaped)).values["x-a"], reference("TEAM"));
  });
});

describe("a header that looks like a secret", () => {
  const secrets: [string, string][] = [
    ["x-gateway-token", secret],
    ["X-Api-Key", "abcd1234"],
    ["x-client-secret", "hunter2hunter2"],
    ["cf-access-client-secret", secret],
    ["x-session", secret],
    ["ocp-apim-subscription-key", secret],
    ["x-password", "hunter2hunter2"],
    ["x-forwarded-auth", `Basic ${Buffer.from("u:pw").toString("base64")}`],
    ["x-anything", "Bearer abcdefgh"],
    ["x-anything", "sk-abcdef"],
    ["x-anything", "eyJhbGciOiJIUzI1NiJ9.e30.abc"],
    ["x-anything", "d41d8cd98f00b204e9800998ecf8427e"],
  ];
  const others: [string, string][] = [
    ["x-team", "blue"],
    ["http-referer", "https://github.com/example/project"],
    ["x-title", "Runnel for Visual Studio Code"],
    ["anthropic-beta", "fine-grained-tool-streaming-2025-05-14"],
    ["x-max-tokens", "4096"],
    ["x-tenant", "123e4567-e89b-12d3-a456-426614174000"],
    ["x-author", "somebody"],
    ["x-keyboard", "qwerty-layout"],
    ["openai-organization", "acme"],
  ];
  it("is told from others by its name or its value", () => {
    for (const [name, value] of secrets) assert.ok(isSecretHeader(name, value), `${name}: ${value}`);
    for (const [name, value] of others) assert.ok(!isSecretHeader(name, value), `${name}: ${value}`);
  });

  let loopback: TestServer;
  before(async () => {
    loopback = await startServer((_request, reply) => {
      reply.head(400);
      reply.end("{}");
    });
  });
  after(() => loopback.close());

  const ask = async (entry: object, headers?: Record<string, string>, patience = 10_000) => {
    const transport = createTransport({ logger: silentLogger });
    const config = configure({ needsKey: false, ...entry });
    const context = {
      ...{ signal: AbortSignal.timeout(patience), transport, logger: silentLogger },
      ...(headers && { headers: { values: headers, secrets: Object.values(headers) } }),
    };
    try {
      return (await gather(createProvider(config).stream({ model: "m", messages: [userMessage("Hi")] }, context)))
        .error;
    } catch {
      return undefined;
    } finally {
      await transport.close();
    }
  };

  for (const protocol of ["openai-chat", "anthropic", "ollama", "websocket"]) {
    it(`is not sent unencrypted to another machine (${protocol})`, async () => {
      const scheme = protocol === "websocket" ? "ws" : "http";
      const entry = { protocol, baseUrl: `${scheme}://192.168.255.254:9/v1` };
      const error = await ask({ ...entry, headers: { "x-gateway-token": secret } });
      assert.equal(error?.kind, "bad-request");
      assert.equal(error.details.reason, "insecure-origin");
      assert.match(error.message, /x-gateway-token/);
      assert.ok(!error.message.includes(secret));
      // What a variable holds is secret under any name.
      const variable = await ask({ ...entry, headers: { "x-team": reference("T") } }, { "x-team": "some value" });
      assert.equal(variable?.details.reason, "insecure-origin");
      const plain = await ask({ ...entry, headers: { "x-team": "blue" } }, undefined, 300);
      assert.notEqual(plain?.details.reason, "insecure-origin");
    });
  }

  it("is sent to this machine", async () => {
    await ask({ protocol: "openai-chat", baseUrl: `${loopback.url}/v1`, headers: { "x-gateway-token": secret } });
    assert.equal(loopback.requests.at(-1)?.headers["x-gateway-token"], secret);
  });
});
