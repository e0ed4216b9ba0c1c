/** Decides from a status and the provider's words which kind of error it is and whether asking again could help. */
import type { ErrorKind, ErrorReason } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { minimaxType, type Report } from "./error-report.ts";
import { isAboutMoney, isAboutRate, isLongLimit } from "./money-words.ts";

export interface ErrorClass {
  kind: ErrorKind;
  reason?: ErrorReason;
  retryable: boolean;
}

/** How servers say that the prompt does not fit. Rate limits also speak of "too many tokens", so 429 is left out. */
const overflow =
  /context[ _]length[ _]exceeded|maximum context length|context (length|window|size) (is|has been|exceed)|exceeds? (the )?(model'?s? )?(available |maximum )?context|greater than the context length|exceeds the context|prompt (is )?too long|input is too long|input token count.*exceeds|maximum prompt length|maximum model length|reduce the length of (the|your) (messages|prompt|input)|exceeded model token limit|too large for model with|tokens in request more than max tokens|exceeds the maximum number of (input )?tokens|too many (input|prompt) tokens|model_context_window_exceeded|exceed_context_size|n_ctx|request_too_large/i;

/** A string that is too long is the conversation only where it is one of its texts: ids and names have their own limits. */
const longText = /string_above_max_length|string too long/i;
const textPath =
  /['"`]?(?:\w{1,40}(?:\[\d{1,6}\])?\.){0,8}(content|text|input|output|instructions|prompt)(?:\[\d+\])?['"`]?:/i;

const invalidKey =
  /invalid[ _]api[ _-]?key|incorrect api key|api[ _]key (is )?(not valid|invalid|expired)|API_KEY_INVALID|authentication[ _](error|fails|failed)|invalid[ _]token|no auth credentials|user not found\b|无效的令牌/i;

const modelNotFound =
  /model[ _]not[ _](found|exist)|models\/\S+ is not found|model([^.]|\.\S){0,120}(does not exist|not found|is not a valid model|no longer available|has been (deprecated|decommissioned))|(no such|unknown|invalid|unsupported) model\b|invalid model name|not a valid model id|model_decommissioned|no endpoints found for|no available channel|模型[^。]{0,80}(不存在|无可用渠道)|无可用渠道/i;

const modelNotServed = /model([^.]|\.\S){0,120}(is not supported|not available)/i;

/** What a request asks for beside its model: a server that does not have this does have the model. */
const aboutRequest =
  /\b(parameters?|arguments?|temperature|top_p|tools?|tool_\w+|functions?|function call\w*|roles?|system (prompt|message|instruction)s?|developer \w+|instructions?|reasoning\w*|thinking|effort|stream_options|max_\w*tokens|images?|vision|audio|response_format)\b/i;

const notSupported = /(not|un)[ -]?supported|(does not|doesn['’]?t) support/i;

/** One request that is larger than all that a minute allows never gets through. */
const tooLargeForRate = /request too large|tokens must be reduced/i;

/** OpenRouter knows the model, but nobody who serves it as it was asked for; a person's own settings may be the reason. */
const noSuchEndpoint = /no endpoints found (that|matching|which|with)|no allowed providers/i;

/** A template that cannot write this conversation down: llama.cpp and LM Studio call it a fault of their own. */
const template = /jinja|chat[ _]template|raise_exception|roles must alternate|role not supported|rendering prompt/i;

const filtered =
  /content[ _](filter|policy|management)|moderation|flagged|safety (system|policy|settings)|data_inspection_failed|unsupported_country|new_sensitive|敏感/i;

const unavailable = new Set([502, 503, 504, 520, 521, 522, 523, 524, 529]);

/** The provider's own words go before its status where the two disagree. */
export function classify(status: number, report: Report, isPage: boolean): ErrorClass {
  if (isPage) return classifyPage(status);
  const words = `${report.code ?? ""} ${report.type ?? ""} ${report.message ?? ""}`.slice(0, limits.errorMessage);
  if (status === 413) return final("context-too-long", "too-large");
  if (status !== 429 && (overflow.test(words) || (longText.test(words) && textPath.test(words))))
    return final("context-too-long");
  if (status === 402 || isAboutMoney(words, report.retrySeconds !== undefined)) return final("no-credit");
  if (status !== 429 && invalidKey.test(words)) return final("unauthorized");
  if (status === 429 && tooLargeForRate.test(words)) return final("context-too-long");
  const isOfRequest = status === 404 && notSupported.test(words) && aboutRequest.test(words);
  if (isOfRequest || noSuchEndpoint.test(words) || template.test(words)) return final("bad-request");
  if (status !== 401 && isAboutModel(words)) return final("not-found", "model-not-found");
  if (status < 500 && status !== 429 && filtered.test(words)) return final("refused");
  switch (status) {
    case 401:
    case 403:
      return final("unauthorized");
    case 404:
    case 405:
      return final("not-found");
    case 407:
      return final("proxy");
    case 429:
      return { kind: "rate-limited", retryable: report.retrySeconds !== undefined || !isLongLimit(words) };
    case 408:
    case 425:
    case 500:
      return { kind: "reported", reason: "server-error", retryable: true };
  }
  if (unavailable.has(status)) return { kind: "overloaded", retryable: true };
  if (status >= 500) return final("reported", "server-error");
  return final(status >= 400 ? "bad-request" : "reported");
}

function isAboutModel(words: string): boolean {
  return modelNotFound.test(words) || (modelNotServed.test(words) && !aboutRequest.test(words));
}

function classifyPage(status: number): ErrorClass {
  if (unavailable.has(status)) return { kind: "overloaded", reason: "html", retryable: true };
  if (status === 429) return { kind: "rate-limited", reason: "html", retryable: true };
  if (status === 408 || status === 425 || status === 500) return { kind: "reported", reason: "html", retryable: true };
  if (status === 407) return final("proxy", "html");
  if (status === 413) return final("context-too-long", "too-large");
  if (status === 404 || status === 405) return final("not-found", "html");
  // A firewall's page says nothing about the key.
  return final(status >= 400 ? "reported" : "malformed", "html");
}

/** MiniMax's own numbers, which come with status 200. */
const minimax: { readonly [code: string]: number } = {
  1001: 504,
  1002: 429,
  1004: 401,
  1008: 402,
  1026: 400,
  1027: 400,
  1039: 429,
  1041: 429,
  1042: 400,
  2013: 400,
  2049: 401,
  2056: 402,
};

/** The status that an error inside a successful response stands for. */
export function impliedStatus(report: Report): number {
  if (report.status !== undefined) return report.status;
  if (report.type === minimaxType) return minimax[report.code ?? ""] ?? 500;
  const words = `${report.code ?? ""} ${report.type ?? ""}`;
  if (/resource_exhausted/i.test(words) || isAboutRate(`${words} ${report.message ?? ""}`)) return 429;
  if (/overload|unavailable|capacity|insufficient_system_resource/i.test(words)) return 503;
  if (/insufficient|billing|credit/i.test(words)) return 402;
  if (/time[ _]?out|deadline/i.test(words)) return 504;
  if (/auth|api_key/i.test(words)) return 401;
  if (/permission/i.test(words)) return 403;
  if (/not[ _]found/i.test(words)) return 404;
  if (/invalid|context_length|bad[ _]?request|unsupported/i.test(words)) return 400;
  return 500;
}

function final(kind: ErrorKind, reason?: ErrorReason): ErrorClass {
  return reason === undefined ? { kind, retryable: false } : { kind, reason, retryable: false };
}
