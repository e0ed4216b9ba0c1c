/** When an answer is over, in every protocol: what proves its end, what disproves it, and that nothing is no answer. */
import assert from "node:assert/strict";
import { chunk, done, event } from "../support/chat.ts";
import { decodeBody, decoders } from "../support/decode.ts";
import { long } from "../support/long.ts";
import { content } from "../support/messages.ts";
import { lastLine, line } from "../support/ollama.ts";
import { protocolNames, protocols } from "../support/protocols.ts";
import { created, completed as responseCompleted, summaryDelta } from "../support/responses.ts";
import { Asker } from "../support/run.ts";
import { startServer } from "../support/server.ts";
import { Turns } from "../support/turns.ts";

const stop = { finish_reason: "stop" };
const failure = event({ error: { message: "upstream fell over", code: 502 } });

describe("a whole answer with nothing in it", () => {
  for (const protocol of protocolNames) {
    const row = protocols[protocol];
    const empty = row.events({ texts: [], usage: { input: 3, output: 4 } });

    it(`is a failure in the protocol ${protocol}, with what it used`, () => {
      const answer = decodeBody(empty.join(""), protocol);
      assert.equal(answer.end, undefined);
      assert.equal(answer.error?.kind, "incomplete");
      assert.equal(answer.error.details.reason, "empty-response");
      assert.equal(answer.error.retryable, true);
      assert.equal(answer.usage?.outputTokens, 4);
    });

    it(`is a failure in the protocol ${protocol} when all that came was thinking, which is kept`, () => {
      const at = empty.length > 1 ? 1 : 0;
      const body = [...empty.slice(0, at), row.thinks("Hm"), ...empty.slice(at)].join("");
      const answer = decodeBody(body, protocol);
      assert.equal(answer.thinking, "Hm");
      assert.equal(answer.error?.details.reason, "empty-response");
    });
  }

  it("is one when all that came was white space", () => {
    const answer = decodeBody(chunk({ content: "\n\n" }) + chunk({}, stop) + done);
    assert.equal(answer.error?.details.reason, "empty-response");
  });

  it("is not asked for again when the limit of tokens is the reason", () => {
    for (const answer of [
      decodeBody(chunk({ reasoning_content: "Hm" }) + chunk({}, { finish_reason: "length" }) + done),
      decodeBody(content([{ text: "Hm", thought: true }]) + content([], { finishReason: "MAX_TOKENS" }), "gemini"),
    ]) {
      assert.equal(answer.error?.details.reason, "empty-response");
      assert.equal(answer.error.details.atLimit, true);
      assert.equal(answer.error.retryable, false);
    }
  });

  it("is an answer when the provider's filter ended it", () => {
    for (const answer of [
      decodeBody(chunk({}, { finish_reason: "content_filter" }) + done),
      decodeBody(chunk({}, { ...stop }).replace("}]", ',"native_finish_reason":"SAFETY"}]') + done),
      decodeBody(content([], { finishReason: "SAFETY" }), "gemini"),
      decodeBody(event({ promptFeedback: { blockReason: "OTHER" } }), "gemini"),
    ]) {
      assert.equal(answer.error, undefined);
      assert.equal(answer.end?.finishReason, "content-filter");
    }
  });

  it("is one call's answer when there is a call", () => {
    const tool_calls = [{ index: 0, id: "a", function: { name: "f", arguments: "{}" } }];
    assert.equal(decodeBody(chunk({ tool_calls }) + chunk({}, stop) + done).end?.finishReason, "tool-calls");
    assert.equal(decodeBody(chunk({ tool_calls: [{}] }) + chunk({}, stop) + done).error?.kind, "incomplete");
  });

  it("may be the rest of an answer that goes on", () => {
    const decoder = decoders["openai-chat"]({ host: "h", makeId: () => "", isRest: true });
    decoder.decode([{ data: chunk({}, stop).slice(6).trim() }, { data: "[DONE]" }], []);
    assert.equal(decoder.done, true);
  });

  it("is asked for again, and its tokens are booked", async () => {
    const turns = new Turns();
    let asked = 0;
    const server = await startServer((_request, reply) => {
      asked++;
      const usage = { usage: { prompt_tokens: 3, completion_tokens: 2 } };
      reply.end(chunk(asked > 2 ? { content: "Hi" } : {}, { ...stop, ...usage }) + done);
    });
    const { outcome } = await turns.run({ entry: { baseUrl: `${server.url}/v1` } });
    assert.equal(outcome.kind, "completed");
    assert.deepEqual(
      outcome.attempts.map(({ usage, error }) => [usage?.outputTokens, error?.kind]),
      [
        [2, "incomplete"],
        [2, "incomplete"],
        [undefined, undefined],
      ],
    );
    assert.equal(turns.ledger.spending().month.turns, 1);
    await turns.close();
    await server.close();
  });

  it("keeps the reported tokens where thinking was shown, and is not asked for again then", async () => {
    const turns = new Turns();
    const server = await startServer((_request, reply) => {
      const usage = { usage: { prompt_tokens: 3, completion_tokens: 50 } };
      reply.end(chunk({ reasoning_content: "Hm" }) + chunk({}, { ...stop, ...usage }) + done);
    });
    const { outcome } = await turns.run({ entry: { baseUrl: `${server.url}/v1` } });
    assert.equal(outcome.kind, "incomplete");
    assert.equal(outcome.error?.details.reason, "empty-response");
    assert.deepEqual(outcome.usage, { inputTokens: 3, outputTokens: 50 });
    assert.deepEqual(outcome.message.parts, [{ type: "thinking", text: "Hm" }]);
    assert.equal(server.requests.length, 1);
    await turns.close();
    await server.close();
  });
});

