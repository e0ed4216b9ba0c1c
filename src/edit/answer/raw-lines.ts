/** Cuts streamed text into lines, whichever line ends it has and wherever the pieces are cut. */

export interface RawLines {
  push(text: string): string[];
  /** The last line, when no line end followed it. */
  end(): string[];
  /** A line passed the longest length; nothing is returned from there on. */
  readonly isTooLong: boolean;
}

const BYTE_ORDER_MARK = "\ufeff";

export function createRawLines(longest: number): RawLines {
  let rest = "";
  let isAtBeginning = true;
  /** A carriage return came last: the first half of a line end, or a whole one. */
  let endsInReturn = false;
  let isTooLong = false;
  return {
    push(text) {
      if (isTooLong || text === "") return [];
      let piece = endsInReturn ? `\r${text}` : text;
      if (isAtBeginning && piece.startsWith(BYTE_ORDER_MARK)) piece = piece.slice(1);
      isAtBeginning = false;
      endsInReturn = piece.endsWith("\r");
      const lines = (endsInReturn ? piece.slice(0, -1) : piece).split(/\r\n|\r|\n/);
      lines[0] = rest + lines[0]!;
      const long = lines.findIndex((line) => line.length > longest);
      if (long !== -1) {
        isTooLong = true;
        return lines.slice(0, long);
      }
      rest = lines.pop()!;
      return lines;
    },
    end: () => (isTooLong || (rest === "" && !endsInReturn) ? [] : [rest]),
    get isTooLong() {
      return isTooLong;
    },
  };
}
