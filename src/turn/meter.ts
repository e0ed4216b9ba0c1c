/** What the status bar item shows, computed purely: the state of the running or last turn, and its short text. */
import { isOutput, isWait, type StreamEvent } from "../core/events.ts";
import type { TurnOutcome } from "../core/outcome.ts";
import { weightOf } from "../money/estimate.ts";

export type MeterState =
  | { phase: "idle" }
  /** `until`: when a pause is over that has to be waited out first. */
  | { phase: "waiting"; startedAt: number; until?: number }
  | { phase: "streaming"; startedAt: number; ttft: number; firstAt: number; lastAt: number; tokens: number }
  | { phase: "done"; outcome: TurnOutcome };

/** Milliseconds on the monotonic clock. */
export function startMeter(now: number): MeterState {
  return { phase: "waiting", startedAt: now };
}

/** Takes in one event; only output changes the meter. Tokens are counted by estimate until the server reports. */
export function meterEvent(state: MeterState, event: StreamEvent, now: number): MeterState {
  // What was asked again is measured from when it is asked again.
  if (event.type === "notice" && state.phase === "waiting") {
    if (!isWait(event)) return startMeter(now);
    const until = now + (event.seconds ?? 0) * 1000;
    // A slot may become free at any time.
    return { phase: "waiting", startedAt: event.code === "waiting-for-slot" ? now : until, until };
  }
  if (!isOutput(event) || state.phase === "idle" || state.phase === "done") return state;
  const tokens = weightOf(outputText(event));
  if (state.phase === "waiting") {
    return {
      phase: "streaming",
      startedAt: state.startedAt,
      ttft: now - state.startedAt,
      firstAt: now,
      lastAt: now,
      tokens,
    };
  }
  return { ...state, lastAt: now, tokens: state.tokens + tokens };
}

function outputText(event: StreamEvent): string {
  switch (event.type) {
    case "text-delta":
    case "thinking-delta":
      return event.text;
    case "tool-call-delta":
      return event.arguments;
    default:
      return "";
  }
}

/** Milliseconds without output after which a rate would be one of the past. */
const SILENCE = 2000;

/** Seconds since the last output once there has been none for a while. */
export function silentFor(state: MeterState, now: number): number | undefined {
  return state.phase === "streaming" && now - state.lastAt > SILENCE ? (now - state.lastAt) / 1000 : undefined;
}

/** Estimated tokens per second so far, once half a second has been measured. */
export function liveRate(state: MeterState, now: number): number | undefined {
  if (state.phase !== "streaming" || now - state.lastAt > SILENCE) return undefined;
  const elapsed = state.lastAt - state.firstAt;
  return elapsed < 500 ? undefined : (state.tokens * 1000) / elapsed;
}
