/** What servers refuse of a request and take of the next one: repaired before anything is shown, and remembered. */
import assert from "node:assert/strict";
import { type ChatMessage, type ChatRequest, userMessage } from "../../src/core/message.ts";
import type { DecodedProtocol } from "../support/decode.ts";
import { freshGateway, freshServer } from "../support/fresh.ts";
import { piece, send } from "../support/gateway.ts";
import { answerEvents } from "../support/protocols.ts";
import { gather } from "../support/run.ts";
import type { Handler } from "../support/server.ts";

const fresh = freshServer();

interface Refusal {
  protocol: DecodedProtocol;
  said: string;
  /** Whether a body, as it was sent, is refused. */
  offends: RegExp | ((body: string) => boolean);
  repaired: string;
  status?: number;
  request?: Partial<ChatRequest>;
  entry?: Record<string, unknown>;
}

const long = `call_${"x".repeat(60)}`;
const called = (id: string, more: ChatMessage["parts"] = []): ChatMessage[] => [
  userMessage("a"),
  { role: "assistant", parts: [...more, { type: "tool-call", id, name: "f", arguments: "{}", complete: true }] },
  { role: "tool", parts: [{ type: "tool-result", id, name: "f", text: "r" }] },
];
const signed = (signature: string): ChatMessage[] =>
  called("c1").map((message) => ({
    ...message,
    parts: message.parts.map((part) => (part.type === "tool-call" ? { ...part, signature } : part)),
  }));
const tools = [{ name: "f", parameters: { type: "object" } }];
const either = [{ name: "f", parameters: { anyOf: [{ properties: { a: { type: "string" } } }, { required: ["b"] }] } }];
const chat = "openai-chat";

