/** What happens over HTTP when the WebSocket fails, how often it is tried, and where the key goes and does not go. */
import assert from "node:assert/strict";
import type { Logger } from "../../../src/core/logger.ts";
import { userMessage } from "../../../src/core/message.ts";
import { parseProviderConfig } from "../../../src/models/config.ts";
import { problemText } from "../../../src/models/problem-texts.ts";
import type { Provider } from "../../../src/providers/provider/provider.ts";
import { chatStream } from "../../support/chat.ts";
import { freshGateway } from "../../support/fresh.ts";
import { type Gateway, piece, send, withStatus } from "../../support/gateway.ts";
import { type Answer, gather } from "../../support/run.ts";

const key = "top/secret+key=1";
const fresh = freshGateway();
let lines: string[];

beforeEach(() => {
  fresh.gateway.overHttp = chatStream(["over ", "HTTP"]);
  lines = [];
});

const write = (line: string) => void lines.push(line);
const logger: Logger = { trace: write, debug: write, info: write, warn: write, error: write };

function create(entry: Record<string, unknown> = {}): Provider {
  return fresh.asker.provider(fresh.gateway.url, { protocol: "websocket", ...entry });
}

function ask(provider: Provider): Promise<Answer> {
  const signal = new AbortController().signal;
  const request = { model: "test-model", messages: [userMessage("Hello")] };
  return gather(provider.stream(request, { signal, transport: fresh.asker.transport, logger, apiKey: key }));
}

describe("a WebSocket that fails before anything is shown", () => {
  const failures: Record<string, () => void> = {
    "a handshake refused with 503": () => {
      fresh.gateway.refuse = withStatus(503);
    },
    // As by a proxy that does not pass the change of protocol on.
    "a handshake refused with 400": () => {
      fresh.gateway.refuse = withStatus(400, "Bad Request");
    },
    "a handshake answered with a web page": () => {
      fresh.gateway.refuse = withStatus(200, "<!doctype html><title>Log in</title>");
    },
    "a handshake answered with an error of the server": () => {
      fresh.gateway.refuse = withStatus(200, '{"error":{"message":"Upstream failed","code":500}}');
    },
    "a handshake answered with what is neither": () => {
      fresh.gateway.refuse = withStatus(200, '{"status":"ok"}');
    },
    "an address that is none": () => {
      fresh.gateway.refuse = withStatus(404, '{"error":{"message":"Not found"}}');
    },
    "a lost connection": () => {
      fresh.gateway.answer = (socket) => socket.terminate();
    },
    "a close with 1013": () => {
      fresh.gateway.answer = (socket) => socket.close(1013);
    },
    "an error of the server": () => {
      fresh.gateway.answer = (socket) => send(socket, '{"error":{"message":"Upstream failed","code":500}}');
    },
  };
  for (const [failure, arrange] of Object.entries(failures)) {
    it(`by ${failure} is asked the same over HTTP, with a notice`, async () => {
      arrange();
      const { text, error, notices } = await ask(create());
      assert.equal(error, undefined);
      assert.equal(text, "over HTTP");
      assert.equal(notices.length, 1);
      assert.equal(notices[0]?.code, "fell-back");
      assert.deepEqual(notices[0]?.target, { provider: "test", model: "test-model" });
      assert.ok(notices[0]?.error);
      const [request] = fresh.gateway.http.requests;
      assert.equal(request?.path, "/v1/chat/completions");
      assert.equal(request?.headers.authorization, `Bearer ${key}`);
      assert.equal(request?.json.messages?.[0]?.content, "Hello");
    });
  }

  for (const [failure, status, body] of [
    ["a wrong key", 401, ""],
    ["no credit", 402, ""],
    ["a forbidden account", 403, ""],
    ["an unknown model", 404, '{"error":{"message":"The model x does not exist"}}'],
    ["a wrong key that is called a bad request", 400, '{"error":{"code":"invalid_api_key"}}'],
    ["a rate limit", 429, ""],
  ] as const) {
    it(`by ${failure} is reported and not asked again`, async () => {
      fresh.gateway.refuse = withStatus(status, body);
      assert.equal((await ask(create())).error?.details.status, status);
      assert.equal(fresh.gateway.http.requests.length, 0);
    });
  }

  for (const [where, arrange] of Object.entries<(message: string) => void>({
    "in its handshake": (message) => {
      fresh.gateway.refuse = withStatus(200, message);
    },
    "in a message": (message) => {
      fresh.gateway.answer = (socket) => send(socket, message);
    },
  })) {
    it(`by an error about the question or the account ${where} is reported and not asked again`, async () => {
      for (const [said, kind] of [
        ['{"error":{"message":"Wrong key","code":401}}', "unauthorized"],
        ['{"error":{"message":"Slow down","code":429}}', "rate-limited"],
        ['{"error":{"message":"No such parameter","code":400}}', "bad-request"],
      ] as const) {
        arrange(said);
        const { error } = await ask(create());
        assert.equal(error?.kind, kind);
        assert.equal(error.details.providerMessage, JSON.parse(said).error.message);
        assert.equal(fresh.gateway.http.requests.length, 0);
      }
    });
  }

  it("by silence is not asked again, because it may be at work and charge for it", async () => {
    fresh.gateway.answer = () => {};
    const silent = await ask(create({ timeouts: { firstToken: 0.2 } }));
    assert.equal(silent.error?.kind, "first-token-timeout");
    fresh.gateway.answer = (socket) => send(socket, piece(""));
    const idle = await ask(create({ timeouts: { idle: 0.2 } }));
    assert.equal(idle.error?.kind, "idle-timeout");
    assert.deepEqual([silent.notices, idle.notices, fresh.gateway.http.requests.length], [[], [], 0]);
  });

  it("tells what HTTP says when that fails too", async () => {
    fresh.gateway.refuse = withStatus(503);
    fresh.gateway.overHttp = (_request, reply) => {
      reply.head(401);
      reply.end();
    };
    assert.equal((await ask(create())).error?.kind, "unauthorized");
  });

  it("tells its own error where there is nothing over HTTP", async () => {
    fresh.gateway.answer = (socket) => socket.close(1011, "upstream fell over");
    fresh.gateway.overHttp = (_request, reply) => {
      reply.head(404);
      reply.end();
    };
    const { error } = await ask(create());
    assert.equal(error?.kind, "incomplete");
    assert.equal(error?.details.providerMessage, "upstream fell over");
  });
});

