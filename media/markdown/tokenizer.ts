// Runs a highlight.js grammar so that it can stop and go on: in slices of time, or line by line as code arrives.
//
// highlight.js colours a text in one go and keeps its state to itself. This is its loop (`_highlight` in lib/core.js
// 11.12) over the same compiled grammars, with the state in an object. A test compares the two on code in every language.
import type { CompiledMode, CompiledScope, EnhancedMatch, Grammar } from "./grammar.ts";
import { compiledGrammar, highlightedParts } from "./grammar.ts";

/** Takes a stretch of text and the scopes around it, outermost first. */
export type Emit = (text: string, scopes: readonly string[]) => void;

/** Larger embedded code is not asked which of several languages it is: that would be a task without a pause. */
const longestGuess = 20_000;

class MatchIgnored {
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

export class Tokenizer {
  private readonly grammar: Grammar;
  private readonly emit: Emit;
  private readonly scopes: string[];
  private top: CompiledMode;
  private text = "";
  private index = 0;
  private buffer = "";
  private lastMatch: Partial<EnhancedMatch> = {};
  private resumeAtSamePosition = false;
  private iterations = 0;
  /** The mode each embedded language was left in. */
  private readonly embedded = new Map<string, CompiledMode>();

  constructor(grammar: Grammar, emit: Emit, top: CompiledMode = compiledGrammar(grammar)) {
    this.grammar = grammar;
    this.emit = emit;
    this.top = top;
    this.scopes = openScopes(top, compiledGrammar(grammar));
  }

  get mode(): CompiledMode {
    return this.top;
  }

  setText(text: string): void {
    this.text = text;
    this.index = 0;
    this.lastMatch = {};
    this.resumeAtSamePosition = false;
    this.iterations = 0;
  }

  /** Works through one more line, in the mode the line before has left. */
  nextLine(line: string): void {
    this.setText(line);
    this.run(() => false);
    this.flush();
  }

  /** Works on the text until `pause` says so; true when no rule matches any more. */
  run(pause: () => boolean): boolean {
    for (let round = 1; ; round++) {
      if (round % 64 === 0 && pause()) return false;
      this.iterations++;
      const { matcher } = this.top;
      if (this.resumeAtSamePosition) this.resumeAtSamePosition = false;
      else matcher.considerAll();
      matcher.lastIndex = this.index;
      const match = matcher.exec(this.text);
      if (!match) return true;
      this.buffer += this.text.substring(this.index, match.index);
      this.index = match.index + this.processMatch(match);
    }
  }

  /** Emits what is left of the text in the mode it is in. The grammar may go on from there. */
  flush(): void {
    this.buffer += this.text.substring(this.index);
    this.index = this.text.length;
    this.processBuffer();
  }

  private scopeName(scope: string): string {
    return this.grammar.classNameAliases[scope] || scope;
  }

  private write(text: string): void {
    if (text !== "") this.emit(text, this.scopes);
  }

  private writeScoped(text: string, scope: string): void {
    if (text === "") return;
    this.scopes.push(scope);
    this.emit(text, this.scopes);
    this.scopes.pop();
  }

  private processMatch(match: EnhancedMatch): number {
    const lexeme = match[0];
    const { lastMatch } = this;
    if (lastMatch.type === "begin" && match.type === "end" && lastMatch.index === match.index && lexeme === "") {
      // A rule that matched nothing, twice: one character on, or it would never end.
      this.buffer += this.text.slice(match.index, match.index + 1);
      return 1;
    }
    this.lastMatch = match;
    if (match.type === "begin") return this.begin(match);
    if (match.type === "end") {
      const length = this.end(match);
      if (length !== undefined) return length;
    }
    if (match.type === "illegal" && lexeme === "") {
      if (match.index !== this.text.length) this.buffer += "\n";
      return 1;
    }
    if (this.iterations > 100_000 && this.iterations > match.index * 3) throw new Error("a grammar that never ends");
    this.buffer += lexeme;
    return lexeme.length;
  }

  private begin(match: EnhancedMatch): number {
    const lexeme = match[0];
    const mode = match.rule!;
    const response = new MatchIgnored(mode);
    for (const callback of [mode.__beforeBegin, mode["on:begin"]]) {
      callback?.(match, response);
      if (response.isMatchIgnored) return this.ignore(lexeme);
    }
    if (mode.skip) this.buffer += lexeme;
    else {
      if (mode.excludeBegin) this.buffer += lexeme;
      this.processBuffer();
      if (!mode.returnBegin && !mode.excludeBegin) this.buffer = lexeme;
    }
    this.enter(mode, match);
    return mode.returnBegin ? 0 : lexeme.length;
  }

