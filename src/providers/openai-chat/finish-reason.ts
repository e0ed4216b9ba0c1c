/** What the finish reasons of chat-completions servers mean. */
import type { FinishReason } from "../../core/events.ts";

/** DeepSeek out of machines, OpenRouter and z.ai after a fault behind them: not an end but an error. */
export function isFault(reason: string): boolean {
  return /^(insufficient_system_resource|error|network_error)$/i.test(reason);
}

/** `raw` is undefined when the server named none. */
export function finishReasonOf(raw: string | undefined, hadTools: boolean, refused: boolean): FinishReason {
  switch (raw?.toLowerCase()) {
    case "stop":
    case "eos":
    case "eos_token":
    case "end_turn":
    case "stop_sequence":
    case "stop_token":
      // Older servers say "stop" although they call tools.
      return hadTools ? "tool-calls" : refused ? "content-filter" : "stop";
    case "tool_calls":
    case "tool_call":
    case "tool_use":
    case "function_call":
      return "tool-calls";
    case "length":
    case "max_tokens":
    case "model_context_window_exceeded":
      return "length";
    case "content_filter":
    case "safety":
    case "sensitive":
    case "refusal":
      return "content-filter";
    default:
      return raw === undefined && hadTools ? "tool-calls" : "other";
  }
}
