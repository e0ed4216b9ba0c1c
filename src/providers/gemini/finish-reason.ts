/** What Gemini's finish reasons, and its reasons for blocking a prompt, mean. */
import type { FinishReason } from "../../core/events.ts";

export function finishReasonOf(raw: string | undefined, hadTools: boolean, blocked: boolean): FinishReason {
  if (blocked) return "content-filter";
  switch (raw) {
    case "STOP":
      // Gemini has no reason of its own for tool calls.
      return hadTools ? "tool-calls" : "stop";
    // Not Gemini's, but servers that imitate it say so.
    case "FUNCTION_CALL":
    case "TOOL_CALLS":
      return "tool-calls";
    case "MAX_TOKENS":
      return "length";
    case "SAFETY":
    case "RECITATION":
    case "BLOCKLIST":
    case "PROHIBITED_CONTENT":
    case "SPII":
    case "IMAGE_SAFETY":
    case "IMAGE_PROHIBITED_CONTENT":
    case "IMAGE_RECITATION":
      return "content-filter";
    default:
      return "other";
  }
}

/** A call that the model wrote wrongly, so that what came of it must not be run. */
export function isFaultyCall(raw: string | undefined): boolean {
  return raw === "MALFORMED_FUNCTION_CALL" || raw === "UNEXPECTED_TOOL_CALL" || raw === "MALFORMED_RESPONSE";
}
