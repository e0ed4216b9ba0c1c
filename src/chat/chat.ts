/** One open conversation: asks, streams, stops, asks again and continues, and writes down everything as it happens. */

import { trimMessages } from "../context/context.ts";
import { continueInstruction, toChatMessages } from "../context/prompts.ts";
import type { Attachment, Conversation, ConversationMessage, RunningTurn } from "../core/conversation.ts";
import { defined } from "../core/defined.ts";
import type { Notice, StreamEvent } from "../core/events.ts";
import { type Continuation, textOf, thinkingOf } from "../core/message.ts";
import type { Purpose, TurnOutcome } from "../core/outcome.ts";
import { estimateTokens } from "../money/estimate.ts";
import type { Candidate } from "../turn/candidate.ts";
import { createDeltaJoiner } from "../turn/delta-joiner.ts";
import { keepNotice } from "../turn/kept-notices.ts";
import { runTurn } from "../turn/turn.ts";
import type { TurnEnvironment, TurnOptions } from "../turn/turn-environment.ts";
import { applyRecord, type ConversationRecord } from "./conversation-log.ts";
import type { ConversationStore } from "./conversation-store.ts";
import { endedMessage } from "./ended-message.ts";
import { createOverlapTrimmer } from "./overlap.ts";

/** What the settings say at the moment a question is asked. */
export interface ChatSetup {
  /** In order of preference; empty when no model is chosen. */
  candidates: Candidate[];
  system: string;
  temperature?: number;
  maxOutputTokens?: number;
  /** Tokens; of the first candidate. */
  contextWindow?: number;
}

export interface ChatListener {
  /** Everything that changes the conversation, in order; also what is written to the log. */
  onRecord(record: ConversationRecord): void;
  onEvent(event: StreamEvent): void;
  onTurnStart(candidate: Candidate | undefined): void;
  onOutcome(outcome: TurnOutcome): void;
}

export interface ChatOptions {
  store: ConversationStore;
  environment: TurnEnvironment;
  listener: ChatListener;
  /** Read anew for every question, so a changed setting holds from the next one on. */
  setup(): ChatSetup;
  newId(): string;
}

/** Characters of a cut-off answer that are repeated to the model so that it can go on. */
const TAIL = 600;
/** Tokens kept free for an answer when no limit is set. */
const RESERVE = 4096;

export class Chat {
  #conversation: Conversation;
  #written = false;
  #running: { abort: AbortController; done: Promise<void> } | undefined;
  #closing = false;
  readonly #options: ChatOptions;

