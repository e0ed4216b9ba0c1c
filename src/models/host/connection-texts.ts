/** What a person reads of a connection test: a line for each step, and one sentence for the whole. */
import { l10n } from "vscode";
import { type AssistantError, plainError } from "../../core/errors.ts";
import { formatCost, formatDuration, formatRate } from "../../core/format.ts";
import type { Target } from "../../core/target.ts";
import type { ProviderConfig } from "../../providers/provider/provider.ts";
import { type Step, type StepName, type Steps, stepNames } from "../../turn/connection-test.ts";
import { errorSentence } from "../../turn/host/error-texts.ts";

export interface Tested {
  config: ProviderConfig;
  target: Target;
}

export interface StepText {
  icon: string;
  title: string;
  /** What was found out, in a few words. */
  fact: string;
  /** Why it does not work, and the provider's own words. */
  reason: string;
}

const icons: Record<Step["state"], string> = {
  open: "circle-outline",
  running: "loading~spin",
  passed: "check",
  warned: "warning",
  failed: "error",
  skipped: "dash",
};

export function stepText(name: StepName, step: Step, tested: Tested): StepText {
  const { milliseconds, state } = step;
  const facts = state === "open" ? [] : [factOf(name, step, tested)];
  if (milliseconds !== undefined && state !== "skipped") facts.push(formatDuration(milliseconds));
  return {
    icon: icons[state],
    title: titleOf(name, tested),
    fact: facts.filter((fact) => fact !== "").join(" · "),
    reason: step.error === undefined ? "" : reasonOf(step.error, tested),
  };
}

function titleOf(name: StepName, { config }: Tested): string {
  const { protocol, host } = new URL(config.baseUrl);
  switch (name) {
    case "name":
      return l10n.t("Host name ({0})", host);
    case "connection":
      return l10n.t("Connection");
    case "encryption":
      return l10n.t("Encryption (TLS)");
    case "service":
      return protocol.startsWith("ws") ? l10n.t("Service (WebSocket)") : l10n.t("Service (HTTP)");
    case "key":
      return l10n.t("API key");
    case "models":
      return l10n.t("List of models");
    case "answer":
      return l10n.t("Streamed answer");
    case "usage":
      return l10n.t("Token counts");
  }
}

function factOf(name: StepName, step: Step, { config, target }: Tested): string {
  const { state, addresses, proxy, certificate, models, outcome } = step;
  switch (name) {
    case "name":
      return state === "skipped" ? l10n.t("already an IP address") : (addresses ?? []).slice(0, 3).join(", ");
    case "connection":
      return proxy === undefined ? "" : l10n.t("through the proxy {0}", proxy);
    case "encryption":
      if (state === "skipped") return l10n.t("none: the address is http");
      return certificate === undefined
        ? ""
        : l10n.t("certificate by {0}, valid until {1}", certificate.issuer, certificate.validUntil);
    case "service":
      return "";
    case "key":
      if (state === "skipped") return l10n.t("none is needed");
      return state === "passed" ? l10n.t("accepted") : "";
    case "models":
      if (state === "skipped") return l10n.t("{0} has no model list; using the models in settings", config.name);
      if (models === undefined) return "";
      return models.listed
        ? l10n.t("{0} models, including {1}", models.count, target.model)
        : l10n.t("{0} models, but not {1}", models.count, target.model);
    case "answer": {
      if (step.notStreamed) return l10n.t("arrived all at once, not streamed");
      const ttft = outcome?.timings.ttft;
      if (ttft === undefined) return "";
      const rate = outcome?.tokensPerSecond;
      const first = l10n.t("first token after {0}", formatDuration(ttft));
      return rate === undefined ? first : `${first} · ${formatRate(rate)} tok/s`;
    }
    case "usage": {
      if (state === "warned") return l10n.t("not reported: costs will be estimates");
      const { inputTokens, outputTokens } = outcome?.usage ?? {};
      if (inputTokens === undefined || outputTokens === undefined) return "";
      return l10n.t("{0} in, {1} out, cost {2}", inputTokens, outputTokens, formatCost(outcome?.cost));
    }
  }
}

function reasonOf(error: AssistantError, { config, target }: Tested): string {
  const sentence = errorSentence(plainError(error), { providerName: config.name, model: target.model, partial: false });
  const said = error.details.providerMessage;
  return said === undefined ? sentence : `${sentence} ${l10n.t("It says: {0}", said)}`;
}

/** The first step that failed, if one did. */
export function failedStep(steps: Steps): StepName | undefined {
  return stepNames.find((name) => steps[name].state === "failed");
}

export function verdict(steps: Steps, tested: Tested): string {
  const failed = failedStep(steps);
  if (failed !== undefined) return l10n.t("Does not work: {0}", titleOf(failed, tested));
  const warned = stepNames.filter((name) => steps[name].state === "warned").length;
  if (warned === 0) return l10n.t("Everything works.");
  return warned === 1 ? l10n.t("Works, with a warning.") : l10n.t("Works, with {0} remarks.", warned);
}

/** The whole test as plain text, to be pasted into a bug report. It holds no key: none of its parts does. */
export function reportText(steps: Steps, tested: Tested): string {
  const lines = stepNames.map((name) => {
    const { title, fact, reason } = stepText(name, steps[name], tested);
    const rest = [fact, reason].filter((part) => part !== "").join(" — ");
    return `[${steps[name].state}] ${title}${rest === "" ? "" : `: ${rest}`}`;
  });
  const { id, protocol, baseUrl } = tested.config;
  return [`${id}/${tested.target.model} (${protocol}, ${baseUrl})`, ...lines].join("\n");
}
