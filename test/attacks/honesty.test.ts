/** Whose fault it is: strange data is its server's, a defect is Runnel's, and the log says where without what was typed. */
import assert from "node:assert/strict";
import { asAssistantError, describeDefect } from "../../src/core/defect.ts";
import { AssistantError } from "../../src/core/errors.ts";
import type { Logger } from "../../src/core/logger.ts";
import { userMessage } from "../../src/core/message.ts";
import { asPageDefect, defectLines, tellDefects } from "../../src/core/page-defect.ts";
import { loggedCommand, watchRejections } from "../../src/editor/own-defects.ts";
import { findReport, hasError } from "../../src/providers/errors/error-report.ts";
import { responseError } from "../../src/providers/errors/errors.ts";
import { long } from "../support/long.ts";
import { baseUrlIn, protocolNames } from "../support/protocols.ts";
import { type Handler, startServer, type TestServer } from "../support/server.ts";
import { Turns } from "../support/turns.ts";

const nested = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);
const prompt = "my private question";

const strange = {
  "arrays 20,000 deep": nested("[", "]", 20_000),
  "objects 10,000 deep": `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`,
  "errors 5,000 deep": `${'{"error":'.repeat(5000)}1${"}".repeat(5000)}`,
  "an object in the place of words": '{"toString":1,"valueOf":2}',
  "a number without end": "1e999",
  "a number below all": "-1e308",
  "a list of nothing": "[null,null,[null]]",
  prototypes: '{"__proto__":{"choices":1},"constructor":null,"hasOwnProperty":1}',
};

/** Where decoders of all protocols look. */
const places = [
  (value: string) => value,
  (value: string) => `{"choices":${value}}`,
  (value: string) => `{"choices":[{"index":${value},"delta":{"content":${value},"tool_calls":${value}}}]}`,
  (value: string) =>
    `{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":${value},"function":{"name":"f","arguments":${value}}}]}}]}`,
  (value: string) => `{"error":${value}}`,
  (value: string) =>
    `{"error":{"message":${value},"code":${value},"status":${value},"details":${value},"metadata":${value}}}`,
  (value: string) => `{"usage":${value},"model":${value},"choices":[{"index":0,"delta":{},"finish_reason":${value}}]}`,
  (value: string) => `{"type":"content_block_start","index":${value},"content_block":${value}}`,
  (value: string) =>
    `{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":${value}}}`,
  (value: string) => `{"type":"response.output_item.added","output_index":0,"item":${value}}`,
  (value: string) => `{"type":"response.completed","response":${value}}`,
  (value: string) => `{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":${value}}}]}}]}`,
  (value: string) =>
    `{"message":{"content":${value},"tool_calls":[{"function":{"name":"f","arguments":${value}}}]},"done":false}`,
  (value: string) => `{"type":"token","value":${value}}`,
];

describe("strange data of a server", () => {
  let server: TestServer;
  let handler: Handler;
  let turns: Turns;
  before(async () => {
    server = await startServer((request, reply) => handler(request, reply));
    turns = new Turns();
  });
  after(async () => {
    await turns.close();
    await server.close();
  });

  for (const protocol of protocolNames.filter((name) => name !== "websocket")) {
    for (const [what, value] of Object.entries(strange)) {
      long.it(`is not called Runnel's fault: ${what}, in the protocol ${protocol}`, async () => {
        for (const place of places) {
          for (const status of [200, 400]) {
            handler = async (_request, reply) => {
              const lines = protocol === "ollama";
              reply.head(status, { "content-type": lines ? "application/x-ndjson" : "text/event-stream" });
              reply.end(status !== 200 || lines ? `${place(value)}\n` : `data: ${place(value)}\n\n`);
            };
            const { outcome } = await turns.run({
              entry: { protocol, baseUrl: baseUrlIn(protocol, server.url) },
              question: { messages: [userMessage(prompt)] },
            });
            assert.notEqual(
              outcome.error?.details.reason,
              "internal",
              `${place(value).slice(0, 100)} ${outcome.error?.message}`,
            );
          }
        }
        assert.ok(!turns.log.join("\n").includes(prompt));
      });
    }
  }

  it("in an error says nothing instead of throwing", () => {
    for (const value of Object.values(strange)) {
      for (const place of places) {
        const body = place(value);
        responseError({ status: 400, headers: {} }, body, { host: "h" });
        let parsed: unknown;
        try {
          parsed = JSON.parse(body);
        } catch {
          continue;
        }
        findReport(parsed);
        hasError(parsed);
      }
    }
  });
});

