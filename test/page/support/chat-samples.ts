/** Texts and conversations for trying the chat webview. */
import type { ViewMessage, ViewState } from "../../../src/chat/protocol.ts";
import type { ChatTexts } from "../../../src/chat/texts.ts";

export const texts: ChatTexts = {
  composerPlaceholder: "Ask about your code",
  composerLabel: "Message",
  send: "Send",
  stop: "Stop",
  retry: "Retry",
  cancelWait: "Cancel",
  modelPicker: "Choose model",
  noModel: "No model",
  transcriptLabel: "Conversation",
  you: "You",
  assistant: "Assistant",
  thinking: "Thinking",
  thinkingInProgress: "Thinking…",
  thoughtFor: "Thought for {time}",
  generating: "Generating…",
  answerComplete: "Answer complete.",
  answerStopped: "Answer stopped.",
  answerIncomplete: "The answer was cut off.",
  answerFailed: "No answer.",
  stoppedMark: "Stopped",
  lengthMark: "Length limit reached",
  filteredMark: "Stopped by the filter",
  continuedMark: "Continued",
  continueAnswer: "Continue",
  copyCode: "Copy code",
  copied: "Copied",
  insertCode: "Insert at cursor",
  applyCode: "Apply in the editor",
  newFile: "Open as a new file",
  copyAnswer: "Copy answer",
  regenerate: "Regenerate",
  editMessage: "Edit message",
  saveEdit: "Send again",
  cancelEdit: "Cancel",
  scrollToEnd: "Scroll to end",
  showDetails: "Details",
  waitingForFirstToken: "Waiting for the first token…",
  stopFirstHint: "An answer is on its way. Stop it (Esc) or wait, then send.",
  demoBadge: "demo",
  demoMark: "demo",
  metaTtft: "TTFT {time}",
  metaRate: "{rate} tok/s",
  metaTokens: "{input} in, {output} out",
  costUnknown: "Cost unknown",
  metaCostTitle: "Computed from {origin}",
  costReported: "Reported by the provider",
  costEstimated: "Estimated, because the server reported no usage",
  metaCached: "{count} cached",
  metaReasoning: "{count} for reasoning",
  metaTotal: "{time} in total",
  emptyTitle: "What are you working on?",
  emptyBody: "Ask anything, or select code and choose Explain or Edit.",
  emptyNoProvider: "Runnel talks to a model of your choice, with your own key.",
  addProvider: "Add a provider",
  useFoundServer: "Use {name}",
  foundServerModels: "{count} models",
  exampleExplain: "Explain how the open file works, step by step.",
  exampleReview: "Review the selected code for bugs.",
  exampleWrite: "Write a function that retries a request with backoff.",
  foundHeading: "Running on this machine",
  attach: "Add context",
  removeAttachment: "Remove {name}",
};

const model = {
  target: "deepseek/deepseek-chat",
  label: "deepseek-chat",
  providerName: "DeepSeek",
  scripted: false,
};

export function state(messages: ViewMessage[] = [], change: Partial<ViewState> = {}): ViewState {
  return { conversationId: "c1", messages, model, providerCount: 1, found: [], sendKey: "enter", ...change };
}

export function user(id: string, text: string, change: Partial<ViewMessage> = {}): ViewMessage {
  return { id, role: "user", text, state: "complete", ...change };
}

export function assistant(id: string, text: string, change: Partial<ViewMessage> = {}): ViewMessage {
  return { id, role: "assistant", text, state: "complete", ...change };
}

export const measures: NonNullable<ViewMessage["measures"]> = {
  target: { provider: "deepseek", model: "deepseek-chat" },
  finishReason: "stop",
  usage: { inputTokens: 1240, outputTokens: 356, cacheReadTokens: 1024 },
  cost: { amount: 0.00042, currency: "USD", source: "computed", priceOrigin: "list price of 2026-11-20" },
  timings: { ttft: 412, firstContent: 412, streaming: 3800, total: 4212 },
  tokensPerSecond: 93.7,
};
