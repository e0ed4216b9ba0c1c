/** The lines of new code in a model's streamed answer, without the fence and the talk around them. */

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
 * `code`: usable lines. `nothing`: an empty answer. `prose`: talk without code. `elided`: a placeholder stands for lines
 * that the model left out. `repetition` and `line-too-long`: the answer went astray and need not be read on.
 * `patch-failed`: a unified diff that does not fit the old lines.
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

export function createAnswerLines(options: AnswerLinesOptions): AnswerLines {
  void options;
  let rest = "";
  return {
    push(text) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      return lines;
    },
    end: () => ({ lines: rest === "" ? [] : [rest], verdict: "code", notices: [] }),
    verdict: undefined,
  };
}
