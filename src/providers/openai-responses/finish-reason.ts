/** What the statuses of a response, and the reasons why it is incomplete, mean. */
import type { FinishReason } from "../../core/events.ts";

export function finishReasonOf(raw: string | undefined, hadTools: boolean, refused: boolean): FinishReason {
  switch (raw) {
    case "completed":
      return hadTools ? "tool-calls" : refused ? "content-filter" : "stop";
    case "max_output_tokens":
    case "max_tokens":
      return "length";
    case "content_filter":
      return "content-filter";
    default:
      return "other";
  }
}
