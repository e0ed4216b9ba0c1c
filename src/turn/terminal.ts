/** One turn without an editor, told as JSON lines: for bug reports and for checks from outside (`npm run stream`). */

import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { defined } from "../core/defined.ts";
import { AssistantError } from "../core/errors.ts";
import type { StreamEvent } from "../core/events.ts";
import { type Logger, silentLogger } from "../core/logger.ts";
import { type ChatRequest, textOf, userMessage } from "../core/message.ts";
import type { TurnOutcome } from "../core/outcome.ts";
import { parseProviderConfig } from "../models/config.ts";
import { problemText } from "../models/problem-texts.ts";
import { createLedger } from "../money/ledger.ts";
import { createProvider } from "../providers/create.ts";
import { resolveHeaders } from "../providers/provider/header-variables.ts";
import { createTransport } from "../stream/transport/http.ts";
import type { Candidate } from "./candidate.ts";
import { createEndpoints } from "./endpoints.ts";
import { readEffort, readMessages, readTemperature, readTools } from "./terminal-input.ts";
import { runTurn } from "./turn.ts";

export const usage = `npm run --silent stream -- --provider JSON --model ID --prompt TEXT [--system TEXT] [--messages FILE] [--tools FILE] [--temperature N] [--effort LEVEL]
  --provider  one entry of runnel.providers
  --model     the model's id
  --prompt    the question; with --messages it comes after them
  --system    the system prompt
  --messages  a JSON file: [{"role", "content"}] or [{"role", "parts"}]; system messages come after --system
  --tools     a JSON file: [{"name", "description", "parameters"}], or these inside {"type":"function","function"}
  --temperature  from 0 to 2
  --effort    how much the model thinks: default, off (or none), lowest, minimal, low, medium, high, xhigh, max
The key comes from the environment variable RUNNEL_KEY; what "\${env:NAME}" in headers stands for, from NAME.`;

export interface Terminal {
  arguments: string[];
  environment: NodeJS.ProcessEnv;
  /** Prints one line on standard output. */
  print(line: string): void;
  /** The same for a line that is too long to be held as a whole. */
  printParts?(parts: Iterable<string>): void;
  signal: AbortSignal;
  logger?: Logger;
}

/** Runs the turn and returns the exit code: 0 for completed, 1 otherwise. Throws when the arguments make no sense. */
export async function streamTurn(terminal: Terminal): Promise<number> {
  const { values } = parseArgs({
    args: terminal.arguments,
    options: Object.fromEntries(
      ["provider", "model", "prompt", "system", "messages", "tools", "temperature", "effort"].map((name) => [
        name,
        { type: "string" as const },
      ]),
    ),
  });
  const { provider, model, prompt, system, messages, tools, temperature, effort } = values as Record<
    string,
    string | undefined
  >;
  if (provider === undefined || model === undefined || (prompt === undefined && messages === undefined)) {
    throw new AssistantError("bad-request", usage);
  }
  const parsed = parseProviderConfig(readJson(provider, "--provider"));
  if (!parsed.ok) throw new AssistantError("bad-request", parsed.problems.map(problemText).join("\n"));
  const { config } = parsed;
  const read =
    messages === undefined ? { messages: [] } : readMessages(readJson(await readFile(messages, "utf8"), "--messages"));
  const question: Omit<ChatRequest, "model"> = { messages: read.messages };
  if (prompt !== undefined) question.messages.push(userMessage(prompt));
  const systems = [system, read.system].filter((text) => text !== undefined);
  if (systems.length > 0) question.system = systems.join("\n\n");
  if (tools !== undefined) question.tools = readTools(readJson(await readFile(tools, "utf8"), "--tools"));
  if (temperature !== undefined) question.temperature = readTemperature(temperature);
  const level = effort === undefined ? undefined : readEffort(effort);
  if (level !== undefined) {
    // A backend's request has no field for it.
    if (config.protocol === "chat-stream") throw new AssistantError("bad-request", "chat-stream has no --effort");
    question.effort = level;
  }

  const key = terminal.environment.RUNNEL_KEY?.trim() || undefined;
  const ownPrice = config.models.find(({ id }) => id === model)?.price;
  const candidate: Candidate = {
    provider: createProvider(config),
    model,
    async apiKey() {
      if (config.needsKey && key === undefined) {
        throw new AssistantError("missing-key", "Set the key in RUNNEL_KEY", { provider: config.id });
      }
      return key;
    },
    headers: async () => resolveHeaders(config, (name) => terminal.environment[name]),
    ...defined({ ownPrice }),
  };
  const now = (): number => performance.now();
  const logger = terminal.logger ?? silentLogger;
  const transport = createTransport({ logger, environment: terminal.environment });
  const begin = now();
  const onEvent = (event: StreamEvent): void => terminal.print(JSON.stringify({ ...event, t: round(now() - begin) }));
  const outcome = await runTurn(
    [candidate],
    question,
    { purpose: "api", signal: terminal.signal, onEvent },
    {
      transport,
      ledger: createLedger(),
      logger,
      endpoints: createEndpoints(now),
      now,
      wallClock: Date.now,
      random: Math.random,
    },
  );
  const line = outcomeLine(outcome);
  if (terminal.printParts && line.text.length > LONG) terminal.printParts({ [Symbol.iterator]: () => partsOf(line) });
  else terminal.print(JSON.stringify(line));
  await transport.close();
  return outcome.kind === "completed" ? 0 : 1;
}

/** Characters of a text from which on a copy of it as JSON is too much to hold. */
const LONG = 1 << 20;

/** The same as `JSON.stringify` gives, whose copies of a long text take more memory than all else. */
function* partsOf({ text, ...rest }: { text: string }): Generator<string> {
  yield `${JSON.stringify(rest).slice(0, -1)},"text":"`;
  for (let from = 0; from < text.length; ) {
    const end = Math.min(text.length, from + LONG);
    // Half a character would be written as an escape.
    const to = end < text.length && /[\ud800-\udbff]/.test(text[end - 1]!) ? end - 1 : end;
    yield JSON.stringify(text.slice(from, to)).slice(1, -1);
    from = to;
  }
  yield '"}';
}

function outcomeLine(outcome: TurnOutcome): Record<string, unknown> & { text: string } {
  const { error, message } = outcome;
  const thinking = message.parts.filter((part) => part.type === "thinking").map(({ text }) => text);
  const toolCalls = message.parts.filter((part) => part.type === "tool-call").map(({ type: _, ...call }) => call);
  return {
    type: "outcome",
    kind: outcome.kind,
    text: textOf(message),
    thinking: thinking.length > 0 ? thinking.join("") : undefined,
    toolCalls,
    finishReason: outcome.finishReason,
    rawReason: outcome.rawReason,
    usage: outcome.usage,
    cost: outcome.cost,
    timings: outcome.timings,
    tokensPerSecond: outcome.tokensPerSecond,
    target: outcome.target,
    answeredBy: outcome.answeredBy,
    attempts: outcome.attempts,
    error: error && {
      kind: error.kind,
      message: error.message,
      host: error.details.host,
      status: error.details.status,
      reason: error.details.reason,
      providerMessage: error.details.providerMessage,
      requestId: error.details.requestId,
    },
  };
}

/** What is no JSON is not repeated: it may hold a key. */
function readJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AssistantError("bad-request", `${name} is not valid JSON.`);
  }
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
