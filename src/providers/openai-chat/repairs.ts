/** Parameters that a server was found to refuse or to demand: learned from its refusal, remembered, asked once more. */
import type { AssistantError } from "../../core/errors.ts";
import {
  isUnwanted,
  refusalOf,
  refusesAlternatives,
  refusesSchemaWords,
  refusesSignatures,
  refusesSystem,
  refusesTemperature,
  refusesTools,
  untried,
} from "../errors/refusal.ts";
import { type IdRepair, idRepairs } from "../provider/call-ids.ts";
import { type EffortRepair, effortRepairs } from "../provider/effort.ts";
import { sentEffort } from "./effort.ts";

export type Repair =
  | "stream_options"
  | "max_tokens"
  | "no_max_tokens"
  | "temperature"
  | "developer"
  /** What the system says stands in front of what the person says. */
  | "system"
  | "tools"
  | "flat_schema"
  /** Parameters of tools in Gemini's dialect of schemas. */
  | "simple_schema"
  /** A turn of the model between results and what the person says next. */
  | "answer_after_tool"
  /** A stand-in where a call has no signature of Gemini's because another model made it. */
  | "placeholder_signature"
  /** The same for those that are refused because another account or model gave them. */
  | "no_signatures"
  | "reasoning_content"
  | "no_reasoning_content"
  | IdRepair
  | EffortRepair;

export type Repairs = ReadonlySet<Repair>;

/** The repair for this refusal that has not been tried, or undefined when there is none. `body` is what was sent. */
export function repairFor(error: AssistantError, body: string, tried: Repairs): Repair | undefined {
  const said = refusalOf(error);
  return said === undefined ? undefined : untried(candidates(said, body, tried), tried);
}

function* candidates(said: string, body: string, tried: Repairs): Generator<Repair> {
  if (refusesSignatures(said) && body.includes('"thought_signature":')) yield "no_signatures";
  if (/thought[ _]?signature/i.test(said) && body.includes('"tool_calls":')) yield "placeholder_signature";
  if (/reasoning_content/.test(said)) {
    const isMissing = /missing|must be|required|passed back|not found/i.test(said);
    yield body.includes('"reasoning_content":') && !isMissing ? "no_reasoning_content" : "reasoning_content";
  }
  if (/max_completion_tokens|max_tokens/.test(said) && /"max_(completion_)?tokens":/.test(body) && isUnwanted(said)) {
    yield "max_tokens";
    yield "no_max_tokens";
  }
  if (refusesTemperature(said, body)) yield "temperature";
  yield* idRepairs(said, body);
  yield* effortRepairs(said, sentEffort(body), body, tried);
  if (/developer/i.test(said) && body.includes('"role":"developer"')) yield "developer";
  if (refusesSystem(said) && /"role":"(system|developer)"/.test(body)) yield "system";
  if (/unexpected role|after (role )?['"`]?tool|roles must alternate/i.test(said) && body.includes('"role":"tool"')) {
    yield "answer_after_tool";
  }
  if (refusesSchemaWords(said) && body.includes('"tools":[{')) yield "simple_schema";
  if (refusesAlternatives(said) && body.includes('"tools":[{')) yield "flat_schema";
  if (refusesTools(said, body)) yield "tools";
  if (
    body.includes('"stream_options":') &&
    /stream_options|include_usage|include_obfuscation|extra_forbidden|extra inputs/i.test(said)
  ) {
    yield "stream_options";
  }
}
