/** The border that all of a server's words cross: no key goes past it, whatever a protocol makes of them. */
import { defined } from "../../core/defined.ts";
import { AssistantError } from "../../core/errors.ts";
import type { StreamEvent } from "../../core/events.ts";
import type { Logger } from "../../core/logger.ts";
import { hasKeys, type Redactor } from "../../core/redactor.ts";
import type { Provider, StreamContext } from "./provider.ts";
import { redactorFor } from "./secrets.ts";

/** The same provider, whose events, errors and lists hold no key of their request. */
export function withoutKeys(provider: Provider): Provider {
  const { config } = provider;
  const guarded = async <Value>(
    context: StreamContext,
    ask: (inner: StreamContext) => Promise<Value>,
  ): Promise<Value> => {
    const redactor = context.redactor ?? redactorFor(config, context);
    try {
      return redactor.value(await ask(innerContext(context, redactor)));
    } catch (error) {
      throw safeError(error, redactor);
    }
  };
  return {
    config,
    stream(request, context) {
      const redactor = context.redactor ?? redactorFor(config, context);
      const events = provider.stream(request, innerContext(context, redactor));
      if (!hasKeys(redactor)) return events;
      const clean = createCleaner(redactor, context.keepsText ?? false);
      return {
        [Symbol.asyncIterator]() {
          const iterator = events[Symbol.asyncIterator]();
          const pass = (result: IteratorResult<readonly StreamEvent[]>): IteratorResult<readonly StreamEvent[]> =>
            result.done ? result : { done: false, value: clean(result.value) };
          const fail = (error: unknown): never => {
            throw safeError(error, redactor);
          };
          return {
            next: () => iterator.next().then(pass, fail),
            return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
          };
        },
      };
    },
    listModels: (context) => guarded(context, (inner) => provider.listModels(inner)),
    ...(provider.health && { health: (context) => guarded(context, async (inner) => provider.health?.(inner)) }),
  };
}

/** Cleans the arrays of one answer in their order: a key may be spread over several of its pieces. */
function createCleaner(
  redactor: Redactor,
  keepsText: boolean,
): (events: readonly StreamEvent[]) => readonly StreamEvent[] {
  const text = redactor.pieces();
  const thinking = redactor.pieces();
  const calls = new Map<string, (piece: string) => string>();
  const clean = (event: StreamEvent): StreamEvent => {
    switch (event.type) {
      case "text-delta": {
        if (keepsText) return event;
        const safe = text(event.text);
        return safe === event.text ? event : { ...event, text: safe };
      }
      case "thinking-delta": {
        const safe = thinking(event.text);
        const signature = event.signature === undefined ? undefined : redactor.text(event.signature);
        if (safe === event.text && signature === event.signature) return event;
        return { ...event, text: safe, ...defined({ signature }) };
      }
      case "tool-call-delta": {
        const pieces = calls.get(event.id) ?? redactor.pieces();
        calls.set(event.id, pieces);
        return { ...event, id: redactor.text(event.id), arguments: pieces(event.arguments) };
      }
      default:
        return redactor.value(event);
    }
  };
  return (events) => {
    let safe: StreamEvent[] | undefined;
    for (let index = 0; index < events.length; index++) {
      const event = events[index]!;
      const next = clean(event);
      if (next === event) continue;
      safe ??= events.slice();
      safe[index] = next;
    }
    return safe ?? events;
  };
}

/** What a protocol logs may name what a server said. */
function innerContext(context: StreamContext, redactor: Redactor): StreamContext {
  const { logger } = context;
  const safe = (level: keyof Logger) => (message: string) => logger[level](redactor.text(message));
  const levels = {
    trace: safe("trace"),
    debug: safe("debug"),
    info: safe("info"),
    warn: safe("warn"),
    error: safe("error"),
  };
  return { ...context, redactor, logger: levels };
}

function safeError(error: unknown, redactor: Redactor): unknown {
  return error instanceof AssistantError ? redactor.error(error) : error;
}
