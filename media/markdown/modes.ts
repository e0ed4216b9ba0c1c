// Questions about the modes of a highlight.js grammar: which scopes are open, and which mode a match ends.
import type { CompiledMode, EnhancedMatch } from "./grammar.ts";

/** What a callback of a grammar gets: its own data, and a way to say that a match is none. */
export class MatchIgnored {
  readonly data: Record<string, unknown>;
  isMatchIgnored = false;

  constructor(mode: CompiledMode) {
    mode.data ??= {};
    this.data = mode.data;
  }

  ignoreMatch(): void {
    this.isMatchIgnored = true;
  }
}

export function findEnd(start: CompiledMode, match: EnhancedMatch, rest: string): CompiledMode | undefined {
  for (let mode: CompiledMode | undefined = start; mode; mode = mode.endsWithParent ? mode.parent : undefined) {
    if (!mode.endRe || !matchesStart(mode.endRe, rest)) continue;
    const response = new MatchIgnored(mode);
    mode["on:end"]?.(match, response);
    if (response.isMatchIgnored) continue;
    let ended = mode;
    while (ended.endsParent && ended.parent) ended = ended.parent;
    return ended;
  }
  return undefined;
}

/** highlight.js looks for the end rule in all of the rest and then asks whether it was found at its start. */
const anchored = new WeakMap<RegExp, RegExp>();

function matchesStart(pattern: RegExp, text: string): boolean {
  let sticky = anchored.get(pattern);
  if (!sticky) {
    sticky = new RegExp(pattern.source, `${pattern.flags.replace("g", "")}y`);
    anchored.set(pattern, sticky);
  }
  sticky.lastIndex = 0;
  return sticky.test(text);
}

/** The scopes a mode lies in, outermost first. */
export function openScopes(top: CompiledMode, root: CompiledMode): string[] {
  const scopes: string[] = [];
  for (let mode: CompiledMode | undefined = top; mode && mode !== root; mode = mode.parent) {
    if (typeof mode.scope === "string" && mode.scope !== "") scopes.unshift(mode.scope);
  }
  return scopes;
}
