/** Tells an OpenTelemetry collector of turns, in batches behind their back: no turn ever waits for it or fails by it. */

import { randomBytes, randomUUID } from "node:crypto";
import { defined } from "../core/defined.ts";
import { AssistantError } from "../core/errors.ts";
import { secretParts } from "../core/key-forms.ts";
import type { Logger } from "../core/logger.ts";
import type { TurnOutcome } from "../core/outcome.ts";
import { createRedactor } from "../core/redactor.ts";
import { isObject } from "../core/stored.ts";
import { redact } from "../providers/errors/redact.ts";
import { retryAfterSeconds } from "../providers/errors/retry-after.ts";
import { readText } from "../stream/transport/http.ts";
import { sleep, unlessAborted } from "../stream/transport/sleep.ts";
import type { HttpResponse, Transport } from "../stream/transport/transport.ts";
import { MOST_RETRIES, retryDelay } from "../turn/retry.ts";
import { isTellable, type ServerOf, type Teller, type TurnContent, type TurnRecord, tracesBody } from "./otlp.ts";
import { metricsBody } from "./otlp-metrics.ts";
import type { OtlpSettings, Signal } from "./settings.ts";

export interface OtlpExporter {
  record(outcome: TurnOutcome, content: TurnContent): void;
  /** Sends what is waiting, each request once and all of them within `milliseconds`; then it is closed. */
  close(milliseconds: number): Promise<void>;
}

export interface OtlpServices {
  transport: Transport;
  logger: Logger;
  /** Undefined = nothing may be sent. `content` only where it was asked for twice. Read for each turn and each batch. */
  settings(): OtlpSettings | undefined;
  server: ServerOf;
  version: string;
  /** Milliseconds since 1970. */
  wallClock(): number;
  /** From 0 up to but not including 1. */
  random(): number;
  /** Milliseconds between the first turn of a batch and its sending. */
  pause?: number;
}

/** Turns in one request, and turns that wait at most; a further one is dropped and counted. */
const BATCH = 100;
/** With their texts fewer go into one request, which collectors take up to some 20 MiB. */
const BATCH_WITH_TEXTS = 10;
const MOST_WAITING = 1000;
const PAUSE = 10_000;
const QUIET = 60_000;
/** Characters of a line in the log. */
const LONGEST_REASON = 300;
const retried = new Set([429, 502, 503, 504]);
const timeouts = { connect: 10, firstToken: 10, idle: 10 };

/** Why a request is asked once more or given up. */
interface Failure {
  /** In English, for the log. */
  reason: string;
  retryable: boolean;
  /** Seconds the collector asks to wait. */
  asked?: number;
}

