/** Dialects of protocols whose calls come whole: Gemini's parts and Ollama's lines. */
import fc from "fast-check";
import { content } from "../messages.ts";
import { lastLine, line } from "../ollama.ts";
import { between, type CallAnswer, places, type Sent, type SentCall, sentCalls } from "./sent.ts";

const shape = fc.record({
  calls: sentCalls,
  id: fc.constantFrom("own", "none"),
  isEncoded: fc.boolean(),
  /** `so far`: each event has all calls up to then; `again`: the last says all once more. */
  manner: fc.constantFrom("once", "so far", "again", "empty first"),
  places,
});

type Write = (calls: readonly { id: string | undefined; name: string; arguments: unknown }[]) => string;

function dialects(write: Write, text: (text: string) => string, end: () => string): fc.Arbitrary<CallAnswer> {
  // Without an id an empty object is a call like any other.
  const told = shape.filter(({ manner, id, calls }) => {
    if (id === "own") return true;
    // Nor can two equal calls be told from one that is said again.
    const texts = calls.map((call) => JSON.stringify(call));
    return manner !== "empty first" && new Set(texts).size === texts.length;
  });
  return told.map((dialect) => {
    const { calls, manner } = dialect;
    const written = (call: SentCall, number: number) => ({
      id: dialect.id === "own" ? `id${number}` : undefined,
      name: call.name,
      arguments: dialect.isEncoded ? JSON.stringify(call.arguments) : call.arguments,
    });
    const all = calls.map(written);
    const sent: Sent[] = all.flatMap((call, number): Sent[] => {
      const event = write(manner === "so far" ? all.slice(0, number + 1) : [call]);
      const empty = manner === "empty first" ? [{ event: write([{ ...call, arguments: {} }]) }] : [];
      return [...empty, { event, closes: [number] }];
    });
    if (manner === "again") sent.push({ event: write(all) });
    const texts = dialect.places.map((_, at) => text(`text ${at} `));
    const events = [...between(sent, texts, dialect.places), { event: end() }];
    // Equal calls without ids may be one call that is said again.
    const isClear = dialect.id === "own" || (manner === "once" && calls.length === 1);
    return { calls, sent: events, isClear, dialect: JSON.stringify(dialect) };
  });
}

export const geminiCalls = dialects(
  (calls) => content(calls.map(({ id, name, arguments: args }) => ({ functionCall: { id, name, args } }))),
  (text) => content([{ text }]),
  () => content([], { finishReason: "STOP" }),
);

export const ollamaCalls = dialects(
  (calls) => line({ tool_calls: calls.map(({ id, ...called }) => ({ id, function: called })) }),
  (text) => line({ content: text }),
  () => lastLine(),
);
