/** What Anthropic's stop reasons mean. */
import type { FinishReason } from "../../core/events.ts";

export function finishReasonOf(raw: string | undefined, hadTools: boolean): FinishReason {
  switch (raw) {
    case "end_turn":
    case "stop_sequence":
    case "stop":
      return hadTools ? "tool-calls" : "stop";
    case "tool_use":
      return "tool-calls";
    case "max_tokens":
    case "model_context_window_exceeded":
      return "length";
    case "refusal":
      return "content-filter";
    default:
      return raw === undefined && hadTools ? "tool-calls" : "other";
  }
}
