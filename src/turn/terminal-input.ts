/** What `npm run stream` is given, checked: messages and tools from files, a temperature, a level of thinking. */
import { AssistantError } from "../core/errors.ts";
import { type ChatMessage, type Effort, efforts, type MessagePart, type ToolDefinition } from "../core/message.ts";

type Entry = Record<string, unknown>;

export interface Conversation {
  /** All system messages, joined. */
  system?: string;
  messages: ChatMessage[];
}

/**
 * Messages as they go over the wire of chat completions, or in Runnel's own form. System messages may stand anywhere;
 * they become one system prompt. Throws `AssistantError` for anything else.
 */
export function readMessages(value: unknown): Conversation {
  if (!Array.isArray(value)) throw wrong("--messages must hold a JSON array");
  const names = new Map<string, string>();
  const system: string[] = [];
  const messages: ChatMessage[] = [];
  value.forEach((entry: unknown, index) => {
    const place = `--messages, entry ${index + 1}`;
    if (!isEntry(entry)) throw wrong(`${place} must be an object`);
    const parts = partsOf(entry, names, place);
    const { role } = entry;
    if (role === "system" || role === "developer") system.push(...parts.flatMap(textIn));
    else if (role === "user" || role === "assistant" || role === "tool") messages.push({ role, parts });
    else throw wrong(`${place} has the role ${JSON.stringify(role)}; use system, user, assistant or tool`);
  });
  return { messages, ...(system.length === 0 ? {} : { system: system.join("\n\n") }) };
}

export function readTools(value: unknown): ToolDefinition[] {
  if (!Array.isArray(value)) throw wrong("--tools must hold a JSON array");
  return value.map((entry: { function?: ToolDefinition } & ToolDefinition) => entry.function ?? entry);
}

export function readTemperature(source: string): number {
  const value = Number(source);
  if (source.trim() === "" || !(value >= 0 && value <= 2)) throw wrong("--temperature must be a number from 0 to 2");
  return value;
}

/** Undefined for `default`, the model's own. */
export function readEffort(source: string): Effort | undefined {
  if (source === "default") return undefined;
  const level = efforts.find((each) => each === (source === "none" ? "off" : source));
  if (level === undefined) throw wrong(`--effort must be one of default, none, ${efforts.join(", ")}`);
  return level;
}

function partsOf(entry: Entry, names: Map<string, string>, place: string): MessagePart[] {
  if (Array.isArray(entry.parts)) return entry.parts as MessagePart[];
  const text = textOf(entry.content, place);
  if (entry.role === "tool") {
    const id = String(entry.tool_call_id ?? "");
    return [{ type: "tool-result", id, name: names.get(id) ?? String(entry.name ?? ""), text }];
  }
  const calls = Array.isArray(entry.tool_calls) ? entry.tool_calls.filter(isEntry) : [];
  return [...(text === "" && calls.length > 0 ? [] : [{ type: "text", text } as const]), ...calls.map(callOf)];

  function callOf(call: Entry): MessagePart {
    const { name, arguments: source } = isEntry(call.function) ? call.function : call;
    const id = String(call.id ?? "");
    names.set(id, String(name ?? ""));
    const written = typeof source === "string" ? source : JSON.stringify(source ?? {});
    return { type: "tool-call", id, name: String(name ?? ""), arguments: written, complete: true };
  }
}

/** A string, or the text parts of a list. */
function textOf(content: unknown, place: string): string {
  if (content === null || content === undefined) return "";
  if (typeof content === "string") return content;
  const parts = Array.isArray(content) ? content : [content];
  return parts
    .map((part: unknown) => {
      const text = isEntry(part) ? part.text : part;
      if (typeof text !== "string") throw wrong(`${place} has content that is not text`);
      return text;
    })
    .join("");
}

function textIn(part: MessagePart): string[] {
  return part.type === "text" && part.text.trim() !== "" ? [part.text] : [];
}

function isEntry(value: unknown): value is Entry {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrong(message: string): AssistantError {
  return new AssistantError("bad-request", message);
}
