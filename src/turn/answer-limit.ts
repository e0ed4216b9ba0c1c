/** Ends an answer that goes on and on: what came up to the limit is kept, and an error says which limit it was. */
import { defined } from "../core/defined.ts";
import type { AssistantError } from "../core/errors.ts";
import type { StreamEvent } from "../core/events.ts";
import { type LimitName, limits } from "../core/limits.ts";
import type { Purpose } from "../core/outcome.ts";
import { tooLarge } from "../providers/errors/stream-errors.ts";

export interface AnswerLimit {
  /** Undefined while all fits; else the part of `event` that still does, and the error that the answer ends with. */
  count(event: StreamEvent): { kept?: StreamEvent; error: AssistantError } | undefined;
}

/** What an answer for this purpose may have. */
export function answerSize({ purpose, mostCharacters }: { purpose: Purpose; mostCharacters?: number }) {
  const name: LimitName = purpose === "commit" ? "commitMessage" : "answer";
  return { name, characters: mostCharacters ?? limits[name] };
}

/** `most`: characters of text, thinking and arguments together. */
export function createAnswerLimit(
  context: { host: string; provider: string; model: string },
  most: { name: LimitName; characters: number },
): AnswerLimit {
  let left = most.characters;
  let argumentsLeft: number = limits.toolArguments;
  const calls = new Set<string>();
  const over = (name: LimitName, kept?: StreamEvent) => ({
    ...defined({ kept }),
    error: tooLarge(context, name),
  });

  return {
    count(event) {
      switch (event.type) {
        case "text-delta":
          left -= event.text.length;
          break;
        case "thinking-delta":
          left -= event.text.length + (event.signature?.length ?? 0);
          break;
        case "tool-call-start":
          left -= event.id.length + event.name.length;
          calls.add(event.id);
          if (calls.size > limits.toolCalls) return over("toolCalls");
          break;
        case "tool-call-delta":
          left -= event.arguments.length;
          argumentsLeft -= event.arguments.length;
          if (argumentsLeft < 0) return over("toolArguments");
          break;
        default:
          return undefined;
      }
      return left < 0 ? over(most.name, fitting(event, left)) : undefined;
    },
  };
}

/** `event` without its last characters; `left` is negative and says how many. Never half a character. */
function fitting(event: StreamEvent, left: number): StreamEvent | undefined {
  if (event.type !== "text-delta" && event.type !== "thinking-delta") return undefined;
  let end = event.text.length + left;
  const last = event.text.charCodeAt(end - 1);
  if (last >= 0xd800 && last < 0xdc00) end--;
  return end > 0 ? { type: event.type, text: event.text.slice(0, end) } : undefined;
}
