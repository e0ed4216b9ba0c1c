/** One answer in many dresses: bodies that servers and proxies make of it, all of which say the same. */
import { event } from "./chat.ts";
import type { ProtocolRow } from "./protocols.ts";

/** An answer as an honest server would send it, one event each. */
export interface ServedAnswer extends Pick<ProtocolRow, "framing" | "takesText" | "error"> {
  events: readonly string[];
}

interface Frame {
  name: string | undefined;
  data: string;
}

export function wholeOf({ events }: ServedAnswer): string {
  return events.join("");
}

/** The first half of the events: a beginning that is no end. */
export function beginningOf({ events }: ServedAnswer): string[] {
  return events.slice(0, Math.floor(events.length / 2));
}

export function restOf({ events }: ServedAnswer): string[] {
  return events.slice(Math.floor(events.length / 2));
}

/** An event that no JSON parser reads. */
export function brokenEvent({ framing }: ServedAnswer): string {
  return framing === "events" ? "data: {broken\n\n" : "{broken\n";
}

function framesOf({ framing, events }: ServedAnswer): Frame[] {
  if (framing !== "events") return events.map((line) => ({ name: undefined, data: line.trim() }));
  return events.map((source) => {
    const lines = source.split(/\r?\n/);
    const fieldOf = (field: string) => lines.find((line) => line.startsWith(field))?.slice(field.length);
    return { name: fieldOf("event: "), data: fieldOf("data: ") ?? "" };
  });
}

/** A recorded body as the events that its server sent. */
export function eventsOf(body: string, framing: ServedAnswer["framing"]): string[] {
  return body.split(framing === "events" ? /(?<=\r\n\r\n|[^\r]\n\n)/ : /(?<=\n)/);
}

const isMark = ({ data }: Frame) => data === "[DONE]";

/** What holds however the events are framed. */
const anyBodies: Record<string, (answer: ServedAnswer) => string> = {
  "with LF": (answer) => wholeOf(answer).replaceAll("\r\n", "\n"),
  "with CRLF": (answer) => wholeOf(answer).replaceAll("\r\n", "\n").replaceAll("\n", "\r\n"),
  "after a byte order mark": (answer) => `\uFEFF${wholeOf(answer)}`,
  "after blank lines": (answer) => `\n\r\n\n${wholeOf(answer)}`,
  "without its last line end": (answer) => wholeOf(answer).trimEnd(),
  "with keys that could change every object": (answer) =>
    wholeOf(answer).replaceAll(
      /(^|data: )\{/gm,
      '$1{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},',
    ),
};

/** Of server-sent events only. */
const eventBodies: Record<string, (answer: ServedAnswer) => string> = {
  "with CR": (answer) => wholeOf(answer).replaceAll("\r\n", "\n").replaceAll("\n", "\r"),
  "with mixed line ends": ({ events }) =>
    events
      .map((text, index) => text.replaceAll("\r\n", "\n").replaceAll("\n", ["\n", "\r\n", "\r"][index % 3]!))
      .join(""),
  "with comments everywhere": ({ events }) => `: hi\n\n${events.map((text) => `: ping\n${text}:\n\n`).join("")}`,
  "with ids, retries and names": ({ events }) =>
    events.map((text, index) => `id: ${index}\nretry: 10\nevent: message\n${text}`).join(""),
  "with data over several lines": (answer) => rewrite(answer, ({ data }) => spread(data).replaceAll("\n", "\ndata: ")),
  "without a space before data": (answer) => wholeOf(answer).replaceAll("data: ", "data:"),
  "with two spaces before data": (answer) => wholeOf(answer).replaceAll("data: ", "data:  "),
  "with empty events": ({ events }) => events.map((text) => `data:\n\n${text}data: \n\n`).join(""),
  "without a blank line between events": (answer) =>
    `${wholeOf(answer).replaceAll("\r\n", "\n").replaceAll(/\n+/g, "\n")}\n`,
  "framed twice": (answer) => rewrite(answer, ({ data }) => `data: ${data}\ndata:\ndata:`),
  "as a line of JSON each": (answer) =>
    framesOf(answer)
      .map(({ data }) => `${data}\n`)
      .join(""),
  "as one JSON list": (answer) =>
    `[${framesOf(answer)
      .filter((frame) => !isMark(frame))
      .map(({ data }) => data)
      .join("\n,\r\n")}]`,
};

/** Of server-sent events where nothing else is an answer. */
const strictBodies: Record<string, (answer: ServedAnswer) => string> = {
  "with JSON of no use": ({ events }) =>
    events.map((text, index) => event(["null", "1", '"x"', "[]", "true"][index % 5]) + text).join(""),
};

/** The dresses that fit this answer. */
export function bodiesOf(answer: ServedAnswer): [name: string, body: string][] {
  const ofEvents = { ...eventBodies, ...(answer.takesText ? {} : strictBodies) };
  const all = answer.framing === "events" ? { ...anyBodies, ...ofEvents } : anyBodies;
  return Object.entries(all).map(([name, dress]) => [name, dress(answer)]);
}

function rewrite(answer: ServedAnswer, write: (frame: Frame) => string): string {
  return framesOf(answer)
    .map((frame) => `${frame.name === undefined ? "" : `event: ${frame.name}\n`}data: ${write(frame)}\n\n`)
    .join("");
}

/** The same JSON over several lines. */
function spread(data: string): string {
  return data.startsWith("{") ? JSON.stringify(JSON.parse(data), null, 1) : data;
}