const refusals: Refusal[] = [
  // Ids of calls.
  {
    protocol: chat,
    said: "Invalid 'messages[1].tool_calls[0].id': string too long. Expected a string with maximum length 40, but got a string with length 65 instead.",
    offends: /"(tool_call_)?id":"[^"]{41,}"/,
    repaired: "call_ids<=40",
    request: { messages: called(long) },
  },
  {
    protocol: chat,
    said: "Tool call id was call_1 but must be a-z, A-Z, 0-9, with a length of 9.",
    offends: /"(tool_call_)?id":"(?![a-zA-Z0-9]{9}")/,
    repaired: "call_ids=nine",
    request: { messages: called("call_1") },
  },
  {
    protocol: chat,
    said: "Duplicate tool_call_id in messages",
    offends: /("id":"c1".*){2}/,
    repaired: "call_ids=unique",
    request: { messages: [...called("c1"), ...called("c1")] },
  },
  {
    protocol: "openai-responses",
    said: "Invalid 'input[1].call_id': string too long. Expected a string with maximum length 64, but got a string with length 65 instead.",
    offends: /"call_id":"[^"]{65,}"/,
    repaired: "call_ids<=64",
    request: { messages: called(long) },
  },
  {
    protocol: "anthropic",
    said: "Value at 'messages.2.content.1.toolUse.toolUseId' failed to satisfy constraint: Member must have length less than or equal to 64",
    offends: /"id":"[^"]{65,}"/,
    repaired: "call_ids<=64",
    request: { messages: called(long) },
  },
  {
    protocol: "gemini",
    said: "Invalid JSON payload received. Unknown name \"id\" at 'contents[1].parts[0].function_call': Cannot find field.",
    offends: /"id":"c1"/,
    repaired: "no_call_ids",
    request: { messages: called("c1") },
  },
  // The system's role.
  {
    protocol: chat,
    said: "Developer instruction is not enabled for models/gemma-3-27b-it",
    offends: /"role":"system"/,
    repaired: "system",
    request: { system: "s" },
  },
  {
    protocol: chat,
    said: "Jinja Exception: System role not supported",
    status: 500,
    offends: /"role":"system"/,
    repaired: "system",
    request: { system: "s" },
  },
  {
    protocol: chat,
    said: "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
    offends: /"role":"system"/,
    repaired: "system",
    request: { system: "s" },
  },
  {
    protocol: chat,
    said: "Conversation roles must alternate user/assistant/user/assistant/...",
    offends: /"role":"system"/,
    repaired: "system",
    request: { system: "s" },
  },
  {
    protocol: chat,
    said: "messages.0.role: Input should be 'user' or 'assistant'",
    status: 422,
    offends: /"role":"system"/,
    repaired: "system",
    request: { system: "s" },
  },
  {
    protocol: chat,
    said: "该模型不支持 system 角色",
    offends: /"role":"system"/,
    repaired: "system",
    request: { system: "s" },
  },
  {
    protocol: "openai-responses",
    said: "Unknown parameter: 'instructions'.",
    offends: /"instructions":/,
    repaired: "instructions",
    request: { system: "s" },
  },
  {
    protocol: "anthropic",
    said: "System prompts are not supported by this model",
    offends: /"system":/,
    repaired: "system",
    request: { system: "s" },
  },
  {
    protocol: "gemini",
    said: "Developer instruction is not enabled for models/gemma-3",
    offends: /"systemInstruction":/,
    repaired: "systemInstruction",
    request: { system: "s" },
  },
  {
    protocol: "ollama",
    said: "template: System role not supported",
    offends: /"role":"system"/,
    repaired: "system",
    request: { system: "s" },
  },
  // The temperature.
  ...(
    [
      [chat, "invalid temperature: only 1 is allowed for this model"],
      [chat, "temperature must be 1 for this model"],
      ["openai-responses", "invalid temperature: only 0.6 is allowed for this model"],
      ["anthropic", "`temperature` may only be set to 1 when thinking is enabled"],
      ["gemini", "temperature is fixed for this model"],
    ] as const
  ).map(
    ([protocol, said]): Refusal => ({
      protocol,
      said,
      offends: /"temperature":/,
      repaired: "temperature",
      request: { temperature: 0.2 },
    }),
  ),
  // Tools.
  {
    protocol: chat,
    said: 'No endpoints found that support tool use. Try disabling "f".',
    status: 404,
    offends: /"tools":/,
    repaired: "tools",
    request: { tools },
  },
  {
    protocol: chat,
    said: '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
    offends: /"tools":/,
    repaired: "tools",
    request: { tools },
  },
  {
    protocol: chat,
    said: "litellm.UnsupportedParamsError: x does not support parameters: ['tools', 'tool_choice'], for model=m",
    offends: /"tools":/,
    repaired: "tools",
    request: { tools },
  },
  ...(["openai-responses", "anthropic", "gemini", "ollama"] as const).map(
    (protocol): Refusal => ({
      protocol,
      said: "this model does not support tools",
      offends: /"tools":/,
      repaired: "tools",
      request: { tools },
    }),
  ),
  ...([chat, "openai-responses"] as const).map(
    (protocol): Refusal => ({
      protocol,
      said: "Invalid schema for function 'f': schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf' at the top level.",
      offends: /"parameters":\{[^}]*"anyOf"/,
      repaired: "flat_schema",
      request: { tools: either },
    }),
  ),
  // Thinking and its proofs.
  {
    protocol: chat,
    said: "Function call is missing a thought_signature in functionCall parts.",
    offends: (body) => !body.includes("thought_signature"),
    repaired: "placeholder_signature",
    request: { messages: called("c1") },
  },
  {
    protocol: "anthropic",
    said: "The `content[].thinking` in the thinking mode must be passed back to the API.",
    offends: (body) => !body.includes('"type":"thinking","thinking":"because"'),
    repaired: "unsigned_thinking",
    request: { messages: called("c1", [{ type: "thinking", text: "because" }]) },
  },
  {
    protocol: "anthropic",
    said: "The `content[].thinking` in the thinking mode must be passed back to the API.",
    offends: (body) => !body.includes('"type":"thinking","thinking":""'),
    repaired: "unsigned_thinking",
    request: { messages: called("c1"), model: "deepseek-v4-pro" },
  },
  {
    protocol: chat,
    said: "Thought signature is not valid.",
    offends: /"thought_signature":"THEIRS"/,
    repaired: "no_signatures",
    request: { messages: signed("THEIRS"), model: "google/gemini-3-pro" },
  },
  {
    protocol: "gemini",
    said: "Corrupted thought signature.",
    offends: /"thoughtSignature":"THEIRS"/,
    repaired: "no_signatures",
    request: { messages: signed("THEIRS") },
  },
  {
    protocol: chat,
    said: "thinking is enabled but reasoning_content is missing in assistant tool call message at index 1",
    offends: (body) => !body.includes('"reasoning_content":""'),
    repaired: "reasoning_content",
    request: { messages: [...called("c1"), ...called("c2", [{ type: "thinking", text: "t" }])], model: "kimi-k3" },
  },
  ...[
    "Item with id 'rs_theirs' not found. Items are not persisted when `store` is set to false.",
    "Invalid 'input[1].id': 'theirs'. Expected an ID that begins with 'rs'.",
  ].map(
    (said): Refusal => ({
      protocol: "openai-responses",
      said,
      offends: /"type":"reasoning"/,
      repaired: "encrypted_reasoning",
      request: {
        messages: called("c1", [
          {
            type: "thinking",
            text: "t",
            signature: `openai-responses:${JSON.stringify([
              { type: "reasoning", id: "theirs", encrypted: "gAAA" },
              { type: "call", id: "c1" },
            ])}`,
          },
        ]),
      },
    }),
  ),
  // Schemas of tools.
  {
    protocol: chat,
    said: "Invalid JSON payload received. Unknown name \"additionalProperties\" at 'tools[0].function_declarations[0].parameters': Cannot find field.",
    offends: /additionalProperties/,
    repaired: "simple_schema",
    request: { tools: [{ name: "f", parameters: { ...tools[0]!.parameters, additionalProperties: false } }] },
  },
  {
    protocol: "gemini",
    said: "Proto field is not repeating, cannot start list.",
    offends: /"type":\[/,
    repaired: "parameters",
    request: { tools: [{ name: "f", parameters: { properties: { a: { type: ["string", "null"] } } } }] },
  },
  // What a person says after results.
  {
    protocol: chat,
    said: "Unexpected role 'user' after role 'tool'",
    offends: /"role":"tool"[^}]*\},\{"role":"user"/,
    repaired: "answer_after_tool",
    request: { messages: [...called("c1"), userMessage("b")] },
  },
  // Levels of thinking.
  {
    protocol: chat,
    said: "Unsupported value: 'reasoning_effort' does not support 'minimal' with this model. Supported values are: 'low', 'medium', and 'high'.",
    offends: /"reasoning_effort":"minimal"/,
    repaired: "effort=low",
    request: { effort: "minimal" },
  },
  {
    protocol: chat,
    said: "Unrecognized request argument supplied: reasoning_effort",
    offends: /reasoning_effort/,
    repaired: "no_effort",
    request: { effort: "high" },
  },
  {
    protocol: chat,
    said: "Function tools with reasoning_effort are not supported for this model in /v1/chat/completions. Set reasoning_effort to 'none'.",
    offends: (body) => body.includes('"tools"') && !body.includes('"reasoning_effort":"none"'),
    repaired: "no_effort_with_tools",
    request: { tools },
  },
  {
    protocol: "openai-responses",
    said: "Unsupported value: 'none' is not supported with this model. Supported values are: 'low', 'medium', 'high' and 'xhigh'. (reasoning.effort)",
    offends: /"effort":"none"/,
    repaired: "effort=low",
    request: { effort: "off", model: "gpt-6.2-sol" },
  },
  {
    protocol: "anthropic",
    said: "thinking.type: `disabled` is not accepted by this model",
    offends: /"disabled"/,
    repaired: "effort=low",
    request: { effort: "off", model: "claude-opus-5-5" },
  },
  {
    protocol: "anthropic",
    said: "adaptive thinking is not supported on this model",
    offends: /"adaptive"/,
    repaired: "no_effort",
    request: { effort: "high", model: "claude-haiku-5-5" },
  },
  {
    protocol: "gemini",
    said: "Thinking level MINIMAL is not supported for this model",
    offends: /"MINIMAL"/,
    repaired: "effort=low",
    request: { effort: "lowest", model: "gemini-4-neon" },
  },
  {
    protocol: "ollama",
    said: '"gemma3" does not support thinking',
    offends: /"think":/,
    repaired: "no_effort",
    request: { effort: "low" },
  },
];

