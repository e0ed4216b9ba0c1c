/** What Gemini and servers like it were found to refuse, learned from their refusal. */
import type { AssistantError } from "../../core/errors.ts";
import { isUnwanted, refusalOf, untried } from "../refusal.ts";

export type Repair =
  | "thinkingConfig"
  | "temperature"
  /** Parameters of tools in Gemini's own dialect of schemas in place of JSON Schema. */
  | "parameters"
  /** A stand-in where a call has no signature because another model made it. */
  | "placeholder_signature"
  | "systemInstruction";
export type Repairs = ReadonlySet<Repair>;

export function repairFor(error: AssistantError, body: string, tried: Repairs): Repair | undefined {
  const said = refusalOf(error);
  return said === undefined ? undefined : untried(candidates(said, body), tried);
}

function* candidates(said: string, body: string): Generator<Repair> {
  if (/thought[ _]?signature/i.test(said) && body.includes('"functionCall":')) yield "placeholder_signature";
  if (body.includes('"thinkingConfig":') && /thinking|thoughts?\b/i.test(said)) yield "thinkingConfig";
  if (body.includes('"parametersJsonSchema":') && /parameters_?json_?schema/i.test(said)) yield "parameters";
  if (body.includes('"temperature":') && /temperature/i.test(said) && isUnwanted(said)) yield "temperature";
  // Gemma has no such thing: "Developer instruction is not enabled for models/gemma-3-27b-it"
  if (body.includes('"systemInstruction":') && /(developer|system)[ _]?instruction/i.test(said))
    yield "systemInstruction";
}
