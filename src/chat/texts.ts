/** Every text of the chat webview; the host fills it in the user's language, so the webview holds no language of its own. */
export interface ChatTexts {
  composerPlaceholder: string;
  composerLabel: string;
  send: string;
  stop: string;
  retry: string;
  cancelWait: string;
  modelPicker: string;
  noModel: string;
  transcriptLabel: string;
  you: string;
  assistant: string;
  thinking: string;
  thinkingInProgress: string;
  thoughtFor: string; // "Thought for {time}"
  generating: string;
  answerComplete: string;
  answerStopped: string;
  answerIncomplete: string;
  answerFailed: string;
  stoppedMark: string;
  lengthMark: string;
  /** The provider's filter ended the answer. */
  filteredMark: string;
  continuedMark: string;
  continueAnswer: string;
  copyCode: string;
  copied: string;
  insertCode: string;
  applyCode: string;
  newFile: string;
  copyAnswer: string;
  regenerate: string;
  editMessage: string;
  saveEdit: string;
  cancelEdit: string;
  scrollToEnd: string;
  showDetails: string;
  waitingForFirstToken: string;
  /** Said when Enter is pressed while an answer is on its way. */
  stopFirstHint: string;
  demoBadge: string;
  /** The same where there is little room. */
  demoMark: string;
  /** Placeholders in braces are filled by the webview. */
  metaTtft: string; // "TTFT {time}"
  metaRate: string; // "{rate} tok/s"
  metaTokens: string; // "{input} in, {output} out"
  costUnknown: string; // "cost unknown"
  metaCostTitle: string; // "Computed from {origin}"
  costReported: string; // "Reported by the provider"
  costEstimated: string; // "Estimated, because the server reported no usage"
  metaCached: string; // "{count} cached"
  metaReasoning: string; // "{count} for reasoning"
  metaTotal: string; // "{time} in total"
  emptyTitle: string;
  emptyBody: string;
  emptyNoProvider: string;
  addProvider: string;
  useFoundServer: string; // "Use {name}"
  foundServerModels: string; // "{count} models on this machine"
  exampleExplain: string;
  exampleReview: string;
  exampleWrite: string;
  foundHeading: string; // "Running on this machine"
  attach: string; // "Add context"
  removeAttachment: string; // "Remove {name}"
}
