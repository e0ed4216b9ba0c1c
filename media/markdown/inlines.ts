// Parses inline Markdown (CommonMark's appendix, with GFM's strikethrough, addresses and task boxes).
import { findAddress } from "./autolinks.ts";
import { BracketStack } from "./brackets.ts";
import { decodeEntity, entityAtPosition, isEscapable, type NamedEntityDecoder } from "./characters.ts";
import { codeText, findTickRun, tickRunLength } from "./code-spans.ts";
import { DelimiterStack, flanking } from "./emphasis.ts";
import { InlineHtmlScanner } from "./html-patterns.ts";
import type { Inline, References } from "./nodes.ts";
import { buildTree, type Piece } from "./pieces.ts";
import {
  codeMayBeOpen,
  hideOpenBrackets,
  isIndex,
  openAddress,
  openEmphasis,
  settledLength,
  targetMayFollow,
  withoutHalfMarkup,
} from "./unfinished.ts";

export interface InlineOptions {
  readonly references: References;
  readonly decodeNamed: NamedEntityDecoder;
  /** True for the first paragraph of a list item, which may begin with a task box. */
  readonly task?: boolean;
  /** True while more text is to come: open markup is shown as if it were closed, half markup is not shown. */
  readonly unfinished?: boolean;
  /** True to let emphasis begin and end between punctuation and a Chinese, Japanese or Korean letter. */
  readonly cjkEmphasis?: boolean;
  /** True to look for the length of text that nothing to come can change. */
  readonly settle?: boolean;
}

export interface InlineResult {
  readonly nodes: Inline[];
  /** Labels that would make a link if the document defined them further down. */
  readonly missingLabels: readonly string[];
  readonly settled: number;
}

