/** Decides from a status and the provider's words which kind of error it is and whether asking again could help. */
import type { ErrorKind, ErrorReason } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import type { Report } from "./error-report.ts";

export interface ErrorClass {
  kind: ErrorKind;
  reason?: ErrorReason;
  retryable: boolean;
}

/** How servers say that the prompt does not fit. Rate limits also speak of "too many tokens", so 429 is left out. */
const overflow =
  /context[ _]length[ _]exceeded|maximum context length|context (length|window|size) (is|has been|exceed)|exceeds? (the )?(model'?s? )?(available |maximum )?context|greater than the context length|exceeds the context|prompt (is )?too long|input is too long|input token count.*exceeds|maximum prompt length|maximum model length|reduce the length of (the|your) (messages|prompt|input)|exceeded model token limit|too large for model with|tokens in request more than max tokens|exceeds the maximum number of (input )?tokens|too many (input|prompt) tokens|model_context_window_exceeded|exceed_context_size|n_ctx|request_too_large|string_above_max_length/i;

const noCredit =
  /insufficient[ _](user[ _])?(quota|balance|funds?|credits?)|not enough (credits?|balance)|out of credits?|credit balance is too low|negative balance|billing_(error|hard_limit_reached|not_active)|payment[ _]required|account.*(in arrears|overdue)|arrearage|余额不足|额度不足|额度已用尽|欠费|预扣费/i;

/** OpenAI says this of spent credit, Google of requests per minute; Google then adds when to come back. */
const quota = /exceeded your current quota/i;

const invalidKey =
  /invalid[ _]api[ _-]?key|incorrect api key|api[ _]key (is )?(not valid|invalid|expired)|API_KEY_INVALID|authentication[ _](error|fails|failed)|invalid[ _]token|no auth credentials|user not found\b|无效的令牌/i;

const modelNotFound =
  /model[ _]not[ _](found|exist)|models\/\S+ is not found|model([^.]|\.\S){0,120}(does not exist|not found|is not a valid model|is not supported|not available|no longer available|has been (deprecated|decommissioned))|(no such|unknown|invalid|unsupported) model\b|invalid model name|not a valid model id|model_decommissioned|no endpoints found|no available channel|模型[^。]{0,80}(不存在|无可用渠道)|无可用渠道/i;

const filtered =
  /content[ _](filter|policy|management)|moderation|flagged|safety (system|policy|settings)|data_inspection_failed|unsupported_country|敏感/i;

const unavailable = new Set([502, 503, 504, 520, 521, 522, 523, 524, 529]);

/** The provider's own words go before its status where the two disagree. */
export function classify(status: number, report: Report, isPage: boolean): ErrorClass {
  if (isPage) return classifyPage(status);
  const words = `${report.code ?? ""} ${report.type ?? ""} ${report.message ?? ""}`.slice(0, limits.errorMessage);
  if (status === 413) return final("context-too-long", "too-large");
  if (status !== 429 && overflow.test(words)) return final("context-too-long");
  const spent = noCredit.test(words) || (quota.test(words) && report.retrySeconds === undefined);
  if (status === 402 || spent) return final("no-credit");
  if (status !== 429 && invalidKey.test(words)) return final("unauthorized");
  if (status !== 401 && modelNotFound.test(words)) return final("not-found", "model-not-found");
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
      return { kind: "rate-limited", retryable: true };
    case 408:
    case 425:
    case 500:
      return { kind: "reported", reason: "server-error", retryable: true };
  }
  if (unavailable.has(status)) return { kind: "overloaded", retryable: true };
  if (status >= 500) return final("reported", "server-error");
  return final(status >= 400 ? "bad-request" : "reported");
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

/** The status that an error inside a successful response stands for. */
export function impliedStatus(report: Report): number {
  if (report.status !== undefined) return report.status;
  const words = `${report.code ?? ""} ${report.type ?? ""}`;
  if (/rate[ _]?limit|too[ _]many[ _]requests|resource_exhausted/i.test(words)) return 429;
  if (/overload|unavailable|capacity|insufficient_system_resource/i.test(words)) return 503;
  if (/insufficient|billing|credit/i.test(words)) return 402;
  if (/time[ _]?out|deadline/i.test(words)) return 504;
  if (/auth|api_key/i.test(words)) return 401;
  if (/permission/i.test(words)) return 403;
  if (/not[ _]found/i.test(words)) return 404;
  if (/invalid|context_length|bad[ _]request|unsupported/i.test(words)) return 400;
  return 500;
}

function final(kind: ErrorKind, reason?: ErrorReason): ErrorClass {
  return reason === undefined ? { kind, retryable: false } : { kind, reason, retryable: false };
}