export function createOtlpExporter(services: OtlpServices): OtlpExporter {
  const { transport, logger, settings, server, version, wallClock, random, pause = PAUSE } = services;
  const teller: Teller = { version, instance: randomUUID() };
  /** Ends the pauses between two tries, and then the requests themselves. */
  const closing = new AbortController();
  const deadline = new AbortController();
  let waiting: TurnRecord[] = [];
  /** Whom those that wait are for: what was recorded for one collector never goes to another. */
  let endpoint: string | undefined;
  let toldUntil = wallClock();
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> | undefined;
  let dropped = 0;
  let warnedAt = Number.NEGATIVE_INFINITY;

  /** The settings that hold now; what waited for others is forgotten. */
  function current(): OtlpSettings | undefined {
    const now = settings();
    if (now?.endpoint !== endpoint) {
      waiting = [];
      endpoint = now?.endpoint;
      toldUntil = wallClock();
    }
    return now;
  }

  function warn(reason: string): void {
    const now = wallClock();
    if (now - warnedAt < QUIET) return;
    warnedAt = now;
    const secrets = Object.values(settings()?.headers ?? {}).flatMap(secretParts);
    const safe = redact(reason, createRedactor(secrets)).replace(/\s+/g, " ").slice(0, LONGEST_REASON);
    logger.warn(`OpenTelemetry: ${safe} Turns not told so far: ${dropped}.`);
  }

  function start(): void {
    clearTimeout(timer);
    timer = undefined;
    sending ??= sendAll()
      .catch((error: unknown) => warn(String(error)))
      .finally(() => {
        sending = undefined;
      });
  }

  async function sendAll(): Promise<void> {
    for (;;) {
      const now = current();
      if (now === undefined || waiting.length === 0) return;
      const batch = waiting.splice(0, now.content ? BATCH_WITH_TEXTS : BATCH);
      // Leave that was taken back meanwhile holds for what waits as well.
      if (!now.content) for (const record of batch) delete record.content;
      const interval = { from: toldUntil, to: wallClock() };
      toldUntil = interval.to;
      const bodies = {
        metrics: () => metricsBody(batch, interval, teller),
        traces: () => tracesBody(batch, teller),
      };
      const failures = await Promise.all(
        now.signals.map((signal) => send(now, signal, JSON.stringify(bodies[signal]()))),
      );
      const failure = failures.find((each) => each !== undefined);
      if (failure === undefined) continue;
      dropped += batch.length;
      warn(failure.reason);
    }
  }

  /** What went wrong in the end; undefined when the collector has it. */
  async function send(to: OtlpSettings, signal: Signal, body: string): Promise<Failure | undefined> {
    for (let retry = 0; ; retry++) {
      const failure = await post(to, signal, body);
      const seconds = failure?.retryable ? retryDelay(retry, failure.asked, random) : undefined;
      if (seconds === undefined || retry === MOST_RETRIES || closing.signal.aborted) return failure;
      await sleep(seconds * 1000, closing.signal).catch(() => {});
      if (settings()?.endpoint !== to.endpoint) return failure;
    }
  }

  async function post(to: OtlpSettings, signal: Signal, body: string): Promise<Failure | undefined> {
    try {
      const response = await transport.request({
        method: "POST",
        url: `${to.endpoint}/v1/${signal}`,
        headers: { ...to.headers, "content-type": "application/json" },
        body,
        signal: deadline.signal,
        timeouts,
      });
      return await failureIn(response, to.endpoint);
    } catch (thrown) {
      if (thrown instanceof AssistantError) return { reason: thrown.message, retryable: thrown.retryable };
      return { reason: `${to.endpoint} could not be told in time.`, retryable: false };
    }
  }

  async function failureIn(response: HttpResponse, host: string): Promise<Failure | undefined> {
    const { status, headers } = response;
    const text = await readText(response);
    if (status >= 200 && status < 300) {
      const rejected = rejection(text);
      // What a collector takes in part is never sent again.
      if (rejected !== undefined) warn(`${host} did not take everything: ${rejected}.`);
      return undefined;
    }
    const asked = retryAfterSeconds(status, headers);
    const retryable = retried.has(status);
    return { reason: `${host} answers with status ${status}.`, retryable, ...defined({ asked }) };
  }

  return {
    record(outcome, content) {
      const now = current();
      if (now === undefined || now.signals.length === 0 || !isTellable(outcome) || closing.signal.aborted) return;
      if (waiting.length >= MOST_WAITING) {
        dropped++;
        return warn("too many turns are waiting.");
      }
      const record: TurnRecord = {
        outcome,
        server,
        traceId: randomBytes(16).toString("hex"),
        spanId: randomBytes(8).toString("hex"),
      };
      if (now.content) record.content = content;
      waiting.push(record);
      if (waiting.length >= BATCH) start();
      else timer ??= setTimeout(start, pause).unref();
    },
    async close(milliseconds) {
      closing.abort();
      const patience = setTimeout(() => deadline.abort(), milliseconds);
      start();
      await unlessAborted(sending ?? Promise.resolve(), deadline.signal).catch(() => {});
      clearTimeout(patience);
    },
  };
}

/** The collector's words on what it did not take. */
function rejection(text: string): string | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {}
  const partial = isObject(answer) ? answer.partialSuccess : undefined;
  const message = isObject(partial) ? partial.errorMessage : undefined;
  return typeof message === "string" && message !== "" ? message.slice(0, 2000) : undefined;
}
