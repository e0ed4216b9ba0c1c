/** What the finish reasons of chat-completions servers mean. */
import type { FinishReason } from "../../core/events.ts";

/** Names none: an absent reason written out. */
export function isNoReason(reason: string): boolean {
  return /^(|null|none|undefined|finish_reason_unspecified)$/i.test(reason.trim());
}

/** DeepSeek out of machines, OpenRouter and z.ai after a fault behind them: no end but an error. */
export function isFault(reason: string): boolean {
  return /^insufficient_system_resource$|^overloaded|(^|[_ ])(error|failed|failure|timeout)$/i.test(reason);
}

/**
 * What a gateway's reason means, beside the one of the server behind it: that one tells of a filter or a limit which
 * the gateway calls an ordinary stop.
 */
export function finishReasonWith(
  raw: string | undefined,
  native: string | undefined,
  hadTools: boolean,
  refused: boolean,
): FinishReason {
  const reason = finishReasonOf(raw, hadTools, refused);
  if (native === undefined || (reason !== "stop" && reason !== "other")) return reason;
  const behind = finishReasonOf(native, hadTools, refused);
  return behind === "length" || behind === "content-filter" ? behind : reason;
}

/** `raw` is undefined when the server named none. */
function finishReasonOf(raw: string | undefined, hadTools: boolean, refused: boolean): FinishReason {
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
    case "max_output_tokens":
    case "model_length":
    case "model_context_window_exceeded":
      return "length";
    case "content_filter":
    case "contentfilter":
    case "safety":
    case "recitation":
    case "blocklist":
    case "prohibited_content":
    case "sensitive":
    case "refusal":
      return "content-filter";
    default:
      return raw === undefined && hadTools ? "tool-calls" : "other";
  }
}