describe("a WebSocket that fails after something was shown", () => {
  it("is not asked over HTTP", async () => {
    fresh.gateway.answer = async (socket) => {
      await send(socket, piece("half"));
      socket.terminate();
    };
    const { text, error } = await ask(create());
    assert.equal(text, "half");
    assert.equal(error?.kind, "incomplete");
    assert.equal(fresh.gateway.http.requests.length, 0);
  });
});

describe("a WebSocket that keeps failing", () => {
  it("is left out after three answers over HTTP in a row", async () => {
    fresh.gateway.answer = (socket) => socket.close(1011);
    const provider = create();
    for (let turn = 0; turn < 3; turn++) await ask(provider);
    assert.equal(fresh.gateway.sockets.length, 3);
    const { text, notices } = await ask(provider);
    assert.equal(text, "over HTTP");
    assert.deepEqual(notices, []);
    assert.equal(fresh.gateway.sockets.length, 3);
    assert.equal(fresh.gateway.http.requests.length, 4);
    await ask(create());
    assert.equal(fresh.gateway.sockets.length, 4);
  });

  it("is tried on when it works in between, and when HTTP fails as well", async () => {
    const provider = create();
    let works = false;
    fresh.gateway.answer = (socket) => (works ? send(socket, piece("Hi", "stop", { done: true })) : socket.close(1011));
    for (let turn = 1; turn <= 6; turn++) {
      works = turn % 3 === 0;
      await ask(provider);
    }
    assert.equal(fresh.gateway.sockets.length, 6);
    works = false;
    fresh.gateway.overHttp = (_request, reply) => reply.reset();
    for (let turn = 0; turn < 4; turn++) assert.ok((await ask(provider)).error);
    assert.equal(fresh.gateway.sockets.length, 10);
  });
});

describe("the models of a gateway", () => {
  it("are listed over HTTP", async () => {
    fresh.gateway.overHttp = (_request, reply) => reply.end('{"data":[{"id":"a"}]}');
    const context = { signal: new AbortController().signal, transport: fresh.asker.transport, logger, apiKey: key };
    assert.deepEqual(await create().listModels(context), [{ id: "a" }]);
    assert.equal(fresh.gateway.http.requests[0]?.path, "/v1/models");
  });
});

