/** Reads the parts of a stored message field by field, so that nothing damaged, hostile or newer gets past the log's reader. */

import type { Attachment, ConversationMessage, MessageMeasures, RunningTurn } from "../core/conversation.ts";
import type { BudgetUse, ErrorKind, ErrorReason, MessageError } from "../core/errors.ts";
import type { FinishReason, Notice, NoticeCode } from "../core/events.ts";
import { type LimitName, limits } from "../core/limits.ts";
import type { ResumePoint } from "../core/message.ts";
import type { Purpose, Timings } from "../core/outcome.ts";
import {
  documentUri,
  flag,
  identifier,
  integer,
  isObject,
  list,
  number,
  object,
  oneOf,
  own,
  type Reader,
  string,
} from "../core/stored.ts";
import type { Target } from "../core/target.ts";
import type { Cost, Price, TokenUsage } from "../core/usage.ts";

/** All words of a union; the compiler tells when one is missing. */
function wordsOf<Word extends string>(words: Record<Word, true>): Word[] {
  return Object.keys(words) as Word[];
}

const purposes = wordsOf<Purpose>({
  ...{ chat: true, explain: true, edit: true, commit: true, compare: true, test: true, api: true },
});
const finishReasons = wordsOf<FinishReason>({
  ...{ stop: true, length: true, "tool-calls": true, "content-filter": true, other: true },
});
const errorKinds = wordsOf<ErrorKind>({
  ...{ "missing-key": true, unauthorized: true, "no-credit": true, "rate-limited": true, overloaded: true },
  ...{ "not-found": true, "bad-request": true, "context-too-long": true, network: true, tls: true, proxy: true },
  ...{ "connect-timeout": true, "first-token-timeout": true, "idle-timeout": true, malformed: true },
  ...{ "too-large": true, incomplete: true, refused: true, reported: true },
});
const errorReasons = wordsOf<ErrorReason>({
  ...{ html: true, "model-not-found": true, "key-for-other-origin": true, "key-not-allowed": true },
  ...{ "insecure-origin": true, redirect: true, "no-upgrade": true, dns: true, "connection-refused": true },
  ...{ "connection-lost": true, "empty-response": true, "too-large": true, "server-error": true, "no-model": true },
  ...{ "unknown-provider": true, "proxy-address": true, "certificate-file": true, slept: true, "own-limit": true },
  ...{ budget: true, "not-loaded": true, internal: true, "variable-not-set": true, "variable-unfit": true },
});
const noticeCodes = wordsOf<NoticeCode>({
  ...{ "malformed-frames": true, "not-streamed": true, repaired: true, "content-idle": true, "late-error": true },
  ...{ "waiting-for-slot": true, "waiting-for-server": true, retrying: true, asking: true, "fell-back": true },
  ...{ "failed-over": true, "left-out": true, continued: true, trimmed: true, budget: true },
  ...{ "budget-incomplete": true, "budget-unreadable": true, "implausible-numbers": true },
});

const limitNames = Object.keys(limits) as LimitName[];

/** Characters of a name or a label that somebody reads. */
const NAME = 1000;
/** Characters of a server's own words. */
const WORDS = 20_000;
/** No clock of ours measures longer: a year, in milliseconds. */
const YEAR = 366 * 24 * 3600 * 1000;
const time = number(0, YEAR);
const tokens = number(0, 1e12);
/** Of one answer, in units of its currency. */
const amount = number(0, 1e12);
const currency: Reader<string> = (value) =>
  typeof value === "string" && /^[A-Za-z]{1,10}$/.test(value) ? value : undefined;

const target = object<Target>({ required: { provider: string(NAME), model: string(NAME) }, optional: {} });

const usage = object<TokenUsage>({
  required: {},
  optional: {
    ...{ inputTokens: tokens, outputTokens: tokens, cacheReadTokens: tokens, cacheWriteTokens: tokens },
    ...{ cacheWriteHourTokens: tokens, reasoningTokens: tokens, estimated: flag },
  },
});

const price = object<Price>({
  required: { input: amount, output: amount, currency },
  optional: { cacheRead: amount, cacheWrite: amount, cacheWriteHour: amount },
});