  private ignore(lexeme: string): number {
    if (this.top.matcher.regexIndex === 0) {
      this.buffer += lexeme[0] ?? "";
      return 1;
    }
    this.resumeAtSamePosition = true;
    return 0;
  }

  private enter(mode: CompiledMode, match: EnhancedMatch): void {
    if (typeof mode.scope === "string" && mode.scope !== "") this.scopes.push(this.scopeName(mode.scope));
    if (mode.beginScope?._wrap) {
      this.writeScoped(this.buffer, this.scopeName(mode.beginScope._wrap));
      this.buffer = "";
    } else if (mode.beginScope?._multi) {
      this.writeGroups(mode.beginScope, match);
      this.buffer = "";
    }
    this.top = Object.create(mode, { parent: { value: this.top } }) as CompiledMode;
  }

  private end(match: EnhancedMatch): number | undefined {
    const lexeme = match[0];
    const endMode = findEnd(this.top, match, this.text.substring(match.index));
    if (!endMode) return undefined;
    const origin = this.top;
    if (origin.endScope?._wrap) {
      this.processBuffer();
      this.writeScoped(lexeme, origin.endScope._wrap);
    } else if (origin.endScope?._multi) {
      this.processBuffer();
      this.writeGroups(origin.endScope, match);
    } else if (origin.skip) this.buffer += lexeme;
    else {
      if (!origin.returnEnd && !origin.excludeEnd) this.buffer += lexeme;
      this.processBuffer();
      if (origin.excludeEnd) this.buffer = lexeme;
    }
    do {
      if (this.top.scope) this.scopes.pop();
      this.top = this.top.parent!;
    } while (this.top !== endMode.parent);
    if (endMode.starts) this.enter(endMode.starts, match);
    return origin.returnEnd ? 0 : lexeme.length;
  }

  private writeGroups(scope: CompiledScope, match: EnhancedMatch): void {
    for (let index = 1; index < match.length; index++) {
      if (!scope._emit?.[index]) continue;
      const name = scope[index] === undefined ? undefined : this.scopeName(scope[index] as string);
      const text = match[index] ?? "";
      if (name) this.writeScoped(text, name);
      else {
        this.buffer = text;
        this.processKeywords();
        this.buffer = "";
      }
    }
  }

  private processBuffer(): void {
    if (this.top.subLanguage != null) this.processEmbedded(this.top.subLanguage);
    else this.processKeywords();
    this.buffer = "";
  }

  private processKeywords(): void {
    const { top, buffer } = this;
    if (!top.keywords) return this.write(buffer);
    let from = 0;
    let plain = "";
    top.keywordPatternRe.lastIndex = 0;
    for (let match = top.keywordPatternRe.exec(buffer); match; match = top.keywordPatternRe.exec(buffer)) {
      plain += buffer.substring(from, match.index);
      const word = this.grammar.case_insensitive ? match[0].toLowerCase() : match[0];
      const kind = top.keywords[word]?.[0];
      if (kind === undefined || kind.startsWith("_")) plain += match[0];
      else {
        this.write(plain);
        plain = "";
        this.writeScoped(match[0], this.scopeName(kind));
      }
      from = top.keywordPatternRe.lastIndex;
    }
    this.write(plain + buffer.substring(from));
  }

  private processEmbedded(language: string | readonly string[]): void {
    const { buffer } = this;
    if (buffer === "") return;
    if (typeof language !== "string") {
      if (buffer.length > longestGuess) return this.write(buffer);
      for (const part of highlightedParts(buffer, language)) {
        this.scopes.push(...part.scopes);
        this.write(part.text);
        this.scopes.length -= part.scopes.length;
      }
      return;
    }
    const grammar = this.grammar.find(language);
    if (!grammar) return this.write(buffer);
    const inner = new Tokenizer(grammar, (text, scopes) => this.emit(text, [...this.scopes, ...scopes]), this.embedded.get(language));
    inner.setText(buffer);
    inner.run(() => false);
    inner.flush();
    this.embedded.set(language, inner.mode);
  }
}

function openScopes(top: CompiledMode, root: CompiledMode): string[] {
  const scopes: string[] = [];
  for (let mode: CompiledMode | undefined = top; mode && mode !== root; mode = mode.parent) {
    if (typeof mode.scope === "string" && mode.scope !== "") scopes.unshift(mode.scope);
  }
  return scopes;
}

function findEnd(start: CompiledMode, match: EnhancedMatch, rest: string): CompiledMode | undefined {
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