describe("the key of a WebSocket", () => {
  const places = {
    header: (each: Gateway["sockets"][number]) => assert.equal(each.headers.authorization, `Bearer ${key}`),
    query: (each: Gateway["sockets"][number]) => {
      assert.equal(new URL(each.path, "ws://host").searchParams.get("pass"), key);
      assert.equal(each.headers.authorization, undefined);
    },
    frame: (each: Gateway["sockets"][number]) => {
      assert.deepEqual(JSON.parse(each.messages[0] ?? ""), { type: "auth", token: key });
      assert.equal(each.headers.authorization, undefined);
      assert.equal(each.messages.length, 2);
    },
  };
  for (const [auth, check] of Object.entries(places)) {
    it(`goes into the ${auth}, and into no error, notice or line of the log`, async () => {
      const provider = create({ websocket: { auth, queryName: "pass" }, headers: { "x-team": "blue" } });
      const answers: Answer[] = [];
      const echo = `No entry for ${key} at ${fresh.gateway.url}?pass=${encodeURIComponent(key)}`;
      for (const fault of [
        withStatus(401, echo),
        withStatus(503, echo),
        withStatus(307, "", { location: `${fresh.gateway.url}?pass=${encodeURIComponent(key)}` }),
        (socket: { destroy(): void }) => socket.destroy(),
      ]) {
        fresh.gateway.refuse = fault;
        answers.push(await ask(provider));
      }
      fresh.gateway.refuse = undefined;
      const again = create({ websocket: { auth, queryName: "pass" } });
      fresh.gateway.answer = (socket, received) => {
        check(received);
        socket.close(1011, echo.slice(0, 60));
      };
      answers.push(await ask(again));
      fresh.gateway.answer = (socket) => send(socket, JSON.stringify({ error: { message: echo } }));
      answers.push(await ask(again));
      const all = JSON.stringify([
        lines,
        answers.map(({ events, error }) => [
          events,
          error?.message,
          error?.details,
          String(error?.cause),
          error?.stack,
        ]),
      ]);
      assert.ok(answers.some(({ error }) => error) && lines.length > 0);
      assert.ok(!all.includes(key) && !all.includes(encodeURIComponent(key)), all);
    });
  }

  it("is not sent where others could read it", async () => {
    const { error } = await ask(fresh.asker.provider("ws://gpu-box:1/v1/stream", { protocol: "websocket" }));
    assert.equal(error?.details.reason, "insecure-origin");
    assert.match(error?.message ?? "", /ws:\/\/.*wss:\/\//);
  });
});

describe("an entry with a WebSocket", () => {
  const parse = (entry: Record<string, unknown>) =>
    parseProviderConfig({ id: "g", protocol: "websocket", baseUrl: "wss://g.example/v1/stream", ...entry });

  it("knows by itself where HTTP is at the same host", () => {
    const table: Record<string, string> = {
      "wss://g.example/v1/stream": "https://g.example/v1",
      "wss://g.example/v1/ws/": "https://g.example/v1",
      "wss://g.example:8443": "https://g.example:8443",
      "wss://g.example/v1/chat/completions": "https://g.example/v1/chat",
      "ws://127.0.0.1:9/stream": "http://127.0.0.1:9",
    };
    for (const [baseUrl, expected] of Object.entries(table)) {
      const result = parse({ baseUrl });
      assert.ok(result.ok);
      assert.equal(result.config.websocket?.fallbackBaseUrl, expected);
    }
    const preset = parseProviderConfig({ preset: "holysheep-ws" });
    assert.ok(preset.ok);
    assert.equal(preset.config.websocket?.fallbackBaseUrl, "https://api.holysheep.ai/v1");
    assert.equal(preset.config.needsKey, true);
  });

  it("may name another path there", () => {
    const result = parse({ websocket: { fallbackBaseUrl: "https://g.example:443/openai/v1/" } });
    assert.ok(result.ok);
    assert.deepEqual(result.config.websocket, {
      auth: "header",
      queryName: "token",
      end: "auto",
      fallbackBaseUrl: "https://g.example/openai/v1",
    });
  });

  const refused: [entry: Record<string, unknown>, problem: RegExp][] = [
    [{ websocket: { fallbackBaseUrl: "https://other.example/v1" } }, /must be on g\.example/],
    [{ websocket: { fallbackBaseUrl: "https://g.example:8443/v1" } }, /must be on g\.example/],
    [{ baseUrl: "wss://127.0.0.1:9", websocket: { fallbackBaseUrl: "http://127.0.0.1:9" } }, /https:/],
    [{ websocket: { auth: "cookie" } }, /header, query, frame/],
    [{ websocket: { end: "never" } }, /auto, done, finish-reason, close/],
    [{ websocket: { auth: "query", queryName: "a&b" } }, /queryName/],
    [{ websocket: "fast" }, /must be an object/],
    [{ baseUrl: "ws://g.example/v1/stream" }, /wss:\/\//],
    [{ baseUrl: "https://g.example/v1" }, /must begin with wss:/],
    [{ protocol: "openai-chat" }, /must begin with https:/],
  ];
  for (const [entry, problem] of refused) {
    it(`is refused with ${JSON.stringify(entry)}`, () => {
      const result = parse(entry);
      assert.ok(!result.ok);
      assert.match(result.problems.map(problemText).join("\n"), problem);
    });
  }
});
