/** What is kept of a pending edit while the editor runs, so that a window that closes leaves no half-changed lines behind. */

export interface EditRecord {
  uri: string;
  /** Where the lines of the edit began, counted from 0. */
  startLine: number;
  /** All of them, as they were last seen in the document. */
  lines: readonly string[];
  /** All of them, as they are when every undecided hunk is rejected. */
  oldLines: readonly string[];
  /** The lines right before and after them. */
  before: readonly string[];
  after: readonly string[];
  /** `streaming`: the answer was still on its way, so the lines go back to the old ones. The others go on being reviewed. */
  stage: EditStage;
}

/** `incomplete`: in review, of an answer that broke off or was stopped. */
export type EditStage = "streaming" | "incomplete" | "review";

/** Lines on each side that are kept to find the place again. */
export const NEIGHBOURS = 3;

/** Lines; `endLine` is not part of it. */
export interface RecordPlace {
  startLine: number;
  endLine: number;
  /** Exactly what was recorded stands there, or at least no line that is not the edit's, new or old. */
  isOwn: boolean;
}

/**
 * Finds the lines of an edit in a document that was opened again. The last moments before the window closed may not have
 * been recorded; then the lines are those between the neighbours. Undefined when these are not there either.
 */
export function findRecord(document: readonly string[], record: EditRecord): RecordPlace | undefined {
  const { lines, before, after, startLine } = record;
  const whole = [...before, ...lines, ...after];
  for (const start of nearestFirst(document.length, startLine - before.length)) {
    if (standsAt(document, whole, start)) {
      const first = start + before.length;
      return { startLine: first, endLine: first + lines.length, isOwn: true };
    }
  }
  // At the very beginning or end of a document there is nothing to hold on to on that side.
  const starts =
    before.length === 0
      ? [0]
      : nearestFirst(document.length, startLine - before.length)
          .filter((start) => standsAt(document, before, start))
          .map((start) => start + before.length);
  const first = starts[0];
  if (first === undefined) return undefined;
  if (after.length === 0) return placeOf(document, record, first, document.length);
  for (let end = first; end + after.length <= document.length; end++) {
    if (standsAt(document, after, end)) return placeOf(document, record, first, end);
  }
  return undefined;
}

function placeOf(
  document: readonly string[],
  { lines, oldLines }: EditRecord,
  startLine: number,
  endLine: number,
): RecordPlace {
  const own = new Set([...lines, ...oldLines]);
  return { startLine, endLine, isOwn: document.slice(startLine, endLine).every((line) => own.has(line)) };
}

function standsAt(document: readonly string[], wanted: readonly string[], start: number): boolean {
  return start >= 0 && wanted.every((line, index) => document[start + index] === line);
}

/** All lines of a document, from the one where something is expected outwards. */
function nearestFirst(count: number, expected: number): number[] {
  return Array.from({ length: count }, (_, line) => line).sort(
    (one, other) => Math.abs(one - expected) - Math.abs(other - expected),
  );
}

/** A record that was read back; undefined for anything else. */
export function asRecord(value: unknown): EditRecord | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const record = value as EditRecord;
  const areTexts = (lines: unknown): boolean => Array.isArray(lines) && lines.every((line) => typeof line === "string");
  const isSound =
    typeof record.uri === "string" &&
    Number.isInteger(record.startLine) &&
    ["streaming", "incomplete", "review"].includes(record.stage) &&
    [record.lines, record.oldLines, record.before, record.after].every(areTexts);
  return isSound ? record : undefined;
}
