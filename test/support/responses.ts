/** Events of Responses streams for tests: what an honest server would send, written in one line. */
import { event } from "./chat.ts";

type Fields = Record<string, unknown>;

/** One event of a Responses stream; its name is its type. */
export function responseEvent(type: string, fields: Fields = {}): string {
  return event({ type: `response.${type}`, ...fields }, `response.${type}`);
}

const response = (fields: Fields) => ({
  id: "resp_1",
  object: "response",
  model: "gpt-test",
  output: [],
  error: null,
  ...fields,
});

export const created = (fields: Fields = {}, rest: Fields = {}) =>
  responseEvent("created", { response: response({ status: "in_progress", ...fields }), ...rest });

export const itemAdded = (output_index: number, item: Fields, rest: Fields = {}) =>
  responseEvent("output_item.added", { output_index, item, ...rest });

export const itemDone = (output_index: number, item: Fields, rest: Fields = {}) =>
  responseEvent("output_item.done", { output_index, item, ...rest });

/** A piece of what an item holds: `output_text`, `reasoning_text`, `function_call_arguments`, … */
export const delta = (kind: string, output_index: number, piece: string, rest: Fields = {}) =>
  responseEvent(`${kind}.delta`, { output_index, delta: piece, ...rest });

export const textDelta = (output_index: number, piece: string, rest: Fields = {}) =>
  delta("output_text", output_index, piece, { content_index: 0, ...rest });

export const summaryDelta = (output_index: number, piece: string, summary_index = 0) =>
  delta("reasoning_summary_text", output_index, piece, { summary_index });

export const message = (...texts: string[]) => ({
  type: "message",
  role: "assistant",
  status: "completed",
  content: texts.map((text) => ({ type: "output_text", text })),
});

export const call = (call_id: string, name: string, source: string, status = "completed") => ({
  type: "function_call",
  id: `fc_${call_id}`,
  call_id,
  name,
  arguments: source,
  status,
});

/** A call from its beginning to its end. */
export function callItem(output_index: number, call_id: string, name: string, ...pieces: string[]): string {
  const deltas = pieces.map((piece) => delta("function_call_arguments", output_index, piece));
  const source = pieces.join("");
  return [
    itemAdded(output_index, call(call_id, name, "", "in_progress")),
    ...deltas,
    responseEvent("function_call_arguments.done", { output_index, arguments: source }),
    itemDone(output_index, call(call_id, name, source)),
  ].join("");
}

/** A text from its beginning to its end. */
export function textItem(output_index: number, ...pieces: string[]): string {
  return [
    itemAdded(output_index, { type: "message", content: [] }),
    ...pieces.map((piece) => textDelta(output_index, piece)),
    responseEvent("output_text.done", { output_index, content_index: 0, text: pieces.join("") }),
    itemDone(output_index, message(pieces.join(""))),
  ].join("");
}

export const completed = (fields: Fields = {}, rest: Fields = {}) =>
  responseEvent("completed", { response: response({ status: "completed", ...fields }), ...rest });

export const incomplete = (reason: string) =>
  responseEvent("incomplete", { response: response({ status: "incomplete", incomplete_details: { reason } }) });

export const failed = (code: string, text = "no") =>
  responseEvent("failed", { response: response({ status: "failed", error: { code, message: text } }) });
