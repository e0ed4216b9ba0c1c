/** Replaces whole lines of a text, which may be its last and end without a line end. */
import { endOf, position, type TextPosition, type TextRange } from "./text-range.ts";

/**
 * Where lines stand in a text: `lines` alone, without the line end behind them; `above` with the line end that parts them
 * from the line below; `below` with the one that parts them from the line above.
 */
export type LineAnchor = "lines" | "above" | "below";

export interface LineChange {
  anchor: LineAnchor;
  range: TextRange;
  text: string;
}

/**
 * The lines from `from` to before `to`, of a text that begins at `origin`, become `replacement`. Where there are none to
 * be replaced, or none to replace them, a line end comes or goes with them: the one below or, in the last line, the one above.
 */
export function replaceLines(
  lines: readonly string[],
  from: number,
  to: number,
  replacement: readonly string[],
  origin = position(0, 0),
): LineChange {
  const startOf = (line: number): TextPosition => position(origin.line + line, line === 0 ? origin.character : 0);
  const end = (line: number): TextPosition => endOf(startOf(line), lines[line]!);
  if (from < to && (replacement.length > 0 || to - from === lines.length)) {
    return { anchor: "lines", range: { start: startOf(from), end: end(to - 1) }, text: replacement.join("\n") };
  }
  if (to < lines.length || from === 0) {
    const range = { start: startOf(from), end: startOf(to) };
    return { anchor: "above", range, text: anchoredText(replacement, "above") };
  }
  const range = { start: end(from - 1), end: end(to - 1) };
  return { anchor: "below", range, text: anchoredText(replacement, "below") };
}

/** The same lines as a text of that anchor. */
export function anchoredText(lines: readonly string[], anchor: LineAnchor): string {
  if (anchor === "lines") return lines.join("\n");
  return lines.map((line) => (anchor === "above" ? `${line}\n` : `\n${line}`)).join("");
}
