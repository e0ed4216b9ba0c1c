/** Answers in the background: broken off and read on, and cancelled when the person stops them, over real sockets. */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { freshServer } from "../../support/fresh.ts";
import { long } from "../../support/long.ts";
import { completed, created, itemAdded, textDelta } from "../../support/responses.ts";
import { gather } from "../../support/run.ts";
import type { Handler } from "../../support/server.ts";
import { countTicks } from "../../support/ticks.ts";

const entry = { protocol: "openai-responses", background: true };
const background = created({ background: true }, { sequence_number: 0 });
const events = [
  background,
  itemAdded(0, { type: "message" }, { sequence_number: 1 }),
  ...["a", "b", "c", "d"].map((text, at) => textDelta(0, text, { sequence_number: at + 2 })),
  completed({ background: true, usage: { input_tokens: 3, output_tokens: 4 } }, { sequence_number: 6 }),
];

describe("an answer in the background", () => {
  const fresh = freshServer();

  for (const [how, breakOff] of Object.entries({
    reset: (reply: Parameters<Handler>[1]) => reply.reset(),
    closed: (reply: Parameters<Handler>[1]) => reply.finish(),
    ended: (reply: Parameters<Handler>[1]) => reply.end(),
    silent: (reply: Parameters<Handler>[1]) => reply.stall(),
  })) {
    it(`whose connection is ${how} is read on where it broke off`, async () => {
      fresh.handler = async (_request, reply) => {
        for (const event of events.slice(0, 4)) await reply.write(event);
        await reply.wait(20);
        await breakOff(reply);
      };
      const options = { entry: { ...entry, timeouts: { idle: 0.3 } }, apiKey: "topsecret" };
      const first = await fresh.asker.ask(fresh.server.url, options);
      assert.equal(first.text, "ab");
      assert.ok(["network", "incomplete", "idle-timeout"].includes(first.error?.kind ?? ""));
      const last = first.events.at(-1);
      assert.deepEqual(last, { type: "resume-point", point: { id: "resp_1", after: 3 } });
      assert.equal(fresh.server.requests[0]?.json.background, true);
      assert.equal(fresh.server.requests[0]?.json.store, true);

      fresh.handler = (_request, reply) => reply.end(events.slice(4).join(""));
      const resume = { id: "resp_1", after: 3 };
      const rest = await fresh.asker.ask(fresh.server.url, {
        ...options,
        continues: { text: "ab", instruction: "Go on.", resume },
      });
      const { method, path, body, headers } = fresh.server.requests[1]!;
      assert.equal(`${method} ${path}`, "GET /v1/responses/resp_1?stream=true&starting_after=3");
      assert.equal(body, "");
      assert.equal(headers.authorization, "Bearer topsecret");
      assert.equal(rest.text, "cd");
      assert.equal(rest.end?.finishReason, "stop");
      assert.deepEqual(rest.usage, { inputTokens: 3, outputTokens: 4 });
    });
  }

  for (const status of [404, 400]) {
    it(`that the server does not have any more (${status}) is asked for anew`, async () => {
      fresh.handler = (request, reply) => {
        if (request.method === "POST") return reply.end(events.join(""));
        reply.head(status);
        reply.end(JSON.stringify({ error: { message: "Response with id 'resp/1' is gone.", code: null } }));
      };
      const resume = { id: "resp/1", after: 3 };
      const answer = await fresh.asker.ask(fresh.server.url, {
        entry,
        continues: { text: "", instruction: "", resume },
      });
      assert.equal(answer.text, "abcd");
      assert.deepEqual(
        fresh.server.requests.map(({ method, path }) => `${method} ${path}`),
        ["GET /v1/responses/resp%2F1?stream=true&starting_after=3", "POST /v1/responses"],
      );
    });
  }

  const stopped = async (first: string, entry: Record<string, unknown>, resume?: { id: string; after: number }) => {
    fresh.handler = async (request, reply) => {
      if (request.path.endsWith("/cancel")) return reply.stall();
      await reply.write(first);
      await reply.stall();
    };
    const stopper = new AbortController();
    const continues = resume && { continues: { text: "ab", instruction: "Go on.", resume } };
    const provider = fresh.asker.provider(`${fresh.server.url}/v1`, entry);
    const stream = gather(fresh.asker.stream(provider, { signal: stopper.signal, apiKey: "topsecret", ...continues }));
    while (fresh.server.requests.length === 0) await delay(5);
    await delay(30);
    const ticks = countTicks();
    stopper.abort();
    await assert.rejects(stream, (error) => error === stopper.signal.reason);
    // Nobody waits for the server's word.
    assert.ok(ticks() < 200);
    await delay(100);
    return fresh.server.requests.slice(1);
  };

  long.it("is cancelled at the server when the person stops it", async () => {
    const [request, ...others] = await stopped(events.slice(0, 3).join(""), entry);
    assert.equal(`${request?.method} ${request?.path}`, "POST /v1/responses/resp_1/cancel");
    assert.equal(request?.headers.authorization, "Bearer topsecret");
    assert.deepEqual(others, []);
    await request!.over;
    assert.equal(request!.abandoned, true);
  });

  it("is cancelled too when it is being read on", async () => {
    const [request] = await stopped(events[3]!, entry, { id: "resp_9", after: 2 });
    assert.equal(request?.path, "/v1/responses/resp_9/cancel");
  });

  it("is not cancelled when the server did not take it so, or when it is over", async () => {
    const foreground = created({ background: false }, { sequence_number: 0 });
    assert.deepEqual(await stopped(foreground, entry), []);
    fresh.handler = (_request, reply) => reply.end(events.join(""));
    const stopper = new AbortController();
    const provider = fresh.asker.provider(`${fresh.server.url}/v1`, entry);
    const answer = await gather(fresh.asker.stream(provider, { signal: stopper.signal }));
    assert.equal(answer.text, "abcd");
    const before = fresh.server.requests.length;
    stopper.abort();
    await delay(50);
    assert.equal(fresh.server.requests.length, before);
  });
});