  /** `isKept`: false for the messages of a log that is not to be written to; they go on in a log of their own. */
  constructor(options: ChatOptions, conversation?: Conversation, isKept = conversation !== undefined) {
    this.#options = options;
    this.#written = isKept;
    this.#conversation = conversation ?? {
      id: options.newId(),
      createdAt: options.environment.wallClock(),
      messages: [],
    };
  }

  get conversation(): Conversation {
    return this.#conversation;
  }

  get streaming(): boolean {
    return this.#running !== undefined;
  }

  /** Asks a question; does nothing while an answer is streaming. Resolves when the answer has ended. */
  async ask(text: string, extra: { attachments?: Attachment[]; purpose?: Purpose } = {}): Promise<void> {
    if (this.streaming || this.#closing) return;
    this.#record({
      v: 1,
      type: "message",
      message: { id: this.#options.newId(), role: "user", text, state: "complete", ...extra },
    });
    await this.#answer();
  }

  /** Takes the answer `id` (and all after it) back and asks for another. */
  async regenerate(id: string): Promise<void> {
    if (this.streaming || this.#message(id)?.role !== "assistant") return;
    this.#takeBack(id);
    await this.#answer();
  }

  /** Takes the question `id` (and all after it) back and asks it with other words. */
  async editAndResend(id: string, text: string): Promise<void> {
    const message = this.#message(id);
    if (this.streaming || message?.role !== "user") return;
    this.#takeBack(id);
    await this.ask(text, {
      ...(message.attachments && { attachments: message.attachments }),
      ...(message.purpose && { purpose: message.purpose }),
    });
  }

  /** Goes on with the cut-off or stopped answer `id`, which must be the last message. */
  async continueAnswer(id: string): Promise<void> {
    const message = this.#message(id);
    if (this.streaming || message?.role !== "assistant" || message !== this.#conversation.messages.at(-1)) return;
    if (message.text.trim() === "") return this.regenerate(id);
    const setup = this.#options.setup();
    const turn = this.#turnOf(setup);
    this.#record({ v: 1, type: "resume", id, ...turn });
    await this.#stream(id, message, setup, turn);
  }

  /** Takes in a question that was asked beside the chat, and the answer to it, at the end of what is there. */
  async adopt(text: string, outcome: TurnOutcome, scripted: boolean): Promise<void> {
    await this.ended();
    const question = { id: this.#options.newId(), role: "user", text, state: "complete" } as const;
    this.#record({ v: 1, type: "message", message: question });
    const id = this.#options.newId();
    const how = { notices: [], scripted, grew: true, closing: false };
    const message = { ...endedMessage(id, outcome, undefined, how), text: textOf(outcome.message) };
    const thinking = thinkingOf(outcome.message);
    this.#record({ v: 1, type: "message", message: thinking === "" ? message : { ...message, thinking } });
  }

  /** Resolves when no answer is running. */
  async ended(): Promise<void> {
    while (this.#running) await this.#running.done;
  }

  /** Resolves when the running answer, if any, has been ended and written down. */
  async stop(): Promise<void> {
    this.#running?.abort.abort();
    await this.#running?.done;
  }

  /** For the end of the window: what streams is booked, and kept as cut off. Nothing is asked any more. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.stop();
  }

  #message(id: string): ConversationMessage | undefined {
    return this.#conversation.messages.find((message) => message.id === id);
  }

  #record(record: ConversationRecord): void {
    const { id, createdAt = this.#options.environment.wallClock(), messages } = this.#conversation;
    if (!this.#written) {
      this.#options.store.append(id, { v: 1, type: "conversation", id, createdAt });
      for (const message of messages) this.#options.store.append(id, { v: 1, type: "message", message });
      this.#written = true;
    }
    this.#conversation = applyRecord(this.#conversation, record);
    this.#options.store.append(id, record);
    this.#options.listener.onRecord(record);
  }

  #takeBack(fromId: string): void {
    const ids = this.#conversation.messages.map(({ id }) => id);
    this.#record({ v: 1, type: "remove", fromId, ids: ids.slice(ids.indexOf(fromId)) });
  }

  async #answer(): Promise<void> {
    const id = this.#options.newId();
    const setup = this.#options.setup();
    const turn = this.#turnOf(setup);
    this.#record({ v: 1, type: "message", message: { id, role: "assistant", text: "", state: "streaming", ...turn } });
    await this.#stream(id, undefined, setup, turn);
  }

  /** Nothing where nobody can be asked. */
  #turnOf({ candidates: [first] }: ChatSetup): { turn?: RunningTurn } {
    if (first === undefined) return {};
    return { turn: { id: this.#options.newId(), target: { provider: first.provider.config.id, model: first.model } } };
  }

  /** Streams into the message `id`; `previous` is its state before, when it is continued. */
  async #stream(
    id: string,
    previous: ConversationMessage | undefined,
    setup: ChatSetup,
    turn: { turn?: RunningTurn },
  ): Promise<void> {
    const abort = new AbortController();
    const done = this.#run(id, previous, setup, { ...turn, signal: abort.signal }).finally(() => {
      this.#running = undefined;
    });
    this.#running = { abort, done };
    await done;
  }

  async #run(
    id: string,
    previous: ConversationMessage | undefined,
    setup: ChatSetup,
    { turn, signal }: { turn?: RunningTurn; signal: AbortSignal },
  ): Promise<void> {
    const { listener, environment } = this.#options;
    const candidate = setup.candidates[0];
    listener.onTurnStart(candidate);
    const index = this.#conversation.messages.findIndex((message) => message.id === id);
    const before = this.#conversation.messages.slice(0, index);
    const purpose = before.findLast((message) => message.role === "user")?.purpose ?? "chat";
    const { messages, left } = trimMessages(toChatMessages(before), {
      reserve: (setup.maxOutputTokens ?? RESERVE) + estimateTokens(previous?.text ?? ""),
      systemTokens: estimateTokens(setup.system),
      ...defined({ contextWindow: setup.contextWindow }),
    });

    const notices: Notice[] = previous?.notices?.slice() ?? [];
    let means: string | undefined;
    if (left > 0) {
      const notice: Notice = { type: "notice", code: "trimmed", count: left };
      keepNotice(notices, notice);
      listener.onEvent(notice);
    }
    const trimmer = previous && createOverlapTrimmer(previous.text);
    // Only a model that was asked to go on begins with what it wrote before; any other repeat is meant.
    const mayRepeat = (): boolean => means === undefined || means === "turn";
    const joiner = createDeltaJoiner((delta) => this.#record({ v: 1, type: "delta", id, ...delta }));
    const outcome = await runTurn(
      setup.candidates,
      {
        messages,
        system: setup.system,
        ...(previous === undefined ? {} : { continues: continuationOf(previous.text) }),
        ...defined({ temperature: setup.temperature, maxOutputTokens: setup.maxOutputTokens }),
      },
      {
        purpose,
        signal,
        ...(turn === undefined ? {} : { entryId: turn.id }),
        ...(previous === undefined ? {} : resumeOf(previous)),
        onEvent(event) {
          if (event.type === "notice" && event.code === "continued") means = event.detail;
          if (event.type === "text-delta")
            joiner.push({ text: trimmer && mayRepeat() ? trimmer.push(event.text) : event.text });
          else if (event.type === "thinking-delta") joiner.push({ thinking: event.text });
          else if (event.type === "notice") keepNotice(notices, event);
          listener.onEvent(event);
        },
      },
      environment,
    );
    if (trimmer) joiner.push({ text: trimmer.finish() });
    joiner.flush();
    this.#record({
      v: 1,
      type: "end",
      id,
      message: endedMessage(id, outcome, previous, {
        notices,
        scripted: answeredByScript(setup, outcome),
        closing: this.#closing,
        grew: this.#message(id)?.text !== previous?.text,
      }),
    });
    listener.onOutcome(outcome);
  }
}

function continuationOf(text: string): Continuation {
  return { text, instruction: continueInstruction(text.slice(-TAIL)) };
}

function resumeOf({ resume, measures }: ConversationMessage): Pick<TurnOptions, "resume"> {
  if (!resume || !measures) return {};
  const { target, usage, cost } = measures;
  const spent = { ...defined({ usage, cost }) };
  return { resume: { target, point: resume, spent } };
}

function answeredByScript({ candidates }: ChatSetup, { target }: TurnOutcome): boolean {
  return candidates.find(({ provider }) => provider.config.id === target.provider)?.provider.config.scripted ?? false;
}
