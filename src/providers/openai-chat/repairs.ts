/** Parameters that a server was found to refuse or to demand: learned from its refusal, remembered, asked once more. */
import type { AssistantError } from "../../core/errors.ts";
import { isUnwanted, refusalOf, untried } from "../refusal.ts";

export type Repair =
  | "stream_options"
  | "max_tokens"
  | "no_max_tokens"
  | "temperature"
  | "developer"
  | "reasoning_content"
  | "no_reasoning_content";

export type Repairs = ReadonlySet<Repair>;

/** The repair for this refusal that has not been tried, or undefined when there is none. `body` is what was sent. */
export function repairFor(error: AssistantError, body: string, tried: Repairs): Repair | undefined {
  const said = refusalOf(error);
  return said === undefined ? undefined : untried(candidates(said, body), tried);
}

function* candidates(said: string, body: string): Generator<Repair> {
  if (/reasoning_content/.test(said))
    yield body.includes('"reasoning_content":') ? "no_reasoning_content" : "reasoning_content";
  if (/max_completion_tokens|max_tokens/.test(said) && /"max_(completion_)?tokens":/.test(body) && isUnwanted(said)) {
    yield "max_tokens";
    yield "no_max_tokens";
  }
  if (/temperature/i.test(said) && body.includes('"temperature":') && isUnwanted(said)) yield "temperature";
  if (/developer/i.test(said) && body.includes('"role":"developer"')) yield "developer";
  if (
    body.includes('"stream_options":') &&
    /stream_options|include_usage|include_obfuscation|extra_forbidden|extra inputs/i.test(said)
  ) {
    yield "stream_options";
  }
}
