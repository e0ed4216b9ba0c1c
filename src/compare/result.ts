/** What a comparison of models measured, as plain data that both sides of the webview understand; absent = unknown. */
import type { MessageState } from "../core/conversation.ts";
import type { CostSource } from "../core/usage.ts";

/** `planned` until it is asked; `left-out` when its model failed before in a way that asking again does not mend. */
export type CompareRunState = "planned" | "left-out" | MessageState;

/** Over the rounds. */
export interface Spread {
  median: number;
  low: number;
  high: number;
}

/** Of one model. Times, rates, tokens and cost are those of answers that came to their end. */
export interface ComparisonFigures {
  /** Requests that were answered to the end or failed; one that a person stopped is neither. */
  asked: number;
  answered: number;
  /** Requests that repeated a failed one. */
  retries: number;
  /** Milliseconds, as all times here; from the start of the request that answered. */
  ttft?: Spread;
  total?: Spread;
  /** The total time by tokens, of answers that are long enough to tell. */
  perThousand?: Spread;
  tokensPerSecond?: Spread;
  inputTokens?: Spread;
  outputTokens?: Spread;
  /** True when some token counts, and what is computed from them, are Runnel's own estimate. */
  estimated?: true;
  /** Of one answer, failed tries before it included. */
  cost?: Spread & { currency: string; source: CostSource };
}
