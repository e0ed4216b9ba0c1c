/** Where in a document a block of code from a chat belongs. */

export interface Place {
  /** Whole lines, counted from 0; `endLine` is not part of it. */
  startLine: number;
  endLine: number;
  /** `exact`: these very lines stand there, but for their indentation. `anchored`: its first and last lines were found. */
  confidence: "exact" | "anchored";
}

/** `undefined` when nothing tells the place: ask the person. */
export function findPlace(documentLines: readonly string[], blockLines: readonly string[]): Place | undefined {
  const wanted = blockLines.map((line) => line.trim());
  for (let start = 0; start + wanted.length <= documentLines.length; start++) {
    if (wanted.every((line, index) => documentLines[start + index]!.trim() === line)) {
      return { startLine: start, endLine: start + wanted.length, confidence: "exact" };
    }
  }
  return undefined;
}
