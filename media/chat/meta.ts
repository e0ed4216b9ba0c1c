/** The line of figures under an answer: what it took, what it cost, and which model gave it. */

import type { ViewMessage } from "../../src/chat/protocol.ts";
import type { ChatTexts } from "../../src/chat/texts.ts";
import {
  estimateMark,
  exactAmount,
  fill,
  formatCost,
  formatDuration,
  formatRate,
  formatTokens,
} from "../../src/core/format.ts";
import { element } from "../ui/dom.ts";

interface Part {
  name: "ttft" | "rate" | "tokens" | "cost" | "model";
  text: string;
  title?: string;
}

type Measures = NonNullable<ViewMessage["measures"]>;

/** Fills `root`; it is hidden while nothing is known. */
export function showMeta(root: HTMLElement, message: ViewMessage, texts: ChatTexts): void {
  const parts = message.measures === undefined ? [] : describe(message.measures, texts);
  root.hidden = parts.length === 0;
  root.replaceChildren();
  for (const { name, text, title } of parts) {
    // The dot stays with what is before it: a line never begins with one.
    if (root.childNodes.length > 0) root.append(element("span", { "aria-hidden": "true" }, " ·"), " ");
    root.append(element("span", { class: `meta-${name}`, title }, text));
  }
  if (message.scripted === true) root.append(" ", element("span", { class: "badge" }, texts.demoBadge));
}

function describe(measures: Measures, texts: ChatTexts): Part[] {
  const { timings, tokensPerSecond, usage, target, answeredBy } = measures;
  const parts: Part[] = [];
  if (timings?.ttft !== undefined) {
    const title = fill(texts.metaTotal, { time: formatDuration(timings.total) });
    parts.push({ name: "ttft", text: fill(texts.metaTtft, { time: formatDuration(timings.ttft) }), title });
  }
  if (tokensPerSecond !== undefined) {
    parts.push({
      name: "rate",
      text: `${estimateMark(usage)}${fill(texts.metaRate, { rate: formatRate(tokensPerSecond) })}`,
    });
  }
  if (usage !== undefined) parts.push(describeTokens(usage, texts));
  // Without an answer nothing was bought, and an unknown price would only worry.
  if (usage !== undefined || measures.cost !== undefined || timings?.ttft !== undefined) {
    parts.push(describeCost(measures.cost, texts));
  }
  const asked = `${target.provider}/${target.model}`;
  parts.push({
    name: "model",
    text: answeredBy ?? target.model,
    title: answeredBy === undefined ? asked : `${asked} → ${answeredBy}`,
  });
  return parts;
}

function describeTokens(usage: NonNullable<Measures["usage"]>, texts: ChatTexts): Part {
  const mark = estimateMark(usage);
  const count = (tokens: number | undefined) => (tokens === undefined ? "—" : `${mark}${formatTokens(tokens)}`);
  const details: string[] = [];
  if (usage.cacheReadTokens !== undefined)
    details.push(fill(texts.metaCached, { count: formatTokens(usage.cacheReadTokens) }));
  if (usage.reasoningTokens !== undefined) {
    details.push(fill(texts.metaReasoning, { count: formatTokens(usage.reasoningTokens) }));
  }
  if (usage.estimated === true) details.push(texts.costEstimated);
  const text = fill(texts.metaTokens, { input: count(usage.inputTokens), output: count(usage.outputTokens) });
  return details.length === 0 ? { name: "tokens", text } : { name: "tokens", text, title: details.join(" · ") };
}

/** Rounded in the line, with all digits in its tooltip. */
function describeCost(cost: Measures["cost"], texts: ChatTexts): Part {
  const text = formatCost(cost);
  if (cost === undefined) return { name: "cost", text, title: texts.costUnknown };
  const title = [exactAmount(cost.amount, cost.currency)];
  if (cost.source === "reported") title.push(texts.costReported);
  if (cost.source === "estimated") title.push(texts.costEstimated);
  if (cost.priceOrigin !== undefined) title.push(fill(texts.metaCostTitle, { origin: cost.priceOrigin }));
  return { name: "cost", text, title: title.join(" · ") };
}