const cost = object<Cost>({
  required: { amount, currency, source: oneOf(["reported", "computed", "estimated"]) },
  optional: { priceOrigin: string(NAME), price },
});

const timings = object<Timings>({
  required: { total: time },
  optional: { ttft: time, firstContent: time, streaming: time, waited: time },
});

const measures = object<MessageMeasures>({
  required: { target },
  optional: {
    ...{ answeredBy: string(NAME), finishReason: oneOf(finishReasons), usage, cost, timings },
    tokensPerSecond: number(0, 1e9),
  },
});

const budget = object<BudgetUse>({
  required: { period: oneOf(["hour", "day", "month"]), limit: amount, spent: amount, currency },
  optional: { held: amount },
});

const details = object<MessageError["details"]>({
  required: {},
  optional: {
    ...{ host: string(NAME), proxy: string(NAME), status: integer(0, 99_999), reason: oneOf(errorReasons) },
    ...{ providerMessage: string(WORDS), requestId: string(NAME), model: string(NAME), provider: string(NAME) },
    ...{ seconds: number(0, YEAR), retryable: flag, budget, variable: string(NAME), limit: oneOf(limitNames) },
    atLimit: flag,
  },
});

/** One of which the words of a sentence cannot be chosen is shown by its own message. */
const messageError: Reader<MessageError> = (value, reading) => {
  if (!isObject(value)) return undefined;
  const message = string(WORDS)(own(value, "message"), reading);
  if (message === undefined) return undefined;
  const kind = oneOf(errorKinds)(own(value, "kind"), reading);
  const read = details(own(value, "details") ?? {}, reading) ?? {};
  if (Object.keys(value).some((name) => !["kind", "message", "details"].includes(name))) reading.left++;
  const written = own(value, "details");
  if (written !== undefined && !isObject(written)) reading.left++;
  const isTold = (name: "reason" | "budget"): boolean =>
    !isObject(written) || own(written, name) === undefined || read[name] !== undefined;
  if (kind !== undefined && isTold("reason") && isTold("budget")) return { kind, message, details: read };
  if (kind === undefined) reading.left++;
  const { reason: _reason, budget: _budget, ...rest } = read;
  return { kind: "unknown", message, details: rest };
};

const notice = object<Notice>({
  required: { type: oneOf(["notice"]), code: oneOf(noticeCodes) },
  optional: {
    ...{ detail: string(WORDS), count: integer(), most: integer(), seconds: number(0, YEAR) },
    ...{ target, error: messageError, budget },
  },
});

const line = integer(1, 1e9);

/** On one line, whatever its file is called. */
const place: Reader<string> = (value, reading) => {
  const read = string(NAME)(value, reading);
  if (read === undefined || !/\p{Cc}/u.test(read)) return read;
  reading.left++;
  return read.replace(/\p{Cc}+/gu, "\ufffd");
};

const attachment = object<Attachment>({
  required: { label: place, path: place, language: string(100), startLine: line, endLine: line, text: string() },
  optional: { uri: documentUri },
});

export const turn = object<RunningTurn>({ required: { id: identifier(), target }, optional: {} });

const resume = object<ResumePoint>({ required: { id: identifier(1000), after: integer() }, optional: {} });

type Extras = Omit<ConversationMessage, "id" | "role" | "text" | "thinking" | "state">;

/** What a message has beside its id, role, text, thinking and state; what of it cannot be read is left out and counted. */
export const extras: Reader<Extras> = (value, reading) =>
  object<Extras>({
    required: {},
    optional: {
      ...{ attachments: list(attachment, 1000), purpose: oneOf(purposes), measures, turn, error: messageError },
      ...{ notices: list(notice, 1000), seams: list(integer(), 1000), resume, scripted: flag, partial: flag },
    },
  })(withoutBasics(value), reading);

const basics = new Set(["id", "role", "text", "thinking", "state"]);

function withoutBasics(value: unknown): unknown {
  if (!isObject(value)) return value;
  // From entries, for `__proto__` is a name like any other there.
  return Object.fromEntries(Object.entries(value).filter(([name]) => !basics.has(name)));
}
