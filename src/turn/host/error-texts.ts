/** What a person reads when a turn fails: one sentence that names the host and the cause, and the buttons that help. */
import { l10n } from "vscode";
import type { ErrorView } from "../../core/error-view.ts";
import type { MessageError } from "../../core/errors.ts";
import { formatElapsed } from "../../core/format.ts";
import { limits } from "../../core/limits.ts";
import { notLoadedText } from "../../editor/on-demand.ts";
import { budgetText, unreadableRefusal } from "../../money/host/budget-texts.ts";
import { actionLabel, errorActions } from "./error-buttons.ts";

export interface ErrorPlace {
  /** The provider's name in settings. */
  providerName: string;
  model: string;
  /** True when part of the answer was kept. */
  partial: boolean;
  /** True when the answer can go on from that part. */
  canContinue?: boolean;
}

export function errorView(error: MessageError, place: ErrorPlace): ErrorView {
  const view: ErrorView = {
    kind: error.kind,
    text: errorSentence(error, place),
    actions: errorActions(error, place.canContinue ?? false).map((action) => ({ action, label: actionLabel(action) })),
  };
  const detail = errorDetail(error);
  if (detail) view.detail = detail;
  return view;
}

export function errorSentence(error: MessageError, { providerName, model, partial }: ErrorPlace): string {
  const { details } = error;
  const host = details.host ?? providerName;
  const code = details.status === undefined ? "" : ` (${details.status})`;
  switch (error.kind) {
    case "missing-key":
      if (details.reason === "key-not-allowed")
        return l10n.t(
          "The key of {0} is in an environment variable. It is sent to {1} only when you allow it.",
          providerName,
          host,
        );
      if (details.reason === "variable-not-set")
        return l10n.t(
          "The environment variable {0}, which “headers” of {1} names, is not set. Nothing was sent.",
          details.variable ?? "",
          providerName,
        );
      if (details.reason === "variable-unfit")
        return l10n.t(
          "The environment variable {0}, which “headers” of {1} names, contains a line break or characters that a header cannot contain. Nothing was sent.",
          details.variable ?? "",
          providerName,
        );
      return details.reason === "key-for-other-origin"
        ? l10n.t(
            "The address of {0} has changed to {1}. The key you entered for the old address is not sent there; enter a key for the new one.",
            providerName,
            host,
          )
        : l10n.t("There is no API key for {0} yet.", providerName);
    case "unauthorized":
      return details.status === 403
        ? l10n.t("{0} does not allow this key to use {1}{2}.", host, model, code)
        : l10n.t("{0} does not accept the API key{1}.", host, code);
    case "no-credit":
      if (details.budget) return budgetText(details.budget);
      if (details.reason === "budget") return unreadableRefusal();
      return l10n.t("The account at {0} has no credit left.", host);
    case "rate-limited":
      if (details.reason === "own-limit")
        return l10n.t("Your rate limit for {0} is full; no slot became free in time.", providerName);
      return details.seconds === undefined
        ? l10n.t("{0} is limiting requests at the moment{1}.", host, code)
        : l10n.t("{0} is limiting requests and asks to wait {1}{2}.", host, waitTime(details.seconds), code);
    case "overloaded":
      return details.seconds === undefined
        ? l10n.t("{0} is overloaded or down at the moment{1}.", host, code)
        : l10n.t(
            "{0} is overloaded or down at the moment and asks to wait {1}{2}.",
            host,
            waitTime(details.seconds),
            code,
          );
    case "not-found":
      return details.reason === "model-not-found"
        ? l10n.t("{0} does not know the model “{1}”.", host, model)
        : l10n.t("{0} has no chat service at this address{1}. The base URL may be wrong.", host, code);
    case "bad-request":
      switch (details.reason) {
        case "no-model":
          return l10n.t("No model is chosen yet.");
        case "insecure-origin":
          return l10n.t("A key is not sent to {0} over unencrypted http. Use https.", host);
        case "redirect":
          return l10n.t(
            "{0} redirects to another address, where the key is not sent. The base URL may be wrong.",
            host,
          );
        default:
          return l10n.t("{0} does not accept the request{1}.", host, code);
      }
    case "context-too-long":
      return l10n.t(
        "The conversation is too long for {0}. Start a new chat or choose a model with a larger context.",
        model,
      );
    case "network":
      switch (details.reason) {
        case "dns":
          return l10n.t("The name {0} could not be found. Check the base URL and your connection.", host);
        case "connection-refused":
          return l10n.t("Nothing answers at {0}: the connection was refused.", host);
        default:
          return partial
            ? l10n.t("Lost the connection to {0} mid-answer. The text received so far was kept.", host)
            : l10n.t("The connection to {0} was lost.", host);
      }
    case "tls":
      if (details.reason === "certificate-file")
        return l10n.t("Cannot read the certificate file configured for {0}.", providerName);
      return l10n.t("No secure connection to {0}: its certificate is not trusted, or it does not speak TLS.", host);
    case "proxy":
      return proxySentence(details, host);
    case "connect-timeout":
      if (details.proxy !== undefined) {
        const seconds = details.seconds ?? 30;
        return l10n.t("No connection to {0} through the proxy {1} within {2} seconds.", host, details.proxy, seconds);
      }
      return l10n.t("{0} did not answer within {1} seconds.", host, details.seconds ?? 30);
    case "first-token-timeout":
      if (details.reason === "slept") return sleepSentence(host, partial);
      return l10n.t("{0} accepted the question but sent nothing for {1} seconds.", host, details.seconds ?? 600);
    case "idle-timeout":
      if (details.reason === "slept") return sleepSentence(host, partial);
      return l10n.t(
        "{0} sent nothing for {1} seconds mid-answer. The text received so far was kept.",
        host,
        details.seconds ?? 120,
      );
    case "too-large":
      return tooLargeSentence(details, host, partial);
    case "malformed":
      if (details.reason === "too-large") return tooLargeSentence(details, host, partial);
      if (details.reason === "internal") return l10n.t("Something in Runnel itself went wrong; the log says what.");
      if (details.reason === "not-loaded") return notLoadedText();
      return details.reason === "html"
        ? l10n.t("{0} answers with a web page, not with an API. The base URL is probably wrong.", host)
        : l10n.t("{0} sent something that is not a chat answer.", host);
    case "incomplete":
      if (details.atLimit) return l10n.t("{0} reached its output limit before it wrote an answer.", host);
      return details.reason === "empty-response"
        ? l10n.t("{0} sent an empty answer.", host)
        : l10n.t("The answer was cut off. The text received so far was kept.");
    case "refused":
      return l10n.t("{0} declined to answer this.", model);
    case "reported":
      return partial
        ? l10n.t("{0} reported an error mid-answer. The text received so far was kept.", host)
        : l10n.t("{0} reported an error{1}.", host, code);
    // Written by a newer version, or damaged: its English message is all that is known.
    case "unknown":
      return error.message;
    default:
      return error.kind satisfies never;
  }
}

