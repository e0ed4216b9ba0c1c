/** Chooses what is sent along with an edit: the code around it, nearest lines first, as much as a budget of tokens holds. */
import type { Attachment } from "../../core/conversation.ts";
import { weightOf } from "../../money/estimate.ts";
import type { LineRange } from "./line-range.ts";

/** One place to be edited, in its file. */
export interface EditPlace {
  /** Relative to its workspace folder, with forward slashes. */
  path: string;
  /** The editor's language id. */
  language: string;
  /** The whole file. */
  lines: readonly string[];
  /** What is to be replaced. */
  selection: LineRange;
  /** Where the definitions around the selection begin (lines from 0), outermost first. */
  enclosing: readonly number[];
  /** What the editor reports about the selection. */
  problems: readonly Problem[];
}

export interface Problem {
  severity: "error" | "warning" | "information" | "hint";
  message: string;
  /** Counted from 0. */
  line: number;
  /** Who says so, such as "ts" or "eslint". */
  source?: string;
}

/** What goes along with one edit; lines that are not in it are not sent. */
export interface EditContext {
  place: EditPlace;
  before: string[];
  after: string[];
  /** First lines of definitions that `before` does not reach. */
  headers: string[];
  /** Other files the person chose, cut where they would not fit. */
  files: Attachment[];
  /** What the person is told: how many lines of how many files leave the editor. */
  sent: { lines: number; files: number };
}

/** Tokens around a selection: more would cost more than it helps. */
const MOST = 6000;
/** Tokens for the words of the prompt itself, and for thinking. */
const RESERVE = 2000;

/** `contextWindow` is the model's, in tokens; absent = unknown. */
export function editContext(
  place: EditPlace,
  options: { files?: readonly Attachment[]; contextWindow?: number } = {},
): EditContext {
  const { lines, selection } = place;
  let budget = MOST;
  if (options.contextWindow !== undefined) {
    // The selection is sent, and comes back changed.
    const selected = weightOf(lines.slice(selection.first, selection.last + 1).join("\n"));
    budget = Math.max(0, Math.min(MOST, options.contextWindow - 2 * selected - RESERVE));
  }
  // What the person chose comes first, but never takes the code around the selection away.
  const { files, used } = wholeLinesOf(options.files ?? [], budget / 2);
  const around = linesAround(lines, selection, budget - used);
  const headers = place.enclosing.filter((line) => line < around.first).map((line) => lines[line]!);
  const before = lines.slice(around.first, selection.first);
  const after = lines.slice(selection.last + 1, around.last + 1);
  const attached = files.reduce((sum, { text }) => sum + text.split("\n").length, 0);
  const selected = selection.last - selection.first + 1;
  return {
    place,
    before,
    after,
    headers,
    files,
    sent: { lines: before.length + selected + after.length + headers.length + attached, files: 1 + files.length },
  };
}

/** The selection with as many lines around it as the budget holds; by turns from above and from below. */
function linesAround(lines: readonly string[], { first, last }: LineRange, budget: number): LineRange {
  const range = { first, last };
  const open = { above: true, below: true };
  let left = budget;
  const take = (line: number): boolean => {
    const text = lines[line];
    if (text === undefined) return false;
    left -= cost(text);
    return left >= 0;
  };
  while (open.above || open.below) {
    open.above &&= take(range.first - 1);
    if (open.above) range.first--;
    open.below &&= take(range.last + 1);
    if (open.below) range.last++;
    if (left < 0) break;
  }
  return range;
}

function wholeLinesOf(files: readonly Attachment[], budget: number): { files: Attachment[]; used: number } {
  const kept: Attachment[] = [];
  let used = 0;
  for (const file of files) {
    const lines: string[] = [];
    for (const line of file.text.split("\n")) {
      if (used + cost(line) > budget) break;
      used += cost(line);
      lines.push(line);
    }
    if (lines.length > 0) kept.push({ ...file, text: lines.join("\n"), endLine: file.startLine + lines.length - 1 });
  }
  return { files: kept, used };
}

/** Of a line with its line break. */
function cost(line: string): number {
  return weightOf(line) + weightOf("\n");
}
