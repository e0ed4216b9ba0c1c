/** One message of a WebSocket to frames: a JSON value, several on lines of their own, or lines of server-sent events. */
import { limits } from "../../core/limits.ts";
import { TooLarge } from "../too-large.ts";
import { isOneDocument } from "./json-documents.ts";
import type { Frame } from "./sse.ts";

const field = /^(data|event|id|retry)?:[ ]?(.*)$/;

/** Throws `TooLarge` for more lines than `limits` allow. */
export function framesOf(message: string): Frame[] {
  if (message.startsWith("{") && !message.includes("\n")) return [{ data: message }];
  const text = message.trim();
  if (text === "") return [];
  // A value may be spread over lines, unless its first line is one by itself.
  if (/^[[{]/.test(text) && !isOneDocument(text.slice(0, lineEnd(text)))) return [{ data: text }];
  const frames: Frame[] = [];
  let event: string | undefined;
  let count = 0;
  for (const line of linesOf(text)) {
    if (++count > limits.messageLines) throw new TooLarge("messageLines");
    const [, name, value = ""] = field.exec(line) ?? [undefined, "data", line];
    if (line === "") event = undefined;
    else if (name === "event") event = value;
    else if (name === "data" && value.trim() !== "") frames.push({ event, data: value.trim() });
  }
  return frames;
}

function* linesOf(text: string): Generator<string> {
  const end = /\r\n|\r|\n/g;
  let start = 0;
  for (let match = end.exec(text); match; match = end.exec(text)) {
    yield text.slice(start, match.index);
    start = end.lastIndex;
  }
  yield text.slice(start);
}

function lineEnd(text: string): number {
  const end = text.search(/[\r\n]/);
  return end < 0 ? text.length : end;
}
