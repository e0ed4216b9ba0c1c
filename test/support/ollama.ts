/** Answers of an Ollama for tests: what an honest one would send, written in one line. */
import type { Handler } from "./server.ts";

/** One line of an `/api/chat` stream with these fields of its message. */
export function line(message: Record<string, unknown>, rest: Record<string, unknown> = {}): string {
  const created_at = `2026-11-01T10:00:00.${++lines}Z`;
  const value = { model: "qwen3:8b", created_at, message: { role: "assistant", content: "", ...message }, done: false };
  return `${JSON.stringify({ ...value, ...rest })}\n`;
}

/** The time in each line is another. */
let lines = 100_000_000;

/** The line that ends a stream. */
export function lastLine(rest: Record<string, unknown> = {}): string {
  return line({}, { done: true, done_reason: "stop", total_duration: 5_000_000, ...rest });
}

/** A handler that lists these models and streams these texts to every question. */
export function ollama(models: readonly string[], texts: readonly string[]): Handler {
  return async (request, reply) => {
    if (request.path === "/api/tags") {
      reply.head(200, { "content-type": "application/json; charset=utf-8" });
      reply.end(JSON.stringify({ models: models.map((name) => ({ name, model: name, size: 5_225_388_164 })) }));
      return;
    }
    if (request.path !== "/api/chat") {
      reply.head(404, { "content-type": "text/plain" });
      reply.end("404 page not found");
      return;
    }
    reply.head(200, { "content-type": "application/x-ndjson" });
    for (const content of texts) await reply.write(line({ content }));
    reply.end(lastLine({ prompt_eval_count: 3, eval_count: texts.length }));
  };
}