const plainRun = /[^\n`[\]\\!<&*_~]+/y;
const mailInAngles =
  /<([a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*)>/y;
const addressInAngles = /<([A-Za-z][A-Za-z0-9.+-]{1,31}:[^<>\0-\x20]*)>/y;
const taskBox = /^\[([ xX])\][ \t\n]+(?=\S)/;
const taskBoxBegun = /^\[(?:[ xX]?|[ xX]\]\s*)$/;

export function parseInlines(source: string, options: InlineOptions): InlineResult {
  return new InlineParser(source, options).parse();
}

class InlineParser {
  readonly source: string;
  readonly pieces: Piece[] = [];
  readonly delimiters = new DelimiterStack();
  readonly brackets: BracketStack;
  /** The first position whose meaning text to come could change. */
  firstOpen: number;
  private position = 0;
  private readonly html = new InlineHtmlScanner();
  private readonly options: InlineOptions;

  constructor(source: string, options: InlineOptions) {
    this.options = options;
    this.source = options.unfinished ? withoutHalfMarkup(source) : source;
    this.firstOpen = this.source.length;
    this.brackets = new BracketStack(options.references);
  }

  parse(): InlineResult {
    if (this.options.task) this.parseTaskBox();
    while (this.position < this.source.length) this.parseNext();
    this.delimiters.pair(undefined, true);
    const { unfinished, settle } = this.options;
    const settled = settle ? settledLength(this) : 0;
    if (unfinished) {
      openEmphasis(this);
      hideOpenBrackets(this);
    }
    return { nodes: buildTree(this.pieces), missingLabels: [...this.brackets.missingLabels], settled };
  }

  private parseNext(): void {
    const { source, position } = this;
    switch (source[position]) {
      case "\n":
        return this.parseLineEnd();
      case "\\":
        return this.parseBackslash();
      case "`":
        return this.parseCode();
      case "*":
      case "_":
      case "~":
        return this.parseDelimiters();
      case "[":
        return this.openBracket(1);
      case "!":
        return source[position + 1] === "[" ? this.openBracket(2) : this.take(1);
      case "]":
        return this.closeBracket();
      case "<":
        return this.parseAngle();
      case "&":
        return this.parseEntity();
      default:
        return this.parsePlain();
    }
  }

  private add(length: number, part: { text?: string; node?: Inline; verbatim?: boolean; closes?: number }): Piece {
    const piece: Piece = {
      text: part.text ?? "",
      position: this.position,
      closes: part.closes ?? 0,
      opens: [],
      verbatim: part.verbatim ?? false,
      unlinked: this.brackets.top !== undefined,
      ...(part.node && { node: part.node }),
    };
    this.pieces.push(piece);
    this.position += length;
    return piece;
  }

  /** Takes characters for what they are. */
  private take(length: number): void {
    this.add(length, { text: this.source.slice(this.position, this.position + length), verbatim: true });
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.position;
    return pattern.exec(this.source);
  }

  private staysOpenFrom(position: number): void {
    this.firstOpen = Math.min(this.firstOpen, position);
  }

  private parseTaskBox(): void {
    const box = taskBox.exec(this.source);
    if (box) this.add(box[0].length, { node: { type: "task", checked: box[1] !== " " } });
    else if (this.options.unfinished && taskBoxBegun.test(this.source)) this.position = this.source.length;
  }

  private parsePlain(): void {
    const end = this.position + this.match(plainRun)![0].length;
    if (this.brackets.top) return this.take(end - this.position);
    const link = findAddress(this.source, this.position, end);
    if (!link) return this.take(end - this.position);
    if (link.start > this.position) this.take(link.start - this.position);
    const text = this.source.slice(link.start, link.end);
    this.add(text.length, {
      node: { type: "link", address: link.address, title: "", children: [{ type: "text", text }] },
    });
  }

  private parseLineEnd(): void {
    const last = this.pieces[this.pieces.length - 1];
    const hard = last?.verbatim && last.text.endsWith("  ");
    if (last?.verbatim && last.text.endsWith(" ")) last.text = last.text.replace(/ +$/, "");
    this.add(1, hard ? { node: { type: "break" } } : { text: "\n" });
    while (this.source[this.position] === " ") this.position++;
  }

  private parseBackslash(): void {
    const next = this.source[this.position + 1];
    if (next === "\n") this.add(2, { node: { type: "break" } });
    else if (isEscapable(next)) this.add(2, { text: next! });
    else this.take(1);
  }

  private parseCode(): void {
    const { source, position } = this;
    const length = tickRunLength(source, position);
    const start = position + length;
    const end = findTickRun(source, length, start);
    if (end !== undefined) {
      this.add(end + length - position, { node: { type: "code", text: codeText(source.slice(start, end)) } });
      return;
    }
    this.staysOpenFrom(position);
    if (this.options.unfinished && codeMayBeOpen(source, position, start)) {
      this.add(source.length - position, { node: { type: "code", text: codeText(source.slice(start)) } });
    } else this.take(length);
  }

  private parseDelimiters(): void {
    const { source, position } = this;
    const character = source[position]!;
    let end = position;
    while (source[end] === character) end++;
    const length = end - position;
    const piece = this.add(length, { text: source.slice(position, end) });
    if (character === "~" && length > 2) return;
    const { canOpen, canClose } = flanking(source, position, end, this.options.cjkEmphasis);
    if (canOpen || canClose)
      this.delimiters.push({ character, length, count: length, position, piece, canOpen, canClose });
  }

  private openBracket(length: 1 | 2): void {
    const { position } = this;
    const below = this.delimiters.top;
    const piece = this.add(length, { text: length === 2 ? "![" : "[" });
    this.brackets.open(piece, position + length, below);
  }

  private closeBracket(): void {
    const { position, source } = this;
    const bracket = this.brackets.close();
    if (!bracket) return this.take(1);
    const target = this.brackets.target(bracket, source, position + 1, this.options.decodeNamed);
    if (target) {
      this.delimiters.pair(bracket.delimitersBelow);
      this.brackets.wrap(bracket, target);
      this.add(target.end - position, { closes: 1 });
      return;
    }
    const rest = source.slice(position + 1, position + 1002);
    if (!targetMayFollow(rest)) return this.take(1);
    this.staysOpenFrom(bracket.piece.position);
    if (!this.options.unfinished || isIndex(bracket, source)) return this.take(1);
    // Half a target: show the text of the link-to-be and not its address.
    bracket.piece.text = "";
    this.add(1 + rest.length, {});
  }

  private parseAngle(): void {
    const found = this.match(mailInAngles) ?? this.match(addressInAngles);
    if (found) {
      const [whole, text] = found as unknown as [string, string];
      const address = text.includes(":") ? text : `mailto:${text}`;
      this.add(whole.length, { node: { type: "link", address, title: "", children: [{ type: "text", text }] } });
      return;
    }
    const { source, position } = this;
    const length = this.html.lengthAt(source, position);
    if (length > 0) {
      const text = source.slice(position, position + length);
      this.add(length, { node: /^<br *\/?>$/i.test(text) ? { type: "break" } : { type: "html", text } });
      return;
    }
    if (/^(?:[A-Za-z/!?]|$)/.test(source[position + 1] ?? "")) this.staysOpenFrom(position);
    const open = this.options.unfinished ? openAddress(source, position) : undefined;
    if (open !== undefined) this.add(1 + open.length, { text: open });
    else this.take(1);
  }

  private parseEntity(): void {
    const entity = this.match(entityAtPosition)?.[0];
    const text = entity && decodeEntity(entity, this.options.decodeNamed);
    if (text) this.add(entity.length, { text });
    else this.take(1);
  }
}
