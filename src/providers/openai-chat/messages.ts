/** A conversation as the messages of chat completions, as the server at hand wants them. */
import { type ChatMessage, type ChatRequest, textOf } from "../../core/message.ts";
import { idRule, nineCharacters } from "../provider/call-ids.ts";
import { clean } from "../provider/history.ts";
import type { Json } from "../provider/json.ts";
import { placeholderSignature } from "../provider/placeholder-signature.ts";
import {
  type AnsweredCall,
  introduce,
  joined,
  type ModelTurn,
  nothingSaid,
  turnsOf,
  type UserTurn,
} from "../provider/turns.ts";
import type { Dialect } from "./dialect.ts";
import { detailsFrom } from "./reasoning.ts";
import type { Repairs } from "./repairs.ts";

export function encodeMessages(request: ChatRequest, dialect: Dialect, repairs: Repairs): Json[] {
  const known = dialect.isMistral ? nineCharacters : dialect.isOpenAI ? { longest: 40 } : {};
  const turns = turnsOf(request.messages, idRule(known, repairs));
  const messages: Json[] = [];
  const system = request.system?.trim() ? request.system : undefined;
  if (system !== undefined) {
    if (repairs.has("system")) introduce(turns, system);
    else {
      const developer = dialect.isOpenAI && dialect.isReasoningModel && !repairs.has("developer");
      messages.push({ role: developer ? "developer" : "system", content: clean(system) });
    }
  }
  for (const turn of turns) {
    if (turn.side === "user") messages.push(...encodeUser(turn, repairs));
    else messages.push(encodeModel(turn, dialect, repairs));
  }
  return messages;
}

function encodeUser({ results, texts }: UserTurn, repairs: Repairs): Json[] {
  const messages: Json[] = results.map(({ id, result: { text, failed } }) => {
    const content = failed && !/^error/i.test(text) ? `Error: ${text}` : text;
    return { role: "tool", tool_call_id: id, content: clean(content) };
  });
  if (texts.length > 0) {
    if (results.length > 0 && repairs.has("answer_after_tool")) {
      messages.push({ role: "assistant", content: nothingSaid });
    }
    messages.push({ role: "user", content: clean(joined(texts)) });
  }
  return messages;
}

function encodeModel({ messages }: ModelTurn, dialect: Dialect, repairs: Repairs): Json {
  const texts = messages.map(({ message }) => textOf(message)).filter((text) => text.trim() !== "");
  const calls = messages.flatMap((each) => each.calls);
  const encoded: Json = { role: "assistant", content: texts.length === 0 ? null : clean(joined(texts)) };
  if (calls.length > 0) {
    encoded.tool_calls = calls.map((each, index) => encodeCall(each, index === 0, dialect, repairs));
  }
  const thoughts = messages.map(({ message }) => thinkingIn(message)).filter((text) => text !== "");
  const details = dialect.wantsDetails ? messages.flatMap(({ message }) => detailsIn(message)) : [];
  if (details.length > 0) encoded.reasoning_details = details;
  const wanted = dialect.wantsReasoning && calls.length > 0 && thoughts.length > 0;
  if (repairs.has("reasoning_content") || (wanted && !repairs.has("no_reasoning_content"))) {
    encoded.reasoning_content = clean(joined(thoughts));
  }
  return encoded;
}

function thinkingIn({ parts }: ChatMessage): string {
  return parts.map((part) => (part.type === "thinking" ? part.text : "")).join("");
}

function detailsIn({ parts }: ChatMessage): unknown[] {
  return parts.flatMap((part) => (part.type === "thinking" ? (detailsFrom(part.signature) ?? []) : []));
}

function encodeCall({ call, id }: AnsweredCall, isFirst: boolean, dialect: Dialect, repairs: Repairs): Json {
  const source = call.arguments.trim() === "" ? "{}" : call.arguments;
  return {
    id,
    type: "function",
    function: { name: call.name, arguments: source },
    ...extraContent(call.signature, isFirst, dialect, repairs),
  };
}

/** Gemini's proof of its thoughts. Of calls side by side only the first is signed. */
function extraContent(signature: string | undefined, isFirst: boolean, dialect: Dialect, repairs: Repairs): Json {
  const isNeeded = repairs.has("placeholder_signature") || repairs.has("no_signatures");
  const own = dialect.wantsSignatures && !repairs.has("no_signatures") ? signature : undefined;
  const proof = own ?? (isFirst && isNeeded ? placeholderSignature : undefined);
  return proof === undefined ? {} : { extra_content: { google: { thought_signature: proof } } };
}
