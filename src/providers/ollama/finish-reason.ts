/** What Ollama's reasons for being done mean. */
import type { FinishReason } from "../../core/events.ts";

export function finishReasonOf(raw: string | undefined, hadTools: boolean): FinishReason {
  switch (raw) {
    case "stop":
    // Older versions give no reason.
    case undefined:
      return hadTools ? "tool-calls" : "stop";
    case "length":
      return "length";
    default:
      return "other";
  }
}
