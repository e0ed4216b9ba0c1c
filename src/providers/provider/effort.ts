/** How much a model is to think: what is asked of it, and what is asked instead when it refuses that. */
import type { ChatRequest, Effort } from "../../core/message.ts";

/** Learned from a refusal. `effort=X`: what is sent in place of the level that was refused. */
export type EffortRepair = "no_effort" | "no_effort_with_tools" | `effort=${Effort}`;

/** What the refusal of one level taught says nothing about the others. */
export function isOfOneLevel(repair: string): boolean {
  return repair === "no_effort" || repair.startsWith("effort=");
}

const scale: readonly Effort[] = ["off", "minimal", "low", "medium", "high", "xhigh", "max"];

/** What providers call the levels, `none` being the only one that has another name here. */
const named = /\b(none|minimal|low|medium|high|xhigh|max)\b/g;

/** What to ask for; undefined = nothing. */
export function effortOf({ effort, tools }: ChatRequest, repairs: ReadonlySet<string>): Effort | undefined {
  if (repairs.has("no_effort")) return undefined;
  if (repairs.has("no_effort_with_tools") && tools && tools.length > 0) return "off";
  if (effort === undefined) return undefined;
  for (const repair of repairs) if (repair.startsWith("effort=")) return repair.slice(7) as Effort;
  return effort === "lowest" ? "off" : effort;
}

/** The level as most providers write it. */
export function effortWord(effort: Effort): string {
  return effort === "off" || effort === "lowest" ? "none" : effort;
}

/**
 * What may be asked instead of the level that was sent (`sent`; undefined when none was): the nearest that the server
 * names, the lowest where thinking cannot be switched off, or nothing.
 */
export function* effortRepairs(
  said: string,
  sent: Effort | undefined,
  body: string,
  tried: ReadonlySet<string>,
): Generator<EffortRepair> {
  // Some models of OpenAI's either think or call tools on this protocol, and think unless told not to.
  if (/reasoning_effort/.test(said) && /\btools?\b/i.test(said) && body.includes('"tools":')) {
    yield "no_effort_with_tools";
  }
  if (sent === undefined || !/effort|think|reasoning|adaptive|budget/i.test(said)) return;
  if (![...tried].some((repair) => repair.startsWith("effort="))) {
    const nearest = nearestOf(levelsIn(said), sent);
    if (nearest !== undefined && nearest !== sent) yield `effort=${nearest}`;
    else if (sent === "off" || sent === "minimal") yield "effort=low";
  }
  yield "no_effort";
}

/** The level of `"name":"level"` in a body. */
export function sentLevel(body: string, name: string): Effort | undefined {
  const word = new RegExp(`"${name}":"([a-zA-Z]+)"`).exec(body)?.[1]?.toLowerCase();
  return scale.find((level) => level === word || (word === "none" && level === "off"));
}

/** The levels that the server says it has. What stands before such a word is what it refuses. */
function levelsIn(said: string): Effort[] {
  const from =
    /(supported|allowed|valid|available|accepted|permitted) (values?|levels?|options?)|one of|must be|expected|set reasoning/i.exec(
      said,
    );
  if (!from) return [];
  const words = said.slice(from.index).toLowerCase().match(named) ?? [];
  return words.map((word) => (word === "none" ? "off" : (word as Effort)));
}

/** The level of a body whose field `name` says it in tokens: the one whose budget is nearest. */
export function sentBudget(body: string, name: string, budgets: Readonly<Record<Effort, number>>): Effort | undefined {
  const tokens = new RegExp(`"${name}":(\\d+)`).exec(body)?.[1];
  if (tokens === undefined) return undefined;
  const distance = (level: Effort) => Math.abs(budgets[level] - Number(tokens));
  return scale.toSorted((a, b) => distance(a) - distance(b))[0];
}

function nearestOf(levels: readonly Effort[], wanted: Effort): Effort | undefined {
  const distance = (level: Effort): number => Math.abs(scale.indexOf(level) - scale.indexOf(wanted));
  return levels.toSorted((a, b) => distance(a) - distance(b))[0];
}
