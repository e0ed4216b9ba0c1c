/** What servers of the Messages protocol were found to refuse, learned from their refusal. */
import type { AssistantError } from "../../core/errors.ts";
import { isUnwanted, refusalOf, untried } from "../refusal.ts";

/** `max_tokens=N`: the most that the model allows. */
export type Repair = "temperature" | "no_thinking" | "no_tool_choice" | `max_tokens=${number}`;
export type Repairs = ReadonlySet<Repair>;

export function repairFor(error: AssistantError, body: string, tried: Repairs): Repair | undefined {
  const said = refusalOf(error);
  return said === undefined ? undefined : untried(candidates(said, body), tried);
}

function* candidates(said: string, body: string): Generator<Repair> {
  if (/temperature/i.test(said) && body.includes('"temperature":') && (isUnwanted(said) || /top_p/.test(said))) {
    yield "temperature";
  }
  // "max_tokens: 32000 > 8192, which is the maximum allowed number of output tokens for …"
  const limit = limitIn(said);
  if (limit !== undefined && Number(limit) > 0) yield `max_tokens=${Number(limit)}`;
  // Thinking that another model or account signed, or that should not be there at all.
  if (/thinking|signature/i.test(said) && /"type":"(redacted_)?thinking"/.test(body)) yield "no_thinking";
  if (/tool_choice/.test(said) && body.includes('"tool_choice":') && isUnwanted(said)) yield "no_tool_choice";
}

/** What stands behind the sign in "max_tokens: 32000 > 8192". */
function limitIn(said: string): string | undefined {
  const begin = said.search(/max_tokens\b/);
  const sign = begin < 0 ? -1 : said.indexOf(">", begin);
  if (sign < 0 || !/\d$/.test(said.slice(begin, sign).trimEnd())) return undefined;
  return /^\s*(\d+)/.exec(said.slice(sign + 1))?.[1];
}

/** The learned limit of output tokens. */
export function learnedLimit(repairs: Repairs): number | undefined {
  const limits = [...repairs].flatMap((repair) => (repair.startsWith("max_tokens=") ? [Number(repair.slice(11))] : []));
  return limits.length === 0 ? undefined : Math.min(...limits);
}