describe("a finish reason", () => {
  it("in every chunk ends the answer at its end mark or with its body", () => {
    const pieces = ["A", "B", "C"].map((text) => chunk({ content: text }, stop)).join("");
    assert.equal(decodeBody(pieces + done).text, "ABC");
    assert.equal(decodeBody(pieces).end?.finishReason, "stop");
  });

  it("in every chunk proves nothing when an error follows", () => {
    for (const count of [1, 3]) {
      const answer = decodeBody(chunk({ content: "A" }, stop).repeat(count) + failure + done);
      assert.equal(answer.error?.details.providerMessage, "upstream fell over");
      assert.equal(answer.end, undefined);
      assert.equal(answer.text, "A".repeat(count));
    }
  });

  it("by itself makes an error behind it late, unless more of the answer came between", () => {
    const late = decodeBody(chunk({ content: "A" }) + chunk({}, stop) + failure);
    assert.equal(late.end?.finishReason, "stop");
    assert.equal(late.notices[0]?.code, "late-error");
    const text = chunk({ content: "B" });
    const call = chunk({ tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: "{}" } }] });
    for (const more of [text, call, chunk({ reasoning_content: "B" })]) {
      const answer = decodeBody(chunk({ content: "A" }) + chunk({}, stop) + more + failure);
      assert.equal(answer.error?.kind, "overloaded", more);
      assert.ok(answer.tools.every(({ complete }) => !complete));
    }
  });

  it("before anything of the answer is none of an error's business", () => {
    assert.equal(decodeBody(chunk({}, stop) + failure).error?.kind, "overloaded");
  });

  it("that more of the answer follows is not the end of a body without an end mark", () => {
    for (const [body, protocol] of [
      [chunk({ content: "A" }) + chunk({}, stop) + chunk({ content: "B" }), "openai-chat"],
      [content([{ text: "A" }], { finishReason: "STOP" }) + content([{ text: "B" }]), "gemini"],
    ] as const) {
      const answer = decodeBody(body, protocol);
      assert.equal(answer.text, "AB");
      assert.equal(answer.error?.details.reason, "connection-lost");
    }
  });

  it("that is written out as none is none", () => {
    for (const reason of ["", "null", "None", null]) {
      assert.equal(decodeBody(chunk({ content: "A" }, { finish_reason: reason })).error?.kind, "incomplete");
    }
  });

  it("of the server behind a gateway counts where it tells of a fault or a limit", () => {
    const ended = (native_finish_reason: string) =>
      decodeBody(chunk({ content: "A" }) + event({ choices: [{ delta: {}, ...stop, native_finish_reason }] }) + done);
    assert.equal(ended("network_error").error?.kind, "reported");
    assert.equal(ended("MAX_TOKENS").end?.finishReason, "length");
    assert.equal(ended("STOP").end?.finishReason, "stop");
    assert.equal(decodeBody(chunk({ content: "A" }, { finish_reason: "model_length" })).end?.finishReason, "length");
  });
});

