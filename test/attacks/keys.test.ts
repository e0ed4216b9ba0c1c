/** A server puts the key into every field it can fill; none of what Runnel shows, keeps, tells or exports has it. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Chat } from "../../src/chat/chat.ts";
import { createConversationStore } from "../../src/chat/conversation-store.ts";
import type { StreamEvent } from "../../src/core/events.ts";
import type { Logger } from "../../src/core/logger.ts";
import { userMessage } from "../../src/core/message.ts";
import type { Purpose } from "../../src/core/outcome.ts";
import { createLedger, type Ledger } from "../../src/money/ledger.ts";
import { createLedgerFolder } from "../../src/money/ledger-folder.ts";
import { createProvider } from "../../src/providers/create.ts";
import { resolveHeaders } from "../../src/providers/provider/header-variables.ts";
import { createTransport } from "../../src/stream/transport/http.ts";
import type { Transport } from "../../src/stream/transport/transport.ts";
import type { Candidate } from "../../src/turn/candidate.ts";
import { createEndpoints } from "../../src/turn/endpoints.ts";
import { streamTurn } from "../../src/turn/terminal.ts";
import { runTurn } from "../../src/turn/turn.ts";
import type { TurnEnvironment } from "../../src/turn/turn-environment.ts";
import { configure } from "../support/run.ts";
import { type Handler, startServer, type TestServer } from "../support/server.ts";

const key = "sk-live-Xk3vQ9bTzLw7Hn2Rd5Yc8Mf4Gp6Js1";
const headerSecret = "Zq8Wn4Vt6Bm2Xc9Ls5Kd";
const written = [
  key,
  key.slice(4, 18),
  key.toUpperCase(),
  encodeURIComponent([...key].map((sign) => `&#${sign.charCodeAt(0)};`).join("")),
  Buffer.from(`user:${key}`).toString("base64"),
  headerSecret,
];

/** Any run of eight of a secret, also as base64. */
function holdsKey(text: string): string | undefined {
  const forms = [key, headerSecret].flatMap((secret) => [
    secret,
    ...["", "x", "xy"].map((before) =>
      Buffer.from(before + secret)
        .toString("base64")
        .slice(4, -4),
    ),
  ]);
  const low = text
    .toLowerCase()
    .replace(/%26%23(\d+)%3b|&#(\d+);/g, (_, one, two) => String.fromCharCode(Number(one ?? two)).toLowerCase());
  for (const form of forms)
    for (let place = 0; place + 8 <= form.length; place++) {
      const run = form.slice(place, place + 8).toLowerCase();
      if (low.includes(run)) return run;
    }
  return undefined;
}

const sse = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;

describe("a key that a server sends back", () => {
  let folder: string;
  let server: TestServer;
  let transport: Transport;
  let ledger: Ledger;
  let log: string[];
  let environment: TurnEnvironment;
  let handler: Handler;

  before(async () => {
    server = await startServer((request, reply) => handler(request, reply));
  });
  after(() => server.close());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "runnel-keys-"));
    log = [];
    const write = (message: string) => void log.push(message);
    const logger: Logger = { trace: write, debug: write, info: write, warn: write, error: write };
    transport = createTransport({ logger });
    ledger = createLedger({ files: createLedgerFolder(join(folder, "usage")), logger });
    const now = () => performance.now();
    environment = {
      transport,
      ledger,
      logger,
      endpoints: createEndpoints(now),
      now,
      wallClock: Date.now,
      random: () => 0,
    };
  });
  afterEach(async () => {
    await transport.close();
    await rm(folder, { recursive: true, force: true });
  });

  const entry = (more: object = {}) => ({
    protocol: "openai-chat",
    baseUrl: `${server.url}/v1`,
    headers: { "x-gateway-token": headerSecret },
    ...more,
  });
  const candidateOf = (more: object = {}): Candidate => ({
    provider: createProvider(configure(entry(more))),
    model: "test-model",
    apiKey: async () => key,
  });

  async function ask(purpose: Purpose = "api") {
    const events: StreamEvent[] = [];
    let seen: unknown;
    const outcome = await runTurn(
      [candidateOf()],
      { messages: [userMessage(`My key is ${key}.`)] },
      { purpose, signal: new AbortController().signal, onEvent: (event) => events.push(event) },
      { ...environment, onOutcome: (ended, question, clean) => (seen = [clean(ended.message), clean(question)]) },
    );
    await ledger.flush();
    return { outcome, events, seen };
  }

  async function onDisk(): Promise<string> {
    const names = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = names.filter((name) => name.isFile());
    return (await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), "utf8")))).join("\n");
  }

  const clean = (...values: unknown[]): void => {
    for (const value of values) {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      assert.equal(holdsKey(text), undefined, text);
    }
  };

  for (const [index, spelled] of written.entries()) {
    it(`is in nothing that is kept of an answer (${index})`, async () => {
      handler = async (_request, reply) => {
        reply.head(200, { "content-type": "text/event-stream", "x-request-id": spelled });
        const choice = (delta: object, more: object = {}) =>
          sse({ id: spelled, model: spelled, choices: [{ index: 0, delta, ...more }] });
        await reply.write(choice({ reasoning_content: `thinking of ${spelled}` }));
        await reply.write(choice({ content: `It is ${spelled}. ` }));
        for (const sign of spelled) await reply.write(choice({ content: sign }));
        const call = {
          index: 0,
          id: spelled,
          type: "function",
          function: { name: spelled, arguments: `{"${spelled}":"` },
        };
        await reply.write(choice({ tool_calls: [call] }));
        for (const part of [spelled.slice(0, 9), spelled.slice(9), '"}'])
          await reply.write(choice({ tool_calls: [{ index: 0, function: { arguments: part } }] }));
        await reply.write(choice({}, { finish_reason: spelled }));
        reply.end(`${sse({ error: { message: spelled, type: spelled, code: spelled } })}data: [DONE]\n\n`);
      };
      const { outcome, events, seen } = await ask();
      assert.equal(outcome.kind, "completed", outcome.error?.message);
      assert.ok(events.some(({ type }) => type === "tool-call-end"));
      clean(outcome, events, seen, log, await onDisk());
    });

    for (const status of [200, 400, 401, 404, 429, 500]) {
      it(`is in nothing that is kept of a refusal with status ${status} (${index})`, async () => {
        const error = {
          message: spelled,
          type: spelled,
          code: spelled,
          param: spelled,
          metadata: { raw: spelled, provider_name: spelled },
        };
        const bodies = [
          JSON.stringify({ error, request_id: spelled, detail: spelled }),
          JSON.stringify({ error: { message: `${"word ".repeat(98)}${spelled}` } }),
          JSON.stringify({ error: { message: JSON.stringify({ error: { message: spelled } }) } }),
          `<title>${"x".repeat(185)} ${spelled}</title>`,
          `${"y ".repeat(990)}${spelled}`,
          spelled,
        ];
        for (const body of bodies) {
          handler = (_request, reply) => {
            reply.head(status, { "request-id": spelled, "x-generation-id": spelled, "retry-after": "0" });
            reply.end(body);
          };
          const { outcome, events, seen } = await ask();
          assert.notEqual(outcome.kind, "completed");
          const { error: ended } = outcome;
          clean(
            outcome,
            events,
            seen,
            log,
            ended?.message,
            ended?.stack,
            ended?.details,
            String(ended?.cause),
            await onDisk(),
          );
        }
      });
    }

    it(`is in no list of models (${index})`, async () => {
      handler = (_request, reply) => {
        reply.head(200, { "content-type": "application/json" });
        reply.end(
          JSON.stringify({
            data: [
              { id: `a-${spelled}`, name: spelled },
              { id: "gpt-4.1", name: "GPT" },
            ],
          }),
        );
      };
      const context = { signal: new AbortController().signal, transport, logger: environment.logger, apiKey: key };
      const models = await candidateOf().provider.listModels(context);
      assert.equal(models.length, 2);
      assert.equal(models[1]?.id, "gpt-4.1");
      clean(models);
    });
  }

  it("is not followed to where it is redirected, and not shown from there", async () => {
    handler = (_request, reply) => {
      reply.head(307, { location: `https://${key.toLowerCase()}.example/?token=${headerSecret}` });
      reply.end();
    };
    const { outcome } = await ask();
    assert.equal(outcome.error?.details.reason, "redirect");
    clean(outcome, log, outcome.error?.message);
  });

  it("goes with no header to another origin", async () => {
    const other = await startServer((_request, reply) => reply.end("{}"));
    for (const status of [301, 302, 303, 307, 308]) {
      handler = (_request, reply) => {
        reply.head(status, { location: `${other.url}/v1/chat/completions` });
        reply.end();
      };
      await ask();
    }
    assert.equal(other.connections, 0);
    await other.close();
  });

  it("is kept in no conversation, though it comes in pieces", async () => {
    handler = async (_request, reply) => {
      for (const sign of `The key is ${key}, says the server.`) {
        await reply.write(sse({ choices: [{ index: 0, delta: { content: sign } }] }));
      }
      reply.end(`${sse({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] })}data: [DONE]\n\n`);
    };
    const store = createConversationStore(join(folder, "conversations"), environment.logger);
    let ids = 0;
    const chat = new Chat({
      store,
      environment,
      listener: { onRecord() {}, onEvent() {}, onTurnStart() {}, onOutcome() {} },
      setup: () => ({ candidates: [candidateOf()], system: "" }),
      newId: () => `id-${ids++}`,
    });
    await chat.ask("Hello");
    await store.flush();
    const answer = chat.conversation.messages.at(-1)?.text ?? "";
    assert.match(answer, /^The key is .*\[key\], says the server\.$/);
    clean(answer, await onDisk());
  });

  it("stays in an edit, which goes into the person's own file, and in nothing else of it", async () => {
    handler = async (_request, reply) => {
      await reply.write(sse({ model: key, choices: [{ index: 0, delta: { content: `KEY = "${key}"` } }] }));
      reply.end(`${sse({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] })}data: [DONE]\n\n`);
    };
    const { outcome, events, seen } = await ask("edit");
    const text = events.map((event) => (event.type === "text-delta" ? event.text : "")).join("");
    assert.equal(text, `KEY = "${key}"`);
    clean(
      events.filter(({ type }) => type !== "text-delta"),
      seen,
      outcome.answeredBy,
      log,
      await onDisk(),
    );
  });

  it("is in no line of the terminal", async () => {
    for (const spelled of written) {
      handler = (_request, reply) => {
        reply.head(400, { "x-request-id": spelled });
        reply.end(JSON.stringify({ error: { message: spelled } }));
      };
      const lines: string[] = [];
      const code = await streamTurn({
        arguments: ["--provider", JSON.stringify({ id: "p", ...entry() }), "--model", "m", "--prompt", "Hello"],
        environment: { RUNNEL_KEY: key },
        print: (line) => lines.push(line),
        signal: new AbortController().signal,
      });
      assert.equal(code, 1);
      clean(lines);
    }
    const wrong = ["--provider", `{"id": "p", "headers": {"x": "${key}"`, "--model", "m", "--prompt", "Hello"];
    await assert.rejects(
      streamTurn({ arguments: wrong, environment: {}, print() {}, signal: new AbortController().signal }),
      (error: Error) => holdsKey(error.message) === undefined,
    );
  });

  it("is in nothing that a proxy says", async () => {
    const password = "Pw5Xr8Tn2Vq7Zk4Lm9";
    const basic = Buffer.from(`user:${password}`).toString("base64");
    for (const said of [basic, password, `${password} realm="x"`, `Basic ${basic}`]) {
      const proxy = await startServer((_request, reply) => {
        reply.head(407, { "proxy-authenticate": said });
        reply.end(said);
      });
      const candidate = candidateOf({
        baseUrl: "http://10.255.255.1/v1",
        headers: {},
        proxy: proxy.url.replace("//", `//user:${password}@`),
      });
      const outcome = await runTurn(
        [
          {
            ...candidate,
            apiKey: async () => undefined,
            provider: createProvider(
              configure(
                entry({
                  needsKey: false,
                  headers: {},
                  baseUrl: "http://10.255.255.1/v1",
                  proxy: proxy.url.replace("//", `//user:${password}@`),
                }),
              ),
            ),
          },
        ],
        { messages: [userMessage("Hello")] },
        { purpose: "api", signal: new AbortController().signal, onEvent() {} },
        environment,
      );
      await proxy.close();
      assert.equal(outcome.error?.kind, "proxy");
      const told = JSON.stringify([outcome, outcome.error?.message, log]);
      assert.ok(!told.includes(password.slice(0, 8)) && !told.includes(basic.slice(8, 18)), told);
    }
  });

  it("in a variable is what goes out, and does not come back", async () => {
    handler = (request, reply) => {
      reply.head(400);
      reply.end(JSON.stringify({ error: { message: `no ${request.headers["x-team-name"]}` } }));
    };
    const config = configure(entry({ headers: { "x-team-name": `pre-\${env:TEAM_SECRET}-post` } }));
    const candidate: Candidate = {
      provider: createProvider(config),
      model: "m",
      apiKey: async () => key,
      headers: async () => resolveHeaders(config, (name) => (name === "TEAM_SECRET" ? headerSecret : undefined)),
    };
    const outcome = await runTurn(
      [candidate],
      { messages: [userMessage("Hello")] },
      { purpose: "api", signal: new AbortController().signal, onEvent() {} },
      environment,
    );
    assert.equal(server.requests.at(-1)?.headers["x-team-name"], `pre-${headerSecret}-post`);
    assert.match(outcome.error?.details.providerMessage ?? "", /^no .*\[key\]/);
    clean(outcome, log);
  });
});
