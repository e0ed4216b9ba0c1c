/** What a turn's outcome makes of the message it streamed into: its state, what was measured, and whether it can go on. */

import type { ConversationMessage, MessageMeasures } from "../core/conversation.ts";
import { defined } from "../core/defined.ts";
import { plainError } from "../core/errors.ts";
import type { Notice } from "../core/events.ts";
import type { TurnOutcome } from "../core/outcome.ts";
import { addMeasures, measuresOf } from "../turn/measures.ts";
import { closedError } from "./conversation-log.ts";

export interface Circumstances {
  /** Worth keeping. */
  notices: Notice[];
  /** The demo answered. */
  scripted: boolean;
  /** Text came. */
  grew: boolean;
  /** The window was closed over it. */
  closing: boolean;
}

/** `previous` is the message's state before, when it was continued. */
export function endedMessage(
  id: string,
  outcome: TurnOutcome,
  previous: ConversationMessage | undefined,
  { notices, scripted, grew, closing }: Circumstances,
): Omit<ConversationMessage, "text" | "thinking"> {
  const measures: MessageMeasures = previous
    ? addMeasures(previous.measures, measuresOf(outcome), outcome.whole)
    : measuresOf(outcome);
  // A continuation that failed at once leaves the answer what it was: cut off, and worth another try.
  const kind = outcome.kind === "failed" && previous ? "incomplete" : outcome.kind;
  // As a killed editor leaves it.
  const closed = closing && kind === "stopped";
  const left = previous || outcome.message.parts.length > 0 ? "incomplete" : "failed";
  const resume = outcome.resume ?? (!grew && outcome.kind !== "completed" ? previous?.resume : undefined);
  return {
    id,
    role: "assistant",
    state: closed ? left : kind === "completed" ? "complete" : kind,
    measures,
    ...(closed ? { error: closedError } : {}),
    ...(outcome.error === undefined ? {} : { error: plainError(outcome.error) }),
    ...(previous === undefined ? {} : { seams: seamsOf(previous, grew) }),
    ...defined({ resume }),
    ...(notices.length > 0 ? { notices } : {}),
    ...(scripted ? { scripted: true } : {}),
  };
}

/** A seam is marked only where something came after it. */
function seamsOf({ seams = [], text }: ConversationMessage, grew: boolean): number[] {
  return !grew || seams.includes(text.length) ? seams : [...seams, text.length];
}