/** Refuses what offends, else answers. */
const refusing =
  ({ protocol, said, offends, status = 400 }: Pick<Refusal, "protocol" | "said" | "offends" | "status">): Handler =>
  (received, reply) => {
    const refused = offends instanceof RegExp ? offends.test(received.body) : offends(received.body);
    if (!refused) return reply.end(answerEvents(protocol, ["Hi"]).join(""));
    reply.head(status, { "content-type": "application/json" });
    reply.end(JSON.stringify({ error: { type: "invalid_request_error", message: said, code: status } }));
  };

describe("what is refused", () => {
  for (const refusal of refusals) {
    const { protocol, said, repaired, request = {}, entry = {}, status = 400 } = refusal;
    it(`over ${protocol} as “${said}” (${status}) is repaired by ${repaired}`, async () => {
      fresh.handler = refusing(refusal);
      const provider = fresh.asker.provider(fresh.server.url, { ...entry, protocol, needsKey: false });
      const first = await gather(fresh.asker.stream(provider, request));
      assert.equal(first.error?.message, undefined);
      assert.equal(first.text, "Hi");
      assert.deepEqual(first.notices, [{ type: "notice", code: "repaired", detail: repaired }]);
      assert.equal(fresh.server.requests.length, 2);
      const second = await gather(fresh.asker.stream(provider, request));
      assert.deepEqual([second.text, second.notices], ["Hi", []]);
      assert.equal(fresh.server.requests.length, 3);
    });
  }

  it("of one level of thinking says nothing about the others", async () => {
    fresh.handler = refusing({
      protocol: chat,
      said: "'reasoning_effort' does not support 'minimal'. Supported values are: 'low', 'medium', and 'high'.",
      offends: /"reasoning_effort":"minimal"/,
    });
    const provider = fresh.asker.provider(fresh.server.url, { needsKey: false });
    const sent: unknown[] = [];
    for (const effort of ["minimal", "high", "minimal"] as const) {
      const answer = await gather(fresh.asker.stream(provider, { effort }));
      assert.equal(answer.text, "Hi");
      sent.push(JSON.parse(fresh.server.requests.at(-1)!.body).reasoning_effort);
    }
    assert.deepEqual(sent, ["low", "high", "low"]);
    assert.equal(fresh.server.requests.length, 4);
  });

  it("leaves what the system says in front of what the person says first", async () => {
    for (const protocol of [chat, "openai-responses", "anthropic", "gemini", "ollama"] as const) {
      fresh.handler = refusing({
        protocol,
        said: "Developer instruction is not enabled, nor are instructions",
        offends: /"role":"system"|"instructions":|"system":|"systemInstruction":/,
      });
      const provider = fresh.asker.provider(fresh.server.url, { protocol, needsKey: false });
      const answer = await gather(fresh.asker.stream(provider, { system: "Be brief" }));
      assert.equal(answer.text, "Hi", protocol);
      assert.match(fresh.server.requests.at(-1)!.body, /"role":"user".*Be brief.*Hello/, protocol);
    }
  });

  it("is told when nothing helps, after so many different attempts at most", async () => {
    let count = 0;
    fresh.handler = (_received, reply) => {
      reply.head(400, { "content-type": "application/json" });
      const message = `tool_call_id: string too long, maximum length ${60 - count++}`;
      reply.end(JSON.stringify({ error: { message } }));
    };
    const answer = await fresh.asker.ask(fresh.server.url, { messages: called(long) });
    assert.equal(answer.error?.kind, "bad-request");
    assert.equal(fresh.server.requests.length, 9);
  });

  it("is not looked for in what an empty account is told", async () => {
    fresh.handler = refusing({
      protocol: chat,
      said: "Insufficient balance: temperature is not supported on free accounts",
      offends: () => true,
    });
    const answer = await fresh.asker.ask(fresh.server.url, { temperature: 0.2 });
    assert.equal(answer.error?.kind, "no-credit");
    assert.equal(fresh.server.requests.length, 1);
  });
});

