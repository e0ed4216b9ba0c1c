/** A defect of Runnel's own, as the error that a person meets and as what the log keeps: where it arose, and nothing that was typed. */
import { AssistantError, type ErrorDetails } from "./errors.ts";

/** Errors of the language, whose words are about names in the program. */
const ofTheLanguage = new Set(["TypeError", "RangeError", "ReferenceError"]);
const longestMessage = 200;
const mostFrames = 12;
const mostCauses = 3;

/** Anything that was thrown as an `AssistantError`; what is none already is a defect of ours. */
export function asAssistantError(thrown: unknown, details: ErrorDetails = {}): AssistantError {
  if (thrown instanceof AssistantError) return thrown;
  return new AssistantError("malformed", describeDefect(thrown), { ...details, reason: "internal", cause: thrown });
}

/**
 * Name, code and stack of what was thrown, with its causes. Its message only where it cannot repeat what a person or a
 * server wrote: a `SyntaxError` of JSON, for one, quotes the text that it failed at.
 */
export function describeDefect(thrown: unknown): string {
  const lines: string[] = [];
  let error = thrown;
  for (let depth = 0; depth < mostCauses && error !== undefined; depth++) {
    lines.push(...describe(error).map((line, index) => (depth > 0 && index === 0 ? `Caused by ${line}` : line)));
    error = error instanceof Error ? error.cause : undefined;
  }
  return lines.join("\n");
}

function describe(error: unknown): string[] {
  if (!(error instanceof Error)) return [`Something that is no error was thrown (${typeof error}).`];
  const { code } = error as { code?: unknown };
  const name = typeof code === "string" && /^[A-Z_0-9]{1,60}$/.test(code) ? `${error.name} ${code}` : error.name;
  const frames = stackOf(error)
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .slice(0, mostFrames);
  return [ofTheLanguage.has(error.name) ? `${name}: ${unquoted(error.message)}` : name, ...frames];
}

/** What follows the message: the message itself may hold lines that look like frames. */
function stackOf({ stack = "", message }: Error): string {
  const place = stack.indexOf(message);
  return place < 0 ? stack : stack.slice(place + message.length);
}

/** In double quotes stand values, in single ones names of properties. */
function unquoted(message: string): string {
  return message
    .slice(0, 4 * longestMessage)
    .replace(/"[^"]*"?/g, '"…"')
    .replace(/'[^']{40,}'?/g, "'…'")
    .replace(/[\0-\x1f]+/g, " ")
    .slice(0, longestMessage);
}