describe("a defect of Runnel's own", () => {
  const lines: string[] = [];
  const write = (message: string) => void lines.push(message);
  const logger: Logger = { trace: write, debug: write, info: write, warn: write, error: write };
  beforeEach(() => {
    lines.length = 0;
  });

  const broken = (): unknown => {
    try {
      return (undefined as unknown as { length: number }).length;
    } catch (error) {
      return error;
    }
  };

  it("is told by its name and its place", () => {
    const text = describeDefect(broken());
    assert.match(
      text,
      /^TypeError: Cannot read properties of undefined \(reading 'length'\)\n\s+at .*honesty\.test\.ts:\d+/,
    );
  });

  it("is told without what was typed, answered or sent", () => {
    const key = "sk-live-Xk3vQ9bTzLw7Hn2Rd5Yc8";
    const errors = [
      () => JSON.parse(`{"prompt": ${prompt} ${key}`),
      () => JSON.parse(`${prompt}\n    at ${key} (x.ts:1:1)`),
      () => {
        throw new Error(`${prompt} ${key}`, { cause: new SyntaxError(prompt) });
      },
      () => {
        throw new TypeError(`"${prompt}" is not "${key}"`);
      },
      () => {
        throw prompt;
      },
      () => {
        throw Object.assign(new Error(prompt), { code: prompt });
      },
      () => {
        throw Object.assign(new Error(`${prompt}\n    at ${prompt}`), { code: "ENOENT" });
      },
    ];
    for (const fail of errors) {
      let thrown: unknown;
      try {
        fail();
      } catch (error) {
        thrown = error;
      }
      const text = describeDefect(thrown);
      assert.ok(!text.includes("private") && !text.includes(key), text);
      if (thrown instanceof Error) assert.match(text, /honesty\.test\.ts/);
      assert.equal(asAssistantError(thrown).details.reason, "internal");
    }
  });

  it("in a command is in the log, and still reaches who ran it", async () => {
    const run = loggedCommand(logger, "runnel.some", () => {
      throw broken();
    });
    await assert.rejects(run(), TypeError);
    assert.match(lines.join("\n"), /^runnel\.some: TypeError: .*\n\s+at .*honesty/);
    const known = loggedCommand(logger, "runnel.some", async () => {
      throw new AssistantError("network", `It says: ${prompt}`, { host: "h", providerMessage: prompt });
    });
    await assert.rejects(known(), AssistantError);
    assert.equal(lines.at(-1), "runnel.some: network h");
  });

  it("in a promise that nobody waits for is in the log; those of others are not", () => {
    const watch = watchRejections("/extensions/runnel", logger);
    const failure = (file: string): Error =>
      Object.assign(new TypeError("x"), { stack: `TypeError: x\n    at f (${file}:1:1)` });
    const listeners = process.listeners("unhandledRejection");
    const own = listeners.at(-1)!;
    own(failure("/extensions/runnel/dist/extension.js"), Promise.resolve());
    own(failure("/extensions/runnel-other/dist/extension.js"), Promise.resolve());
    own("no error", Promise.resolve());
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /^Unhandled: TypeError: x\n/);
    watch.dispose();
    assert.equal(process.listeners("unhandledRejection").length, listeners.length - 1);
  });

  it("in a page is posted to the host, ten times at most and without its texts", () => {
    const page = new EventTarget();
    const posted: unknown[] = [];
    tellDefects(page as never, (message) => posted.push(message));
    page.dispatchEvent(Object.assign(new Event("error"), { error: broken() }));
    page.dispatchEvent(Object.assign(new Event("unhandledrejection"), { reason: new Error(prompt) }));
    for (let count = 0; count < 50; count++) page.dispatchEvent(Object.assign(new Event("error"), { error: broken() }));
    assert.equal(posted.length, 10);
    const told = posted.map(asPageDefect);
    assert.ok(told.every((message) => message !== undefined));
    assert.match(defectLines("chat", told[0]!), /^A defect in the page “chat”: TypeError: .*\n.*honesty/);
    assert.ok(!JSON.stringify(told).includes("private"));
  });

  it("that a hostile page posts stays short and plain", () => {
    assert.equal(asPageDefect({ type: "defect", stack: 1 }), undefined);
    const message = asPageDefect({ type: "defect", stack: `\u001b[31m\u202e${"x".repeat(100_000)}` })!;
    const text = defectLines("chat", message);
    assert.ok(text.length < 5000);
    assert.doesNotMatch(text.slice(text.indexOf(":")), /[^\n\x20-\x7e]/);
  });
});