/** An error as each protocol writes it into its stream. */
const inside: Partial<Record<DecodedProtocol, (error: object) => string>> = {
  "openai-chat": (error) => `data: ${JSON.stringify({ error })}\n\ndata: [DONE]\n\n`,
  "openai-responses": (error) => `event: error\ndata: ${JSON.stringify({ type: "error", error })}\n\n`,
  anthropic: (error) => `event: error\ndata: ${JSON.stringify({ type: "error", error })}\n\n`,
  gemini: (error) => `data: ${JSON.stringify({ error })}\n\n`,
  ollama: (error) => `${JSON.stringify({ error })}\n`,
};
const tooWarm = {
  message: "invalid temperature: only 1 is allowed for this model",
  type: "invalid_request_error",
  code: 400,
};

describe("what is refused inside a stream that began well", () => {
  for (const [protocol, write] of Object.entries(inside)) {
    const ask = (temperature = 0.2) => {
      const provider = fresh.asker.provider(fresh.server.url, { protocol, needsKey: false });
      return gather(fresh.asker.stream(provider, { temperature }));
    };
    const answering =
      (text: string[], after = ""): Handler =>
      (received, reply) => {
        const events = answerEvents(protocol as DecodedProtocol, text);
        const body = received.body.includes('"temperature":') ? after + write(tooWarm) : events.join("");
        reply.end(body);
      };

    it(`over ${protocol} is repaired while nothing is shown`, async () => {
      fresh.handler = answering(["Hi"]);
      const answer = await ask();
      assert.equal(answer.text, "Hi");
      assert.deepEqual(answer.notices, [{ type: "notice", code: "repaired", detail: "temperature" }]);
      assert.equal(fresh.server.requests.length, 2);
    });

    it(`over ${protocol} stays an error once something is shown`, async () => {
      const [begin = ""] = answerEvents(protocol as DecodedProtocol, ["Ho", "hum"])
        .join("")
        .split("hum");
      // Up to the event that the cut went through.
      const ends = ["\n\n", "\r\n\r\n", "}\n"].map(
        (end) => begin.lastIndexOf(end) + end.length * Math.sign(begin.lastIndexOf(end) + 1),
      );
      const shown = begin.slice(0, Math.max(...ends));
      fresh.handler = answering(["Hi"], shown);
      const answer = await ask();
      assert.match(answer.text, /^Ho/);
      assert.notEqual(answer.error, undefined);
      assert.equal(fresh.server.requests.length, 1);
    });
  }
});

