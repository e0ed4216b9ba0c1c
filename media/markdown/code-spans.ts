// Finds the ends of code spans in inline text.

const tickRun = /`+/y;

export function tickRunLength(source: string, position: number): number {
  tickRun.lastIndex = position;
  return tickRun.exec(source)![0].length;
}

/** Where the next run of exactly a length begins. In vain at most once for each length: two runs of a length are a span. */
export function findTickRun(source: string, length: number, from: number): number | undefined {
  for (let next = source.indexOf("`", from); next >= 0; ) {
    const found = tickRunLength(source, next);
    if (found === length) return next;
    next = source.indexOf("`", next + found);
  }
  return undefined;
}

/** The text of a span: line ends are spaces, and one space at both ends is only there for the backticks. */
export function codeText(source: string): string {
  const line = source.replaceAll("\n", " ");
  return line.startsWith(" ") && line.endsWith(" ") && /[^ ]/.test(line) ? line.slice(1, -1) : line;
}
