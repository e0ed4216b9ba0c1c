/** Chat-completions answers for the test server: what an honest server would send, written in one line. */
import type { Handler } from "./server.ts";

export interface ChatStreamOptions {
  /** In wire words: `{prompt_tokens, completion_tokens, …}`. */
  usage?: Record<string, unknown>;
  finish?: string | null;
  model?: string;
  delayMs?: number;
  /** Milliseconds before the first piece. */
  firstDelayMs?: number;
  reasoning?: string[];
  headers?: Record<string, string>;
}

/** One server-sent event. */
export function event(data: unknown, name?: string): string {
  const text = typeof data === "string" ? data : JSON.stringify(data);
  return `${name === undefined ? "" : `event: ${name}\n`}data: ${text}\n\n`;
}

/** One chunk of a chat-completions stream with this delta. */
export function chunk(delta: Record<string, unknown>, extra: Record<string, unknown> = {}): string {
  const { finish_reason = null, ...rest } = extra;
  return event({
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1763600000,
    model: "test-model",
    choices: [{ index: 0, delta, finish_reason }],
    ...rest,
  });
}

export const done = "data: [DONE]\n\n";

/** The pieces of a whole answer, one event each. */
export function chatEvents(texts: readonly string[], options: ChatStreamOptions = {}): string[] {
  const model = options.model ?? "test-model";
  const pieces = [chunk({ role: "assistant", content: "" }, { model })];
  for (const text of options.reasoning ?? []) pieces.push(chunk({ reasoning_content: text }, { model }));
  for (const text of texts) pieces.push(chunk({ content: text }, { model }));
  const finish = options.finish === undefined ? "stop" : options.finish;
  if (finish !== null) pieces.push(chunk({}, { model, finish_reason: finish }));
  if (options.usage) pieces.push(event({ id: "chatcmpl-1", model, choices: [], usage: options.usage }));
  pieces.push(done);
  return pieces;
}

/** A handler that streams these texts to every request. */
export function chatStream(texts: readonly string[], options: ChatStreamOptions = {}): Handler {
  return async (_request, reply) => {
    reply.head(200, { "content-type": "text/event-stream", ...options.headers });
    if (options.firstDelayMs !== undefined) await reply.wait(options.firstDelayMs);
    for (const piece of chatEvents(texts, options)) {
      if (reply.gone) return;
      await reply.write(piece);
      if (options.delayMs !== undefined) await reply.wait(options.delayMs);
    }
    reply.end();
  };
}
