/** What Gemini and servers like it were found to refuse, learned from their refusal. */
import type { AssistantError } from "../../core/errors.ts";
import {
  refusalOf,
  refusesAlternatives,
  refusesSchemaWords,
  refusesSignatures,
  refusesTemperature,
  refusesTools,
  untried,
} from "../errors/refusal.ts";
import { type EffortRepair, effortRepairs } from "../provider/effort.ts";
import { sentEffort } from "./effort.ts";

export type Repair =
  | "thinkingConfig"
  | "temperature"
  /** Parameters of tools in Gemini's own dialect of schemas in place of JSON Schema. */
  | "parameters"
  /** A stand-in where a call has no signature because another model made it. */
  | "placeholder_signature"
  /** The same for those that are refused because another account or model gave them. */
  | "no_signatures"
  /** What it says stands in front of what the person says. */
  | "systemInstruction"
  | "tools"
  /** Calls and results find each other by their order. */
  | "no_call_ids"
  | EffortRepair;
export type Repairs = ReadonlySet<Repair>;

export function repairFor(error: AssistantError, body: string, tried: Repairs): Repair | undefined {
  const said = refusalOf(error);
  return said === undefined ? undefined : untried(candidates(said, body, tried), tried);
}

function* candidates(said: string, body: string, tried: Repairs): Generator<Repair> {
  if (refusesSignatures(said) && body.includes('"thoughtSignature":')) yield "no_signatures";
  if (/thought[ _]?signature/i.test(said) && body.includes('"functionCall":')) yield "placeholder_signature";
  yield* effortRepairs(said, sentEffort(body), body, tried);
  if (body.includes('"thinkingConfig":') && /thinking|thoughts?\b/i.test(said)) yield "thinkingConfig";
  if (
    body.includes('"parametersJsonSchema":') &&
    (/parameters_?json_?schema/i.test(said) || refusesAlternatives(said) || refusesSchemaWords(said))
  ) {
    yield "parameters";
  }
  if (refusesTemperature(said, body)) yield "temperature";
  // Older ones, and Vertex: 'Invalid JSON payload received. Unknown name "id" at contents[1].parts[0].function_call'
  if (/unknown name "id"/i.test(said) && /function_?(call|response)/i.test(said)) yield "no_call_ids";
  if (refusesTools(said, body)) yield "tools";
  // Gemma has no such thing: "Developer instruction is not enabled for models/gemma-3-27b-it"
  if (body.includes('"systemInstruction":') && /(developer|system)[ _]?instruction/i.test(said))
    yield "systemInstruction";
}