function proxySentence({ reason, status, proxy }: MessageError["details"], host: string): string {
  if (reason === "proxy-address")
    return l10n.t("The proxy that is set cannot be used: Runnel speaks to http:// and https:// proxies only.");
  if (proxy === undefined) return l10n.t("The proxy did not let the connection to {0} through.", host);
  if (status === undefined) return l10n.t("The proxy {0} on the way to {1} cannot be reached.", proxy, host);
  if (status === 407 || status === 401) return l10n.t("Proxy {0} requires valid credentials ({1}).", proxy, status);
  return l10n.t("The proxy {0} did not let the connection to {1} through ({2}).", proxy, host, status);
}

/** Which limit it was, in the words of who waited for an answer. */
function tooLargeSentence({ limit }: MessageError["details"], host: string, partial: boolean): string {
  switch (limit) {
    case "answer":
      return l10n.t(
        "The answer from {0} is longer than {1} million characters, so it was ended. The text received so far was kept.",
        host,
        Math.floor(limits.answer / 1e6),
      );
    case "commitMessage":
      return l10n.t("{0} sent far more than a commit message, so the answer was ended.", host);
    case "toolCalls":
      return l10n.t(
        "{0} sent more than {1} tool calls in one answer, so it was ended. The text received so far was kept.",
        host,
        limits.toolCalls,
      );
    case "modelList":
    case "models":
      return l10n.t("The model list of {0} is too large to read. Type the id of the model instead.", host);
    case "head":
      return l10n.t("The response headers of {0} are too large.", host);
    default:
      return partial
        ? l10n.t("{0} sent more data at once than Runnel reads. The text received so far was kept.", host)
        : l10n.t("{0} sent more data than Runnel reads.", host);
  }
}

function sleepSentence(host: string, partial: boolean): string {
  return partial
    ? l10n.t("This computer was asleep, and {0} has sent nothing since. The text received so far was kept.", host)
    : l10n.t("This computer was asleep, and {0} has sent nothing since.", host);
}

function waitTime(seconds: number): string {
  return formatElapsed(Math.ceil(seconds) * 1000);
}

/** The provider's own words and what support would ask for. */
function errorDetail({ details, message }: MessageError): string {
  const lines = [details.providerMessage ?? message];
  if (details.status !== undefined) lines.push(`HTTP ${details.status}`);
  if (details.requestId !== undefined) lines.push(l10n.t("Request ID: {0}", details.requestId));
  return lines.join("\n");
}

/** Of an answer that the provider's filter ended, perhaps before its first word. */
export function filteredText(): string {
  return l10n.t("Stopped by the provider's content filter");
}
