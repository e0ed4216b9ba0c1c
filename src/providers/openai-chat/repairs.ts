/** Parameters that a server was found to refuse or to demand: learned from its refusal, remembered, asked once more. */
import type { AssistantError } from "../../core/errors.ts";

export type Repair =
  | "stream_options"
  | "max_tokens"
  | "no_max_tokens"
  | "temperature"
  | "developer"
  | "reasoning_content"
  | "no_reasoning_content";

export type Repairs = ReadonlySet<Repair>;

const refuses =
  /unsupported|not supported|does not support|doesn'?t support|unrecognized|unknown|unexpected|extra|not permitted|not allowed|forbidden|invalid (parameter|argument|field)|not (a )?valid/i;

/** The repair for this refusal that has not been tried, or undefined when there is none. `body` is what was sent. */
export function repairFor(error: AssistantError, body: string, tried: Repairs): Repair | undefined {
  const { status, providerMessage: said = "" } = error.details;
  if ((status !== 400 && status !== 422) || said === "") return undefined;
  for (const repair of candidates(said, body)) if (!tried.has(repair)) return repair;
  return undefined;
}

function* candidates(said: string, body: string): Generator<Repair> {
  if (/reasoning_content/.test(said))
    yield body.includes('"reasoning_content":') ? "no_reasoning_content" : "reasoning_content";
  if (/max_completion_tokens|max_tokens/.test(said) && /"max_(completion_)?tokens":/.test(body) && refuses.test(said)) {
    yield "max_tokens";
    yield "no_max_tokens";
  }
  if (/temperature/i.test(said) && body.includes('"temperature":') && refuses.test(said)) yield "temperature";
  if (/developer/i.test(said) && body.includes('"role":"developer"')) yield "developer";
  if (
    body.includes('"stream_options":') &&
    /stream_options|include_usage|include_obfuscation|extra_forbidden|extra inputs/i.test(said)
  ) {
    yield "stream_options";
  }
}
