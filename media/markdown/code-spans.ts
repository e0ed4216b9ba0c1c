// Finds the ends of code spans in inline text.

const tickRun = /`+/y;

export class TickScanner {
  /** Lengths of backtick runs known not to occur any more: none is searched for twice. */
  private readonly absent = new Set<number>();

  lengthAt(source: string, position: number): number {
    tickRun.lastIndex = position;
    return tickRun.exec(source)![0].length;
  }

  /** Where the next run of exactly a length begins. */
  find(source: string, length: number, from: number): number | undefined {
    if (this.absent.has(length)) return undefined;
    for (let next = source.indexOf("`", from); next >= 0; ) {
      const found = this.lengthAt(source, next);
      if (found === length) return next;
      next = source.indexOf("`", next + found);
    }
    this.absent.add(length);
    return undefined;
  }
}

/** The text of a span: line ends are spaces, and one space at both ends is only there for the backticks. */
export function codeText(source: string): string {
  const line = source.replaceAll("\n", " ");
  return line.startsWith(" ") && line.endsWith(" ") && /[^ ]/.test(line) ? line.slice(1, -1) : line;
}
