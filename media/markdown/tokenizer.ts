// Runs a highlight.js grammar so that it can stop and go on: in slices of time, or line by line as code arrives.
//
// highlight.js colours a text in one go and keeps its state to itself. This is its loop (`_highlight` in lib/core.js
// 11.12) over the same compiled grammars, with the state in an object. A test compares the two on code in every language.
import type { CompiledMode, CompiledScope, EnhancedMatch, Grammar } from "./grammar.ts";
import { compiledGrammar } from "./grammar.ts";
import { findEnd, MatchIgnored, openScopes } from "./modes.ts";

/** Takes a stretch of text and the scopes around it, outermost first. */
export type Emit = (text: string, scopes: readonly string[]) => void;

/** What waits behind code in another language, which is coloured in its turn so that it can pause too. */
interface Later {
  readonly text: string;
  readonly scopes: readonly string[];
  readonly language?: string;
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
  private ended = false;
  private readonly later: Later[] = [];
  private inner: Tokenizer | undefined;
  /** The mode each embedded language was left in. */
  private readonly embedded = new Map<string, CompiledMode>();

  constructor(grammar: Grammar, emit: Emit, top: CompiledMode = compiledGrammar(grammar)) {
    this.grammar = grammar;
    this.emit = emit;
    this.top = top;
    this.scopes = openScopes(top, compiledGrammar(grammar));
  }

  setText(text: string): void {
    this.text = text;
    this.index = 0;
    this.lastMatch = {};
    this.resumeAtSamePosition = false;
    this.iterations = 0;
    this.ended = false;
  }

  /** Works through one more line, in the mode the line before has left. */
  nextLine(line: string): void {
    this.setText(line);
    this.run(() => false);
  }

  /** Works on the text until `pause` says so; true when all of it is emitted. */
  run(pause: () => boolean): boolean {
    for (let round = 1; ; round++) {
      if (!this.emitLater(pause)) return false;
      if (this.ended) return true;
      if (round % 64 === 0 && pause()) return false;
      this.step();
    }
  }

  private step(): void {
    this.iterations++;
    const { matcher } = this.top;
    if (this.resumeAtSamePosition) this.resumeAtSamePosition = false;
    else matcher.considerAll();
    matcher.lastIndex = this.index;
    const match = matcher.exec(this.text);
    this.buffer += this.text.substring(this.index, match?.index);
    if (match) {
      this.index = match.index + this.processMatch(match);
      return;
    }
    this.processBuffer();
    this.ended = true;
  }

  /** Emits what had to wait for embedded code; false if there was no time for all of it. */
  private emitLater(pause: () => boolean): boolean {
    for (let next = this.later[0]; next; next = this.later[0]) {
      const grammar = next.language === undefined ? undefined : this.grammar.find(next.language);
      if (!grammar) this.emit(next.text, next.scopes);
      else {
        this.inner ??= this.embed(grammar, next);
        if (!this.inner.run(pause)) return false;
        this.embedded.set(next.language!, this.inner.top);
        this.inner = undefined;
      }
      this.later.shift();
    }
    return true;
  }

  private embed(grammar: Grammar, { text, scopes, language }: Later): Tokenizer {
    const emit: Emit = (part, inside) => this.emit(part, [...scopes, ...inside]);
    const inner = new Tokenizer(grammar, emit, this.embedded.get(language!));
    inner.setText(text);
    return inner;
  }

  private scopeName(scope: string): string {
    return this.grammar.classNameAliases[scope] || scope;
  }

  private write(text: string): void {
    if (text === "") return;
    if (this.later.length > 0) this.later.push({ text, scopes: [...this.scopes] });
    else this.emit(text, this.scopes);
  }

  private writeScoped(text: string, scope: string): void {
    this.scopes.push(scope);
    this.write(text);
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
    const language = this.top.subLanguage;
    if (language == null) this.processKeywords();
    // Where highlight.js would guess among several languages, the text stays plain; none of our grammars does so.
    else if (typeof language !== "string") this.write(this.buffer);
    else if (this.buffer !== "") this.later.push({ text: this.buffer, scopes: [...this.scopes], language });
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
}
