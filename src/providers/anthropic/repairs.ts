/** What servers of the Messages protocol were found to refuse, learned from their refusal. */
import type { AssistantError } from "../../core/errors.ts";
import { isUnwanted, refusalOf, refusesSystem, refusesTemperature, refusesTools, untried } from "../errors/refusal.ts";
import { type IdRepair, idRepairs } from "../provider/call-ids.ts";
import { type EffortRepair, effortRepairs } from "../provider/effort.ts";
import { sentEffort } from "./effort.ts";

/** `max_tokens=N`: the most that the model allows. */
export type Repair =
  | "temperature"
  | "no_thinking"
  /** Thinking goes back although nobody signed it. */
  | "unsigned_thinking"
  | "no_tool_choice"
  | "tools"
  /** What the system says stands in front of what the person says. */
  | "system"
  | `max_tokens=${number}`
  | IdRepair
  | EffortRepair;
export type Repairs = ReadonlySet<Repair>;

export function repairFor(error: AssistantError, body: string, tried: Repairs): Repair | undefined {
  const said = refusalOf(error);
  return said === undefined ? undefined : untried(candidates(said, body, tried), tried);
}

function* candidates(said: string, body: string, tried: Repairs): Generator<Repair> {
  if (refusesTemperature(said, body)) yield "temperature";
  // "max_tokens: 32000 > 8192, which is the maximum allowed number of output tokens for …"
  const limit = limitIn(said);
  if (limit !== undefined && Number(limit) > 0) yield `max_tokens=${Number(limit)}`;
  yield* idRepairs(said, body);
  const hasThinking = /"type":"(redacted_)?thinking"/.test(body);
  if (/thinking/i.test(said) && /pass(ed)? back|sent back|returned? (it|them)|include[ds]? the thinking/i.test(said)) {
    yield "unsigned_thinking";
  }
  // Claude begins an answer that calls tools with signed thinking, which a call of another model does not have.
  const isParameter =
    /budget|effort|adaptive|enabled|disabled|expected .?(redacted_)?thinking|start with a thinking/i.test(said);
  if (isParameter) yield* effortRepairs(said, sentEffort(body), body, tried);
  // Thinking that another model or account signed, that belongs to a conversation that was trimmed, or that should not
  // be there at all.
  if (/thinking|signature|different conversation/i.test(said) && hasThinking) yield "no_thinking";
  if (!isParameter) yield* effortRepairs(said, sentEffort(body), body, tried);
  if (/tool_choice/.test(said) && body.includes('"tool_choice":') && isUnwanted(said)) yield "no_tool_choice";
  if (refusesSystem(said) && body.includes('"system":')) yield "system";
  if (refusesTools(said, body)) yield "tools";
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
