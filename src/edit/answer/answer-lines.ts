/** The lines of new code in a model's streamed answer, without the fence and the talk around them. */
import { createRepetitionWatch, isPlaceholder } from "./astray.ts";
import { createContextTrimmer } from "./context.ts";
import { createFences } from "./fences.ts";
import { applyPatch, beginsPatch } from "./patch.ts";
import { createRawLines } from "./raw-lines.ts";

export interface AnswerLinesOptions {
  /** What is being edited. */
  oldLines: readonly string[];
  /** Lines before and after it that were sent as context: recognised when the model repeats them. */
  before?: readonly string[];
  after?: readonly string[];
  /** The editor's name of the document's language. */
  language?: string;
}

/**
 * `code`: usable lines; none of them means that the old lines go. `nothing`: an empty answer. `prose`: talk without code.
 * `elided`: a placeholder stands for lines that the model left out. `repetition` and `line-too-long`: the answer went
 * astray and need not be read on. `patch-failed`: a diff that does not fit the old lines.
 */
export type AnswerVerdict = "code" | "nothing" | "prose" | "elided" | "repetition" | "line-too-long" | "patch-failed";

/** `several`: further blocks of code were ignored. `unclosed`: the fence never ended. */
export type AnswerNotice = "several" | "unclosed";

export interface AnswerEnd {
  /** Those not returned by `push` before. */
  lines: string[];
  verdict: AnswerVerdict;
  notices: AnswerNotice[];
}

export interface AnswerLines {
  push(text: string): string[];
  end(): AnswerEnd;
  /** Set as soon as reading on makes no sense: the caller stops the stream and calls `end`. */
  readonly verdict: AnswerVerdict | undefined;
}

/** Characters of one line; minified files have such lines, so a longer old line allows longer new ones. */
const LONGEST_LINE = 200_000;

/**
 * The model's lines are given as they came: neither indentation nor trailing blanks are touched. Only the empty lines at
 * the very end are those of the old text, since models add and drop a final line end as they like.
 */
export function createAnswerLines({ oldLines, before = [], after = [], language }: AnswerLinesOptions): AnswerLines {
  const longestOld = oldLines.reduce((longest, line) => Math.max(longest, line.length), 0);
  const rawLines = createRawLines(Math.max(LONGEST_LINE, 2 * longestOld));
  const fences = createFences(oldLines, language);
  const context = createContextTrimmer(oldLines, before, after);
  const isCircling = createRepetitionWatch(oldLines.length);
  const known = new Set(oldLines.map((line) => line.trim()));
  let verdict: AnswerVerdict | undefined;
  /** Set when the answer is a diff, which can only be applied as a whole. */
  let patch: string[] | undefined;
  let hasBegun = false;
  let isAnyGiven = false;
  let emptyLines = 0;

  const give = (lines: readonly string[]): string[] => {
    const given: string[] = [];
    for (const line of lines) {
      if (verdict !== undefined) break;
      if (isPlaceholder(line) && !known.has(line.trim())) verdict = "elided";
      else if (isCircling(line)) verdict = "repetition";
      else if (line === "") emptyLines++;
      else {
        while (emptyLines > 0) {
          given.push("");
          emptyLines--;
        }
        given.push(line);
        isAnyGiven = true;
      }
    }
    return given;
  };
  const takeCode = (lines: readonly string[]): string[] => {
    const given: string[] = [];
    for (const line of lines) {
      if (verdict !== undefined) break;
      if (!hasBegun && line.trim() !== "") {
        hasBegun = true;
        if (language !== "diff" && beginsPatch(line, fences.info, oldLines)) patch = [];
      }
      if (patch === undefined) given.push(...give(context.push(line)));
      else patch.push(line);
    }
    return given;
  };
  /** The lines at the end that were held, and the old text's empty ones. */
  const finish = (): string[] => {
    if (patch !== undefined) {
      const patched = applyPatch(patch, oldLines, before, after);
      if (patched === undefined) verdict = "patch-failed";
      return patched ?? [];
    }
    const lines = give(context.end());
    if (verdict === undefined && isAnyGiven) {
      for (let index = oldLines.length - 1; index > 0 && oldLines[index] === ""; index--) lines.push("");
    }
    return lines;
  };

  return {
    push(text) {
      if (verdict !== undefined) return [];
      const lines = rawLines.push(text).flatMap((line) => takeCode(fences.push(line)));
      if (rawLines.isTooLong) verdict ??= "line-too-long";
      return lines;
    },
    end() {
      const lines: string[] = [];
      if (verdict === undefined) {
        const last = rawLines.end();
        // What was to become a closing fence.
        const isHalfFence = fences.part === "fenced" && /^\s*(`{1,2}|~{1,2})$/.test(last[0] ?? "");
        if (!isHalfFence) lines.push(...last.flatMap((line) => takeCode(fences.push(line))));
        lines.push(...takeCode(fences.end()));
        if (fences.part === "talk") verdict = fences.hasText ? "prose" : "nothing";
        else lines.push(...finish());
      }
      if (verdict !== undefined) return { lines, verdict, notices: [] };
      const notices: AnswerNotice[] = [];
      if (fences.hasSeveral) notices.push("several");
      if (fences.part === "fenced") notices.push("unclosed");
      return { lines, verdict: "code", notices };
    },
    get verdict() {
      return verdict;
    },
  };
}
