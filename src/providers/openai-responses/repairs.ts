/** What servers of the Responses protocol were found to refuse, learned from their refusal. */
import type { AssistantError } from "../../core/errors.ts";
import {
  refusalOf,
  refusesAlternatives,
  refusesSystem,
  refusesTemperature,
  refusesTools,
  untried,
} from "../errors/refusal.ts";
import { type IdRepair, idRepairs } from "../provider/call-ids.ts";
import { type EffortRepair, effortRepairs, sentLevel } from "../provider/effort.ts";

/** Most name what is left out of the request from then on. */
export type Repair =
  | "background"
  | "store"
  | "include"
  | "summary"
  | "encrypted_reasoning"
  | "temperature"
  | "max_output_tokens"
  | "stream_options"
  | "strict"
  | "tools"
  | "flat_schema"
  /** What they say stands in front of what the person says. */
  | "instructions"
  | IdRepair
  | EffortRepair;

export type Repairs = ReadonlySet<Repair>;

export function repairFor(error: AssistantError, body: string, tried: Repairs): Repair | undefined {
  const said = refusalOf(error);
  return said === undefined ? undefined : untried(candidates(said, body, tried), tried);
}

function* candidates(said: string, body: string, tried: Repairs): Generator<Repair> {
  const stores = body.includes('"store":true');
  // Where nothing may be stored, nothing can go on in the background.
  if (body.includes('"background":true') && (/background/i.test(said) || (stores && /\bstore/i.test(said)))) {
    yield "background";
  }
  // Reasoning that another model or account encrypted, or that lost the item after it.
  const isItem = /\brs_|item with id|begins with 'rs/i.test(said);
  const isReasoning = /encrypted|reasoning/i.test(said) && !/summar|include/i.test(said);
  if (body.includes('"type":"reasoning"') && (isItem || isReasoning)) {
    yield "encrypted_reasoning";
  }
  if (!/summar|encrypted/i.test(said)) yield* effortRepairs(said, sentLevel(body, "effort"), body, tried);
  // Only verified organisations may ask OpenAI for summaries.
  if (body.includes('"summary":"auto"') && /summar|reasoning(?!\.encrypted)/i.test(said)) yield "summary";
  if (body.includes('"include":') && /include|encrypted/i.test(said)) yield "include";
  if (refusesTemperature(said, body)) yield "temperature";
  yield* idRepairs(said, body);
  if (body.includes('"instructions":') && (refusesSystem(said) || /\binstructions\b/i.test(said))) yield "instructions";
  if (refusesAlternatives(said) && body.includes('"tools":[{')) yield "flat_schema";
  if (refusesTools(said, body)) yield "tools";
  if (/max_output_tokens/.test(said) && body.includes('"max_output_tokens":')) yield "max_output_tokens";
  if (/stream_options|include_obfuscation/.test(said) && body.includes('"stream_options":')) yield "stream_options";
  if (/\bstrict\b/.test(said) && body.includes('"strict":false')) yield "strict";
  if (/\bstore\b/.test(said) && body.includes('"store":') && !stores) yield "store";
}
