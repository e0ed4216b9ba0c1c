/** Divides the events of a large piece, so that whoever shows and keeps them is done with each portion at once. */
import type { StreamEvent } from "../../core/events.ts";

/** Characters and events of one portion. */
const mostCharacters = 64 * 1024;
const mostEvents = 500;

/** All of `events` in their order; long texts are cut, and never between the halves of a character. */
export function* portions(events: readonly StreamEvent[]): Generator<readonly StreamEvent[]> {
  let portion: StreamEvent[] = [];
  let characters = 0;
  for (const event of events) {
    for (const part of parts(event)) {
      if (portion.length >= mostEvents || (portion.length > 0 && characters + weight(part) > mostCharacters)) {
        yield portion;
        portion = [];
        characters = 0;
      }
      portion.push(part);
      characters += weight(part);
    }
  }
  if (portion.length > 0) yield portion;
}

function weight(event: StreamEvent): number {
  if (event.type === "text-delta" || event.type === "thinking-delta") return event.text.length;
  return event.type === "tool-call-delta" || event.type === "tool-call-end" ? event.arguments.length : 0;
}

function* parts(event: StreamEvent): Generator<StreamEvent> {
  if (weight(event) <= mostCharacters) yield event;
  else if (event.type === "text-delta") for (const text of cut(event.text)) yield { ...event, text };
  else if (event.type === "tool-call-delta")
    for (const piece of cut(event.arguments)) yield { ...event, arguments: piece };
  else if (event.type === "thinking-delta") {
    const { signature, ...thinking } = event;
    for (const text of cut(event.text)) yield { ...thinking, text };
    if (signature !== undefined) yield { ...event, text: "" };
  } else yield event;
}

function* cut(text: string): Generator<string> {
  for (let from = 0; from < text.length; ) {
    let to = Math.min(text.length, from + mostCharacters);
    const last = text.charCodeAt(to - 1);
    if (to < text.length && last >= 0xd800 && last < 0xdc00) to--;
    yield text.slice(from, to);
    from = to;
  }
}
