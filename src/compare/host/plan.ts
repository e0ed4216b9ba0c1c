/** What a comparison would be, before anything is sent: its models with their prices, the request, the likely cost. */

import * as vscode from "vscode";
import { systemPrompt } from "../../context/prompts.ts";
import { defined } from "../../core/defined.ts";
import { userMessage } from "../../core/message.ts";
import { formatTarget, type Target } from "../../core/target.ts";
import type { Models } from "../../models/host/models.ts";
import { type PricesNow, priceOf } from "../../turn/candidate-price.ts";
import { FEWEST_MODELS } from "../comparison.ts";
import { estimateSpending } from "../estimate.ts";
import { expectedOutput } from "../prompts.ts";
import type { CompareModel } from "../protocol.ts";
import type { ComparisonPlan } from "./run.ts";
import { planText } from "./texts.ts";

export interface ComparisonChoice {
  targets: readonly Target[];
  prompt: string;
  rounds: number;
}

/** With the sentence that a person says yes to; undefined when there is nothing to compare. */
export function planComparison(
  models: Models,
  { targets, prompt, rounds }: ComparisonChoice,
  prices: PricesNow,
): (ComparisonPlan & { text: string }) | undefined {
  const asked = targets.flatMap((target) => {
    const candidate = models.candidate(target);
    return candidate === undefined ? [] : [{ target, candidate, price: priceOf(candidate, prices)?.price }];
  });
  const text = prompt.trim();
  if (text === "" || asked.length < FEWEST_MODELS) return undefined;
  const { systemPrompt: own, temperature, maxOutputTokens } = models.settings;
  // As the chat asks, so that a kept answer is one that the chat could have given.
  const question = {
    system: systemPrompt({ systemPrompt: own, locale: vscode.env.language }),
    messages: [userMessage(text)],
    ...defined({ temperature, maxOutputTokens }),
  };
  const candidates = asked.map(({ candidate }) => candidate);
  const spending = estimateSpending(candidates, { question, rounds, outputTokens: expectedOutput(text) }, prices);
  return {
    candidates,
    question,
    models: asked.map(({ target }) => compareModel(models, target, prices)),
    comparison: {
      prompt: text,
      rounds,
      models: asked.map(({ target, price }) => (price === undefined ? { target } : { target, price })),
    },
    text: planText(asked.length * rounds, asked.length, spending),
  };
}

/** A model as the page shows it. */
export function compareModel(models: Models, target: Target, prices: PricesNow | undefined): CompareModel {
  const config = models.config(target.provider);
  const candidate = models.candidate(target);
  const known = candidate && prices && priceOf(candidate, prices);
  const model = {
    target: formatTarget(target),
    label: models.modelInfo(target)?.name ?? target.model,
    providerName: config?.name ?? target.provider,
    scripted: config?.scripted ?? false,
  };
  if (known === undefined) return model;
  const { output, currency } = known.price;
  return { ...model, outputPrice: { amount: output, currency, estimated: known.origin === "list" } };
}
