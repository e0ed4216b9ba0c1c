/** What a turn works with, and what whoever asks decides about it. */
import type { StreamEvent } from "../core/events.ts";
import type { Logger } from "../core/logger.ts";
import type { ChatRequest, ResumePoint } from "../core/message.ts";
import type { Purpose, Spent, TurnOutcome } from "../core/outcome.ts";
import type { Target } from "../core/target.ts";
import type { BudgetGuard } from "../money/budget.ts";
import type { Ledger } from "../money/ledger.ts";
import type { PriceTable } from "../money/price-types.ts";
import type { Transport } from "../stream/transport/transport.ts";
import type { Endpoints } from "./endpoints.ts";

export interface TurnOptions {
  purpose: Purpose;
  signal: AbortSignal;
  /** Of the turn in the ledger; any when absent. */
  entryId?: string;
  /** With a question that `continues`: where this target, and no other, keeps the rest of the answer. */
  resume?: {
    target: Target;
    point: ResumePoint;
    /** What is accounted for of the answer so far. */
    spent?: Spent;
  };
  /** Characters that are read of an answer; absent = what `limits` say. */
  mostCharacters?: number;
  /** Called in order, synchronously as chunks arrive. */
  onEvent(event: StreamEvent): void;
}

/** Takes the keys that a turn sent out of plain data, such as the question and the answer. */
export type Clean = <Value>(value: Value) => Value;

export interface TurnEnvironment {
  transport: Transport;
  ledger: Ledger;
  /** Told of each end after the ledger, for those who watch from outside. */
  onOutcome?(outcome: TurnOutcome, question: Omit<ChatRequest, "model">, clean: Clean): void;
  logger: Logger;
  endpoints: Endpoints;
  /** Absent = the person has no budget. */
  budget?: BudgetGuard;
  /** The bundled table when not given. */
  prices?(): Promise<PriceTable>;
  /** Milliseconds on a monotonic clock. */
  now(): number;
  /** Milliseconds since 1970. */
  wallClock(): number;
  /** From 0 up to but not including 1. */
  random(): number;
}
