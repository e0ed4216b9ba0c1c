/** A conversation as the input of a response: messages, calls, results and reasoning as items. */
import { type ChatRequest, textOf } from "../../core/message.ts";
import { idRule } from "../provider/call-ids.ts";
import { continuedMessages } from "../provider/continuation.ts";
import { clean } from "../provider/history.ts";
import type { Json } from "../provider/json.ts";
import { isOpenAI } from "../provider/openai-model.ts";
import type { ProviderConfig } from "../provider/provider.ts";
import { type AnsweredCall, introduce, joined, type ModelTurn, turnsOf, type UserTurn } from "../provider/turns.ts";
import type { Repairs } from "./repairs.ts";
import { reasonedItems } from "./signature.ts";

export function encodeInput(request: ChatRequest, config: ProviderConfig, repairs: Repairs): Json[] {
  const rule = idRule(isOpenAI(config) ? { longest: 64 } : {}, repairs);
  const turns = turnsOf(continuedMessages(request, "turn"), rule);
  if (request.system?.trim() && repairs.has("instructions")) introduce(turns, request.system);
  return turns.flatMap((turn) => (turn.side === "user" ? encodeUser(turn) : encodeModel(turn, repairs)));
}

function encodeUser({ results, texts }: UserTurn): Json[] {
  const outputs = results.map(({ id, result: { text, failed } }) => {
    const output = failed && !/^error/i.test(text) ? `Error: ${text}` : text;
    return { type: "function_call_output", call_id: id, output: clean(output) };
  });
  return [...outputs, ...(texts.length === 0 ? [] : [encodeText("user", joined(texts))])];
}

/** Texts that follow each other are one message: servers turn items into a chat whose roles have to alternate. */
function encodeModel({ messages }: ModelTurn, repairs: Repairs): Json[] {
  const items: Json[] = [];
  let texts: string[] = [];
  const flush = (): void => {
    if (texts.length > 0) items.push(encodeText("assistant", joined(texts)));
    texts = [];
  };
  for (const { message, calls } of messages) {
    const encoded = calls.map((each) => ({ id: each.call.id, item: encodeCall(each) }));
    const reasoned = repairs.has("encrypted_reasoning") ? undefined : reasonedItems(message, encoded);
    const text = textOf(message);
    if (reasoned === undefined && text.trim() !== "") texts.push(text);
    if (reasoned !== undefined || encoded.length > 0) flush();
    items.push(...(reasoned ?? encoded.map(({ item }) => item)));
  }
  flush();
  return items;
}

/** Not in the longer form, with an id and parts of content, which not all servers read. */
function encodeText(role: "user" | "assistant", text: string): Json {
  return { role, content: clean(text) };
}

function encodeCall({ call: { name, arguments: source }, id }: AnsweredCall): Json {
  return { type: "function_call", call_id: id, name, arguments: source.trim() === "" ? "{}" : source };
}
