/** One honest answer of each protocol, for tests that hold for all of them. */
import { chatEvents, event } from "./chat.ts";
import type { DecodedProtocol } from "./decode.ts";
import { blockDelta, blockStart, blockStop, content, messageEnd, messageStart } from "./messages.ts";
import { lastLine, line } from "./ollama.ts";
import { completed, created, itemAdded, itemDone, message, textDelta } from "./responses.ts";

/** The events of an answer that says these texts. */
export function answerEvents(protocol: DecodedProtocol, texts: readonly string[]): string[] {
  switch (protocol) {
    case "anthropic":
      return [
        messageStart(),
        blockStart(0, { type: "text", text: "" }),
        ...texts.map((text) => blockDelta(0, { type: "text_delta", text })),
        blockStop(0),
        messageEnd("end_turn", { output_tokens: 4 }),
      ];
    case "gemini":
      return [
        ...texts.map((text) => content([{ text }])),
        content([], { finishReason: "STOP", usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 4 } }),
      ];
    case "openai-responses":
      return [
        created(),
        itemAdded(0, { type: "message", content: [] }),
        ...texts.map((text) => textDelta(0, text)),
        itemDone(0, message(texts.join(""))),
        completed({ usage: { input_tokens: 3, output_tokens: 4 } }),
      ];
    case "ollama":
      return [...texts.map((content) => line({ content })), lastLine({ prompt_eval_count: 3, eval_count: 4 })];
    case "chat-stream":
      return [
        event({ type: "ttft", value: 12.5 }),
        ...texts.map((value) => event({ type: "token", value })),
        event({ type: "done", total_tokens: 4, total_time_ms: 80 }),
      ];
    case "openai-chat":
      return chatEvents(texts, { usage: { prompt_tokens: 3, completion_tokens: 4 } });
  }
}
