// Takes Markdown text as it arrives and keeps the block tree of it up to date.
import { BlockParser } from "./blocks.ts";
import type { NamedEntityDecoder } from "./characters.ts";
import { onlyMarkers } from "./hold.ts";
import { longestMarkupLine } from "./html-patterns.ts";
import { InputFilter } from "./input.ts";

/** Text is taken in stretches of about this many characters, so that the caller can look at the clock in between. */
const stretch = 1024;

export class MarkdownDocument {
  readonly blocks: BlockParser;
  private readonly input = new InputFilter();
  private waiting: string[] = [];
  /** The beginning of a line that does not decide yet what the line is. */
  private undecided = "";
  private lineStarted = false;

  constructor(decodeNamed: NamedEntityDecoder) {
    this.blocks = new BlockParser(decodeNamed);
  }

  push(arrived: string): void {
    const text = this.input.push(arrived);
    for (let start = 0; start < text.length; start += stretch) this.waiting.push(text.slice(start, start + stretch));
  }

  /** Takes in one stretch of what was pushed; false if nothing is left. */
  advance(): boolean {
    const text = this.waiting.shift();
    if (text === undefined) return false;
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      this.finishLine(text.slice(start, end));
      start = end + 1;
    }
    if (start < text.length) this.extendLine(text.slice(start));
    return true;
  }

  /** Ends the document; everything pushed must have been taken in. */
  end(): void {
    const rest = this.input.end();
    if (rest !== "") this.extendLine(rest);
    if (this.undecided !== "") this.finishLine("");
    this.blocks.end();
  }

  private finishLine(text: string): void {
    if (this.lineStarted) {
      this.blocks.continueLine(text);
      this.blocks.endLine();
    } else this.blocks.writeLine(this.undecided + text);
    this.undecided = "";
    this.lineStarted = false;
  }

  private extendLine(text: string): void {
    if (this.lineStarted) return this.blocks.continueLine(text);
    const long = this.undecided.length > longestMarkupLine;
    this.undecided += text;
    // An endless line of nothing but marks and spaces is not read again for every piece of it.
    if (long && onlyMarkers(text)) return;
    if (!this.blocks.tryStartLine(this.undecided)) return;
    this.undecided = "";
    this.lineStarted = true;
  }
}
