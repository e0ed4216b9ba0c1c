// Turns the scopes of highlight.js into stretches of one colour, line by line.
import type { Grammar } from "./grammar.ts";
import { Tokenizer } from "./tokenizer.ts";

/** A stretch of text of one colour; no class is the colour of plain text. */
export interface Run {
  text: string;
  readonly className: string;
}

/** The scopes that have a colour. An empty class takes the colour of the scope around away. */
const classes: Readonly<Record<string, string>> = {
  keyword: "hljs-keyword",
  "selector-tag": "hljs-keyword",
  "template-tag": "hljs-keyword",
  doctag: "hljs-keyword",
  built_in: "hljs-built_in",
  "variable.language": "hljs-keyword",
  type: "hljs-type",
  "title.class": "hljs-type",
  class: "",
  literal: "hljs-literal",
  number: "hljs-number",
  symbol: "hljs-literal",
  bullet: "hljs-keyword",
  string: "hljs-string",
  "char.escape": "hljs-regexp",
  code: "hljs-string",
  regexp: "hljs-regexp",
  link: "hljs-string",
  subst: "",
  params: "",
  function: "",
  comment: "hljs-comment",
  quote: "hljs-comment",
  title: "hljs-title",
  "title.function": "hljs-title",
  section: "hljs-section",
  variable: "hljs-variable",
  "template-variable": "hljs-variable",
  property: "hljs-attr",
  attr: "hljs-attr",
  attribute: "hljs-attr",
  "selector-id": "hljs-type",
  "selector-class": "hljs-type",
  "selector-attr": "hljs-attr",
  "selector-pseudo": "hljs-attr",
  name: "hljs-name",
  tag: "",
  meta: "hljs-meta",
  addition: "hljs-addition",
  deletion: "hljs-deletion",
  emphasis: "hljs-emphasis",
  strong: "hljs-strong",
};

function classOf(scopes: readonly string[]): string {
  for (let index = scopes.length - 1; index >= 0; index--) {
    for (let scope = scopes[index]!; scope !== ""; scope = scope.slice(0, Math.max(0, scope.lastIndexOf(".")))) {
      const className = classes[scope];
      if (className !== undefined) return className;
    }
  }
  return "";
}

/** Gathers what a tokenizer emits into lines of runs. */
export class LineRuns {
  /** Finished lines, for the user to take away. */
  lines: Run[][] = [];
  private line: Run[] = [];

  readonly emit = (text: string, scopes: readonly string[]): void => {
    const className = classOf(scopes);
    for (let start = 0; start < text.length; ) {
      const end = text.indexOf("\n", start) + 1 || text.length;
      this.add(text.slice(start, end), className);
      if (text[end - 1] === "\n") this.endLine();
      start = end;
    }
  };

  endLine(): void {
    if (this.line.length > 0) this.lines.push(this.line);
    this.line = [];
  }

  private add(text: string, className: string): void {
    const last = this.line[this.line.length - 1];
    if (last?.className === className) last.text += text;
    else this.line.push({ text, className });
  }
}

/** Equal for lines of the same text if and only if they are coloured alike. */
export function signature(line: readonly Run[]): string {
  return line.map((run) => `${run.className} ${run.text.length}`).join();
}

/**
 * Colours lines as they arrive, each once. A rule that looks further ahead than its line may go wrong here; the pass over
 * the whole block, once it is closed, puts that right.
 */
export class LiveColors {
  private readonly runs = new LineRuns();
  private readonly tokenizer: Tokenizer;
  private failed = false;

  constructor(grammar: Grammar) {
    this.tokenizer = new Tokenizer(grammar, this.runs.emit);
  }

  line(text: string): Run[] | undefined {
    if (this.failed) return undefined;
    try {
      this.tokenizer.nextLine(text);
    } catch {
      // A grammar that fails leaves its block plain; the text is what matters.
      this.failed = true;
      return undefined;
    }
    this.runs.endLine();
    const [line] = this.runs.lines;
    this.runs.lines = [];
    return line;
  }
}
