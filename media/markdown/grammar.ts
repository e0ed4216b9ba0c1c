// The parts of highlight.js's compiled grammars that the tokenizer reads, and the way to them.
import { highlighter } from "./languages.ts";

export interface CompiledScope {
  readonly _wrap?: string;
  readonly _multi?: boolean;
  readonly _emit?: Readonly<Record<number, boolean>>;
  readonly [group: number]: string;
}

export interface EnhancedMatch extends RegExpExecArray {
  readonly type: "begin" | "end" | "illegal";
  readonly rule?: CompiledMode;
}

interface Matcher {
  lastIndex: number;
  readonly regexIndex: number;
  considerAll(): void;
  exec(text: string): EnhancedMatch | null;
}

type Callback = (match: RegExpExecArray, response: { ignoreMatch(): void; readonly isMatchIgnored: boolean }) => void;

export interface CompiledMode {
  readonly scope?: string;
  readonly beginScope?: CompiledScope;
  readonly endScope?: CompiledScope;
  readonly matcher: Matcher;
  readonly endRe?: RegExp;
  readonly keywords?: Readonly<Record<string, readonly [kind: string, relevance: number]>>;
  readonly keywordPatternRe: RegExp;
  readonly subLanguage?: string | readonly string[];
  readonly skip?: boolean;
  readonly excludeBegin?: boolean;
  readonly excludeEnd?: boolean;
  readonly returnBegin?: boolean;
  readonly returnEnd?: boolean;
  readonly endsParent?: boolean;
  readonly endsWithParent?: boolean;
  readonly starts?: CompiledMode;
  readonly parent?: CompiledMode;
  readonly __beforeBegin?: Callback;
  readonly "on:begin"?: Callback;
  readonly "on:end"?: Callback;
  data?: Record<string, unknown>;
}

export interface Grammar {
  readonly name: string;
  readonly case_insensitive: boolean;
  readonly classNameAliases: Readonly<Record<string, string>>;
  find(language: string): Grammar | undefined;
}

type CompiledLanguage = CompiledMode & {
  readonly isCompiled?: boolean;
  readonly case_insensitive?: boolean;
  readonly classNameAliases?: Readonly<Record<string, string>>;
};

const grammars = new Map<string, Grammar | undefined>();
const compiled = new WeakMap<Grammar, CompiledMode>();

/** The grammar of a language under any of its names. The first use of a language compiles it, which takes milliseconds. */
export function findGrammar(language: string): Grammar | undefined {
  const definition = highlighter.getLanguage(language) as unknown as CompiledLanguage | undefined;
  if (!definition) return undefined;
  const known = grammars.get(language);
  if (known) return known;
  // Highlighting nothing compiles the definition in place.
  highlighter.highlight("", { language });
  if (!definition.isCompiled) return undefined;
  const grammar: Grammar = {
    name: language,
    case_insensitive: definition.case_insensitive ?? false,
    classNameAliases: definition.classNameAliases ?? {},
    find: findGrammar,
  };
  grammars.set(language, grammar);
  compiled.set(grammar, definition);
  return grammar;
}

export function compiledGrammar(grammar: Grammar): CompiledMode {
  return compiled.get(grammar)!;
}
