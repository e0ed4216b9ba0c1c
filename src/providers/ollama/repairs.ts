/** What models of Ollama were found to refuse, learned from their refusal. */
import type { AssistantError } from "../../core/errors.ts";
import { refusalOf, untried } from "../refusal.ts";

export type Repair = "tools";
export type Repairs = ReadonlySet<Repair>;

export function repairFor(error: AssistantError, body: string, tried: Repairs): Repair | undefined {
  const said = refusalOf(error);
  // "registry.ollama.ai/library/gemma3:4b does not support tools"
  const refused = said !== undefined && /does not support tools/i.test(said) && body.includes('"tools":');
  return refused ? untried(["tools"] as const, tried) : undefined;
}
