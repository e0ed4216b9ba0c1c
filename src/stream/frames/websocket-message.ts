/** One message of a WebSocket to frames: a JSON value, several on lines of their own, or lines of server-sent events. */
import { isJson } from "./json-documents.ts";
import type { Frame } from "./sse.ts";

const field = /^(data|event|id|retry)?:[ ]?(.*)$/;

export function framesOf(message: string): Frame[] {
  if (message.startsWith("{") && !message.includes("\n")) return [{ data: message }];
  const text = message.trim();
  if (text === "") return [];
  // A value may be spread over lines, unless its first line is one by itself.
  if (/^[[{]/.test(text) && !isJson(text.slice(0, lineEnd(text)))) return [{ data: text }];
  const frames: Frame[] = [];
  let event: string | undefined;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const [, name, value = ""] = field.exec(line) ?? [undefined, "data", line];
    if (line === "") event = undefined;
    else if (name === "event") event = value;
    else if (name === "data" && value.trim() !== "") frames.push({ event, data: value.trim() });
  }
  return frames;
}

function lineEnd(text: string): number {
  const end = text.search(/[\r\n]/);
  return end < 0 ? text.length : end;
}
