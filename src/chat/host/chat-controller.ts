/** Ties the open conversation to its view, the status bar and the person's clicks. */

import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import { systemPrompt } from "../../context/prompts.ts";
import type { Attachment, Conversation, ConversationMessage } from "../../core/conversation.ts";
import { defined } from "../../core/defined.ts";
import { isLasting, isOutput, isWait, type Notice, type StreamEvent } from "../../core/events.ts";
import type { Purpose, TurnOutcome } from "../../core/outcome.ts";
import { createQueue } from "../../core/queue.ts";
import { logError } from "../../editor/own-defects.ts";
import { LocalServers } from "../../models/host/local-servers.ts";
import type { Models } from "../../models/host/models.ts";
import type { Running } from "../../turn/host/running.ts";
import type { StatusBar, TurnMeter } from "../../turn/host/status-bar.ts";
import type { TurnEnvironment } from "../../turn/turn-environment.ts";
import { Chat, type ChatSetup } from "../chat.ts";
import type { ConversationRecord } from "../conversation-log.ts";
import type { ConversationStore } from "../conversation-store.ts";
import type { Preconnect } from "../preconnect.ts";
import type { ViewMessage, ViewState } from "../protocol.ts";
import { type ApplyCode, onChatMessage } from "./chat-actions.ts";
import { type Progress, viewEnd, viewMessage, viewProgress } from "./chat-messages.ts";
import { ChatView } from "./chat-view.ts";
import { PendingContext } from "./pending-context.ts";
import { keepNote, type RestoredNote, restoreChat, withNote } from "./restored-chat.ts";

/** Which conversation was open, per workspace. */
const OPEN_CONVERSATION = "openConversation";

export interface ChatServices {
  context: vscode.ExtensionContext;
  environment: TurnEnvironment;
  applyCode: ApplyCode;
  models: Models;
  running: Running;
  preconnect: Preconnect;
  statusBar: StatusBar;
  store: ConversationStore;
}

export class ChatController implements vscode.Disposable {
  readonly view: ChatView;
  readonly #services: ChatServices;
  readonly #subscription: vscode.Disposable;
  #chat: Chat;
  #note: RestoredNote | undefined;
  readonly #restored: Promise<void>;
  readonly #localServers: LocalServers;
  /** What happened on the way to the answer that is streaming. */
  #notices: Notice[] = [];
  /** When the wait of the last notice is over, on the monotonic clock. */
  #waitEnds = 0;
  /** What the next question from the composer takes along. */
  readonly pending = new PendingContext((places) => this.view.post({ type: "pending-changed", pending: places }));
  #turnStartedAt = 0;
  /** Of the answer that is streaming: its place in the status bar, and how it leaves what can be stopped. */
  #meter: TurnMeter | undefined;
  #leave: (() => void) | undefined;
  /** What was asked from outside the composer, one after the other. */
  readonly #enqueue = createQueue();

