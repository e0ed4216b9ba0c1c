// A position in one line of Markdown that counts columns, because a tab may be consumed in part.

const tabStop = 4;

export function isSpaceOrTab(character: string | undefined): boolean {
  return character === " " || character === "\t";
}

export class LineCursor {
  line = "";
  offset = 0;
  column = 0;
  nextNonspace = 0;
  nextNonspaceColumn = 0;
  /** Columns between the position and the next character that is no space. */
  indent = 0;
  blank = false;
  private tabPartlyConsumed = false;

  start(line: string): void {
    this.line = line;
    this.offset = 0;
    this.column = 0;
    this.tabPartlyConsumed = false;
    this.findNextNonspace();
  }

  get indented(): boolean {
    return this.indent >= 4;
  }

  /** The rest of the line from its next character that is no space. */
  get rest(): string {
    return this.line.slice(this.nextNonspace);
  }

  findNextNonspace(): void {
    let index = this.offset;
    let column = this.column;
    for (; index < this.line.length; index++) {
      const character = this.line.charCodeAt(index);
      if (character === 0x20) column++;
      else if (character === 0x09) column += tabStop - (column % tabStop);
      else break;
    }
    this.blank = index >= this.line.length;
    this.nextNonspace = index;
    this.nextNonspaceColumn = column;
    this.indent = column - this.column;
  }

  skipToNonspace(): void {
    this.offset = this.nextNonspace;
    this.column = this.nextNonspaceColumn;
    this.tabPartlyConsumed = false;
    this.indent = 0;
  }

  /** Consumes characters, none of which is a tab that could be split. */
  skipCharacters(count: number): void {
    for (let left = count; left > 0 && this.offset < this.line.length; left--) {
      this.column += this.line[this.offset] === "\t" ? tabStop - (this.column % tabStop) : 1;
      this.offset++;
    }
    this.tabPartlyConsumed = false;
    this.findNextNonspace();
  }

  skipColumns(count: number): void {
    let left = count;
    while (left > 0 && this.offset < this.line.length) {
      if (this.line[this.offset] === "\t") {
        const toStop = tabStop - (this.column % tabStop);
        this.tabPartlyConsumed = toStop > left;
        const taken = Math.min(toStop, left);
        this.column += taken;
        if (!this.tabPartlyConsumed) this.offset++;
        left -= taken;
      } else {
        this.tabPartlyConsumed = false;
        this.offset++;
        this.column++;
        left--;
      }
    }
    this.findNextNonspace();
  }

  skipOneSpace(): void {
    if (isSpaceOrTab(this.line[this.offset])) this.skipColumns(1);
  }

  /** What is left of the line; what remains of a half consumed tab becomes spaces. */
  takeRest(): string {
    if (!this.tabPartlyConsumed) return this.line.slice(this.offset);
    return " ".repeat(tabStop - (this.column % tabStop)) + this.line.slice(this.offset + 1);
  }

  save(): readonly [number, number, boolean] {
    return [this.offset, this.column, this.tabPartlyConsumed];
  }

  restore([offset, column, tabPartlyConsumed]: readonly [number, number, boolean]): void {
    this.offset = offset;
    this.column = column;
    this.tabPartlyConsumed = tabPartlyConsumed;
    this.findNextNonspace();
  }
}