describe("what was left out in vain", () => {
  const gateways = freshGateway();
  const broken = { message: "temperature is not supported", type: "invalid_request_error", code: 400 };
  const fatal = { message: "Insufficient Balance", type: "billing", code: 402 };

  it("is asked for again the next time, over HTTP and over a WebSocket", async () => {
    fresh.handler = (received, reply) =>
      reply.end(inside["openai-chat"]!(received.body.includes('"temperature":') ? broken : fatal));
    const provider = fresh.asker.provider(fresh.server.url, { protocol: chat, needsKey: false });
    gateways.gateway.answer = (socket, { messages }) =>
      send(socket, JSON.stringify({ error: messages.at(-1)!.includes('"temperature":') ? broken : fatal }));
    const overSocket = gateways.asker.provider(gateways.gateway.url, { protocol: "websocket" });
    for (const ask of [
      () => gather(fresh.asker.stream(provider, { temperature: 0.2 })),
      () => gather(gateways.asker.stream(overSocket, { temperature: 0.2 })),
    ]) {
      const [first, second] = [await ask(), await ask()];
      for (const answer of [first, second]) {
        assert.match(answer.error?.message ?? "", /Insufficient Balance/);
        assert.deepEqual(answer.notices, []);
      }
    }
    const asked = fresh.server.requests.map(({ body }) => body.includes('"temperature":'));
    assert.deepEqual(asked, [true, false, true, false]);
    assert.equal(gateways.gateway.sockets.length, 4);
  });
});

describe("what is refused over a WebSocket", () => {
  const gateways = freshGateway();

  it("is repaired while nothing is shown, and remembered", async () => {
    gateways.gateway.answer = (socket, { messages }) =>
      messages.at(-1)!.includes('"temperature":')
        ? send(socket, JSON.stringify({ error: tooWarm }))
        : send(socket, piece("Hi", "stop", { done: true }));
    const provider = gateways.asker.provider(gateways.gateway.url, { protocol: "websocket" });
    const ask = () => gather(gateways.asker.stream(provider, { temperature: 0.2 }));
    const first = await ask();
    assert.equal(first.text, "Hi");
    assert.deepEqual(first.notices, [{ type: "notice", code: "repaired", detail: "temperature" }]);
    const second = await ask();
    assert.deepEqual([second.text, second.notices], ["Hi", []]);
    assert.equal(gateways.gateway.sockets.length, 3);
    assert.equal(gateways.gateway.http.requests.length, 0);
  });
});
