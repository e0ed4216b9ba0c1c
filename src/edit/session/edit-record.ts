/** What is kept of a pending edit while the editor runs, so that a window that closes leaves no half-changed lines behind. */
import { documentUri, integer, list, object, oneOf, type Reader } from "../../core/stored.ts";

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

/** `incomplete`: in review, of an answer that was cut off or was stopped. */
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

/**
 * Whether these lines are what the recorded ones became as more of the answer arrived: it only replaces lines from the
 * top, so what it had written by then stands, and what it had not reached ends as it did.
 */
export function grewFrom(current: readonly string[], { lines, oldLines }: EditRecord): boolean {
  let rest = 0;
  while (rest < lines.length && rest < oldLines.length && lines.at(-1 - rest) === oldLines.at(-1 - rest)) rest++;
  const written = lines.slice(0, lines.length - rest);
  if (!written.every((line, at) => current[at] === line)) return false;
  const left = current.slice(written.length);
  // Nothing is known of lines of which neither an old nor a written one is left.
  return written.length > 0 || left.at(-1) === oldLines.at(-1);
}

/** Edits whose lines are no other's; those that meet were recorded wrongly, and nobody knows which line is whose. */
export function partOverlapping<Found extends { place: RecordPlace }>(
  found: readonly Found[],
): { apart: Found[]; overlapping: Found[] } {
  const sorted = [...found].sort((one, other) => one.place.startLine - other.place.startLine);
  const meets = (one: RecordPlace, other: RecordPlace): boolean =>
    one.startLine === other.startLine || (one.startLine < other.endLine && other.startLine < one.endLine);
  const overlapping = new Set<Found>();
  let furthest: Found | undefined;
  for (const each of sorted) {
    if (furthest !== undefined && meets(furthest.place, each.place)) overlapping.add(furthest).add(each);
    if (furthest === undefined || each.place.endLine > furthest.place.endLine) furthest = each;
  }
  return { apart: sorted.filter((each) => !overlapping.has(each)), overlapping: [...overlapping] };
}

const wholeLine: Reader<string> = (value) => (typeof value === "string" && !/[\r\n]/.test(value) ? value : undefined);
const lineList = list(wholeLine, 10_000_000);

const fields = object<EditRecord>({
  required: {
    uri: documentUri,
    startLine: integer(0, 1e9),
    ...{ lines: lineList, oldLines: lineList, before: lineList, after: lineList },
    stage: oneOf(["streaming", "incomplete", "review"]),
  },
  optional: {},
});

/** A record that was read back, whole and sound; undefined for anything else. */
export function asRecord(value: unknown): EditRecord | undefined {
  const reading = { left: 0 };
  const record = fields(value, reading);
  if (record === undefined || reading.left > 0) return undefined;
  const { before, after, startLine } = record;
  const hasNeighbours = before.length === Math.min(startLine, NEIGHBOURS) && after.length <= NEIGHBOURS;
  return hasNeighbours ? record : undefined;
}
