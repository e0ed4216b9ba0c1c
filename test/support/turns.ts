/** Runs turns as the editor does and keeps all that a test may ask about them: outcome, events, log lines, the ledger. */
import { defined } from "../../src/core/defined.ts";
import type { Notice } from "../../src/core/events.ts";
import type { Logger } from "../../src/core/logger.ts";
import { type ChatRequest, userMessage } from "../../src/core/message.ts";
import type { Purpose, TurnOutcome } from "../../src/core/outcome.ts";
import { createLedger } from "../../src/money/ledger.ts";
import { createProvider } from "../../src/providers/create.ts";
import { createTransport } from "../../src/stream/transport/http.ts";
import { createEndpoints } from "../../src/turn/endpoints.ts";
import { runTurn } from "../../src/turn/turn.ts";
import type { TurnEnvironment } from "../../src/turn/turn-environment.ts";
import { configure } from "./run.ts";

export interface Turn {
  outcome: TurnOutcome;
  /** What was shown, piece by piece. */
  text: string;
  notices: Notice[];
}

export interface TurnSettings {
  entry: Record<string, unknown>;
  question?: Omit<ChatRequest, "model">;
  signal?: AbortSignal;
  purpose?: Purpose;
  mostCharacters?: number;
  /** Called as text is shown. */
  onText?(text: string): void;
}

export class Turns {
  readonly log: string[] = [];
  readonly ledger = createLedger();
  readonly #environment: TurnEnvironment;

  constructor() {
    const write = (message: string) => this.log.push(message);
    const logger: Logger = { trace: write, debug: write, info: write, warn: write, error: write };
    const now = () => performance.now();
    this.#environment = {
      transport: createTransport({ logger }),
      ledger: this.ledger,
      logger,
      endpoints: createEndpoints(now),
      now,
      wallClock: Date.now,
      // No pauses between two tries.
      random: () => 0,
    };
  }

  async run({ entry, question, signal, purpose, mostCharacters, onText }: TurnSettings): Promise<Turn> {
    const candidate = {
      provider: createProvider(configure(entry)),
      model: "test-model",
      apiKey: async () => turnKey,
    };
    const notices: Notice[] = [];
    let text = "";
    const outcome = await runTurn(
      [candidate],
      question ?? { messages: [userMessage("Hello")] },
      {
        purpose: purpose ?? "api",
        ...defined({ mostCharacters }),
        signal: signal ?? new AbortController().signal,
        onEvent(event) {
          if (event.type === "notice") notices.push(event);
          if (event.type !== "text-delta") return;
          text += event.text;
          onText?.(text);
        },
      },
      this.#environment,
    );
    return { outcome, text, notices };
  }

  close(): Promise<void> {
    return this.#environment.transport.close();
  }
}

/** The key of all these turns; no error and no log line may hold it. */
export const turnKey = "topsecretkey";
