/** Runs one answer of a provider to its end and gathers everything a test may ask about it. */
import { defined } from "../../src/core/defined.ts";
import { AssistantError } from "../../src/core/errors.ts";
import type { StreamEvent } from "../../src/core/events.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { type ChatRequest, userMessage } from "../../src/core/message.ts";
import type { TokenUsage } from "../../src/core/usage.ts";
import { parseProviderConfig } from "../../src/models/config.ts";
import { problemText } from "../../src/models/problem-texts.ts";
import { createProvider } from "../../src/providers/create.ts";
import type { Provider, ProviderConfig } from "../../src/providers/provider/provider.ts";
import { createTransport } from "../../src/stream/transport/http.ts";
import type { Transport } from "../../src/stream/transport/transport.ts";

export interface Answer {
  events: StreamEvent[];
  text: string;
  thinking: string;
  tools: { id: string; name: string; arguments: string; complete: boolean }[];
  usage: TokenUsage | undefined;
  cost: { amount: number; currency: string } | undefined;
  end: Extract<StreamEvent, { type: "end" }> | undefined;
  notices: Extract<StreamEvent, { type: "notice" }>[];
  error: AssistantError | undefined;
}

/** Reads events to the end. An `AssistantError` is part of the answer; anything else is thrown on. */
export async function gather(stream: AsyncIterable<readonly StreamEvent[]>): Promise<Answer> {
  const events: StreamEvent[] = [];
  let error: AssistantError | undefined;
  try {
    for await (const batch of stream) events.push(...batch);
  } catch (thrown) {
    if (!(thrown instanceof AssistantError)) throw thrown;
    error = thrown;
  }
  return summarize(events, error);
}

export function summarize(events: StreamEvent[], error?: AssistantError): Answer {
  const answer: Answer = {
    events,
    text: "",
    thinking: "",
    tools: [],
    usage: undefined,
    cost: undefined,
    end: undefined,
    notices: [],
    error,
  };
  for (const event of events) {
    if (event.type === "text-delta") answer.text += event.text;
    else if (event.type === "thinking-delta") answer.thinking += event.text;
    else if (event.type === "tool-call-end") {
      const { id, name, arguments: source, complete } = event;
      answer.tools.push({ id, name, arguments: source, complete });
    } else if (event.type === "usage") {
      answer.usage = { ...answer.usage, ...event.usage };
      if (event.cost) answer.cost = event.cost;
    } else if (event.type === "end") answer.end = event;
    else if (event.type === "notice") answer.notices.push(event);
  }
  return answer;
}

/** A configuration as settings would give it; throws on problems. */
export function configure(entry: Record<string, unknown>): ProviderConfig {
  const result = parseProviderConfig({ id: "test", protocol: "openai-chat", ...entry });
  if (!result.ok) throw new Error(result.problems.map(problemText).join(" "));
  return result.config;
}

/** Asks providers over a transport of its own, which the test closes when it ends. */
export class Asker {
  readonly transport: Transport = createTransport({ logger: silentLogger });

  provider(baseUrl: string, entry: Record<string, unknown> = {}): Provider {
    return createProvider(configure({ baseUrl, ...entry }));
  }

  stream(provider: Provider, options: Partial<ChatRequest> & { signal?: AbortSignal; apiKey?: string } = {}) {
    const { signal = new AbortController().signal, apiKey, ...request } = options;
    return provider.stream(
      { model: "test-model", messages: [userMessage("Hello")], ...request },
      { signal, transport: this.transport, logger: silentLogger, ...defined({ apiKey }) },
    );
  }

  /** One whole answer from the server at `url`. */
  ask(
    url: string,
    options: Partial<ChatRequest> & { signal?: AbortSignal; apiKey?: string; entry?: Record<string, unknown> } = {},
  ): Promise<Answer> {
    const { entry, ...rest } = options;
    return gather(this.stream(this.provider(`${url}/v1`, entry), rest));
  }

  close(): Promise<void> {
    return this.transport.close();
  }
}