describe("an error in a successful response", () => {
  const shapes: Record<string, [body: unknown, kind: string]> = {
    "of MiniMax": [
      { choices: null, base_resp: { status_code: 1008, status_msg: "insufficient balance" } },
      "no-credit",
    ],
    "with a code and words": [{ code: 401, msg: "invalid api key", success: false }, "unauthorized"],
    "with a code as text, beside empty choices": [{ code: "503", message: "busy", choices: [] }, "overloaded"],
    "that says only that it is no success": [{ success: false, message: "it failed" }, "reported"],
  };
  for (const [name, [body, kind]] of Object.entries(shapes)) {
    for (const protocol of protocolNames.filter((each) => each !== "websocket")) {
      it(`${name} is one in the protocol ${protocol}`, () => {
        const framed = protocol === "ollama" ? `${JSON.stringify(body)}\n` : event(body);
        const answer = decodeBody(framed, protocol);
        assert.equal(answer.error?.kind, kind);
        assert.equal(answer.end, undefined);
      });
    }
  }

  it("is none where the code says success, or stands beside an answer", () => {
    for (const extra of [
      { code: 0, msg: "ok" },
      { code: 200, message: "success" },
      { base_resp: { status_code: 0 } },
    ]) {
      assert.equal(
        decodeBody(chunk({ content: "A" }, extra) + chunk({}, { ...stop, ...extra }) + done).error,
        undefined,
      );
    }
    assert.equal(decodeBody(chunk({ content: "A" }, { code: 7, msg: "hint" }) + done).error, undefined);
  });

  it("is found in the choice that it ended", () => {
    const error = { message: "Error processing stream", code: 502 };
    const body = chunk({ content: "Hel" }) + event({ choices: [{ delta: {}, finish_reason: "error", error }] }) + done;
    const answer = decodeBody(body);
    assert.equal(answer.error?.kind, "overloaded");
    assert.equal(answer.error.details.status, 502);
    assert.equal(answer.error.details.providerMessage, "Error processing stream");
    assert.equal(answer.text, "Hel");
  });
});

describe("the time that a server has to end its stream", () => {
  const ask = async (
    write: (reply: { write(text: string): Promise<void>; wait(ms: number): Promise<void> }) => Promise<void>,
  ) => {
    const asker = new Asker();
    const server = await startServer(async (_request, reply) => {
      await write(reply);
      await reply.stall();
    });
    const answer = await asker.ask(server.url, { entry: { timeouts: { idle: 6 } } });
    await asker.close();
    await server.close();
    return answer;
  };

  long.it("begins anew with each piece, also with those that are alike", async () => {
    const answer = await ask(async (reply) => {
      await reply.write(chunk({ content: "A" }) + chunk({ content: "B" }) + chunk({}, stop));
      for (const text of ["C", "D", "E"]) {
        await reply.wait(900);
        await reply.write(chunk({ content: text }));
      }
      await reply.wait(2300);
      await reply.write(chunk({ content: "F" }) + chunk({}, stop));
    });
    assert.equal(answer.text, "ABCDEF");
    assert.equal(answer.end?.finishReason, "stop");
  });

  long.it("does not begin before the answer does", async () => {
    const answer = await ask(async (reply) => {
      await reply.write(chunk({ reasoning_content: "Hm" }, stop));
      await reply.wait(2300);
      await reply.write(chunk({ content: "Answer" }, stop) + done);
    });
    assert.equal(answer.text, "Answer");
    assert.equal(answer.thinking, "Hm");
  });
});

describe("text that only the last event has", () => {
  it("is shown once", () => {
    const whole = { choices: [{ message: { content: "Hello" }, ...stop }] };
    assert.equal(decodeBody(event(whole) + done).text, "Hello");
    const pieces = chunk({ content: "Hel" }) + chunk({ content: "lo" });
    assert.equal(decodeBody(pieces + event(whole) + done).text, "Hello");
    assert.equal(decodeBody(chunk({ content: "Hel" }) + event(whole) + done).text, "Hello");
    assert.equal(decodeBody(line({}) + line({ content: "Hello" }, { done: true }), "ollama").text, "Hello");
    const done5 = `${event({ type: "ttft" })}${event({ type: "done", value: "Hello" })}`;
    assert.equal(decodeBody(done5, "chat-stream").text, "Hello");
    assert.equal(decodeBody(created() + responseCompleted({ output_text: "Hello" }), "openai-responses").text, "Hello");
  });

  it("is no repetition of pieces that are the same by intent", () => {
    assert.equal(decodeBody(chunk({ content: "ha" }).repeat(4) + chunk({}, stop) + done).text, "hahahaha");
    assert.equal(decodeBody(line({ content: "ha" }).repeat(2) + lastLine(), "ollama").text, "haha");
    const thought = created() + summaryDelta(0, "ha") + summaryDelta(0, "ha");
    assert.equal(decodeBody(thought, "openai-responses").thinking, "haha");
  });
});
