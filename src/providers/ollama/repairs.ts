/** What models of Ollama were found to refuse, learned from their refusal. */
import type { AssistantError } from "../../core/errors.ts";
import { refusalOf, refusesSystem, refusesTemperature, refusesTools, untried } from "../errors/refusal.ts";
import { type IdRepair, idRepairs } from "../provider/call-ids.ts";
import { type EffortRepair, effortRepairs, sentLevel } from "../provider/effort.ts";

export type Repair =
  | "tools"
  | "temperature"
  /** What the system says stands in front of what the person says. */
  | "system"
  | IdRepair
  | EffortRepair;
export type Repairs = ReadonlySet<Repair>;

export function repairFor(error: AssistantError, body: string, tried: Repairs): Repair | undefined {
  const said = refusalOf(error);
  return said === undefined ? undefined : untried(candidates(said, body, tried), tried);
}

function* candidates(said: string, body: string, tried: Repairs): Generator<Repair> {
  // "registry.ollama.ai/library/gemma3:4b does not support tools", or "… does not support thinking"
  if (refusesTools(said, body)) yield "tools";
  if (refusesTemperature(said, body)) yield "temperature";
  yield* idRepairs(said, body);
  if (refusesSystem(said) && body.includes('"role":"system"')) yield "system";
  const sent = body.includes('"think":false')
    ? "off"
    : body.includes('"think":true')
      ? "medium"
      : sentLevel(body, "think");
  // Who cannot think is not asked to think a little either.
  if (/think/i.test(said) && sent !== undefined)
    yield* effortRepairs(said, sent === "off" ? "medium" : sent, body, tried);
}