  constructor(services: ChatServices) {
    this.#services = services;
    this.#localServers = new LocalServers(services.environment, () => this.#postSetup());
    this.#chat = this.#newChat();
    this.#restored = this.#restore();
    this.view = new ChatView(services.context.extensionUri, services.environment.logger, {
      ready: this.#restored,
      state: () => this.#viewState(),
      onMessage: (message) =>
        void onChatMessage(this, services, message).catch((error: unknown) => {
          logError(services.environment.logger, message.type, error);
        }),
    });
    this.#subscription = services.models.onDidChange(() => this.#postSetup());
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  get conversation(): Conversation {
    return this.#chat.conversation;
  }

  /** The open chat; another one after `newChat`. */
  get chat(): Chat {
    return this.#chat;
  }

  get streaming(): boolean {
    return this.#chat.streaming;
  }

  /** Resolves when the answer has ended. */
  async ask(text: string, extra: { attachments?: Attachment[]; purpose?: Purpose } = {}): Promise<void> {
    // One answer at a time: what is asked from outside the composer while one streams waits for its end.
    await this.#enqueue(async () => {
      await this.#restored;
      await this.#chat.ended();
      await this.#chat.ask(text, extra);
    });
  }

  /** Takes in what was asked in a comparison, with the answer that a person chose, and shows it. */
  async adopt(text: string, outcome: TurnOutcome): Promise<void> {
    const scripted = this.#services.models.config(outcome.target.provider)?.scripted ?? false;
    await this.#enqueue(async () => {
      await this.#restored;
      await this.#chat.adopt(text, outcome, scripted);
    });
    await this.view.focus();
  }

  message(id: string): ConversationMessage | undefined {
    return this.conversation.messages.find((message) => message.id === id);
  }

  /** Whether the empty chat offered this server with this model. */
  wasFound(preset: string, model: string): boolean {
    return this.#localServers.found.some((server) => server.preset === preset && server.models.includes(model));
  }

  /** Asks what was typed in the composer, with what was attached to it. */
  async send(text: string): Promise<void> {
    if (text.trim() === "") return;
    // The page has emptied its composer already, so a question that crossed another one waits for its turn.
    if (this.streaming) return this.ask(text, this.pending.take());
    await this.#chat.ask(text, this.pending.take());
  }

  async stop(): Promise<void> {
    await this.#chat.stop();
  }

  /** Resolves when what streams has ended, to be read back as cut off, and all that was said is on disk. */
  async close(): Promise<void> {
    await this.#chat.close();
    await this.#services.store.flush();
  }

  async newChat(): Promise<void> {
    await this.#restored;
    await this.#chat.stop();
    this.#chat = this.#newChat();
    this.#note = undefined;
    this.pending.clear();
    this.view.postSnapshot();
    await this.#services.context.workspaceState.update(OPEN_CONVERSATION, undefined);
  }

  #newChat(conversation?: Conversation, isKept = conversation !== undefined): Chat {
    const { environment, running, store, statusBar } = this.#services;
    return new Chat(
      {
        store,
        environment,
        newId: randomUUID,
        setup: () => this.#setup(),
        listener: {
          onRecord: (record) => this.#onRecord(record),
          onEvent: (event) => this.#onEvent(event),
          onTurnStart: () => {
            this.#notices = [];
            this.#turnStartedAt = environment.now();
            this.#meter = statusBar.begin();
            this.#leave = running.enter("chat", () => this.stop());
          },
          onOutcome: (outcome) => {
            this.#meter?.end(outcome);
            this.#leave?.();
          },
        },
      },
      conversation,
      isKept,
    );
  }

  async #restore(): Promise<void> {
    const restored = await restoreChat(this.#services.context.workspaceState.get(OPEN_CONVERSATION), this.#services);
    this.#note = restored?.note;
    if (restored?.conversation) this.#chat = this.#newChat(restored.conversation, restored.isKept);
  }

  #setup(): ChatSetup {
    const { models } = this.#services;
    const { settings } = models;
    const info = models.chosen && models.modelInfo(models.chosen);
    return {
      candidates: models.candidatesFor("chat"),
      system: systemPrompt({ systemPrompt: settings.systemPrompt, locale: vscode.env.language }),
      ...defined({ temperature: settings.temperature, maxOutputTokens: settings.maxOutputTokens }),
      ...(info?.contextWindow === undefined ? {} : { contextWindow: info.contextWindow }),
    };
  }

  #providerName = (id: string): string => this.#services.models.config(id)?.name ?? id;

  #viewState(): ViewState {
    const { models } = this.#services;
    const model = models.choice();
    return {
      conversationId: this.#chat.conversation.id,
      messages: withNote(this.#viewMessages(), this.#note),
      pending: this.pending.places,
      ...defined({ model }),
      providerCount: models.settings.providers.length,
      found: this.#localServers.found,
      sendKey: models.settings.sendKey,
    };
  }

  #viewMessages(): ViewMessage[] {
    return this.conversation.messages.map((message, index, { length }) => {
      const isStreaming = message.state === "streaming";
      const view = viewMessage(message, this.#providerName, isStreaming ? this.#progress() : undefined);
      // Only the last answer can go on.
      if (index < length - 1) delete view.canContinue;
      if (isStreaming) view.elapsed = this.#services.environment.now() - this.#turnStartedAt;
      return view;
    });
  }

  #progress(): Progress {
    return { notices: this.#notices, left: (this.#waitEnds - this.#services.environment.now()) / 1000 };
  }

  #postSetup(): void {
    const { model, providerCount, found, sendKey } = this.#viewState();
    this.view.post({
      type: "setup-changed",
      setup: { providerCount, found, sendKey, ...defined({ model }) },
    });
    this.lookAround();
  }

  /** Without a provider the empty chat offers what answers on this machine. */
  lookAround(): void {
    if (this.#services.models.settings.providers.length === 0) this.#localServers.look();
  }

  #onRecord(record: ConversationRecord): void {
    if (record.type !== "delta")
      void this.#services.context.workspaceState.update(OPEN_CONVERSATION, this.conversation.id);
    switch (record.type) {
      case "message":
        this.view.post({ type: "message-added", message: viewMessage(record.message, this.#providerName) });
        break;
      case "delta": {
        const { v: _, ...delta } = record;
        this.view.post(delta);
        break;
      }
      case "end": {
        const message = this.message(record.id);
        if (message) {
          this.view.post({
            type: "message-ended",
            id: record.id,
            message: viewEnd(message, this.#providerName),
          });
        }
        break;
      }
      case "resume": {
        const message = this.message(record.id);
        this.view.post({
          type: "message-changed",
          id: record.id,
          change: { state: "streaming", seams: message?.seams ?? [] },
        });
        break;
      }
      case "remove":
        this.view.post({ type: "messages-removed", fromId: record.fromId });
        if (keepNote(this.#note, this.conversation)) this.view.postSnapshot();
        break;
      case "conversation":
        break;
    }
  }

  #onEvent(event: StreamEvent): void {
    this.#meter?.event(event);
    let notices = this.#notices;
    if (event.type === "notice") notices = [...notices.filter(isLasting), event];
    // Once something is shown, nobody cares any more what it had waited for.
    else if (isOutput(event) && !notices.every(isLasting)) notices = notices.filter(isLasting);
    const id = this.conversation.messages.at(-1)?.id;
    if (notices === this.#notices || id === undefined) return;
    this.#notices = notices;
    const waits = event.type === "notice" && isWait(event) ? (event.seconds ?? 0) : 0;
    this.#waitEnds = this.#services.environment.now() + waits * 1000;
    this.view.post({ type: "message-changed", id, change: viewProgress(this.#progress(), this.#providerName) });
  }
}
