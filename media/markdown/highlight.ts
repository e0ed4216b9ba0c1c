// Colours code blocks: while they arrive line by line, and once more as a whole when they are closed.
import { LineRuns, LiveColors, type Run } from "./code-runs.ts";
import type { CodeText } from "./code-text.ts";
import { findGrammar } from "./grammar.ts";
import type { IdleQueue } from "./idle.ts";
import { Tokenizer } from "./tokenizer.ts";

/** Longer blocks stay plain: nobody reads them in a chat, and every coloured word is a node. */
const longestColored = 200_000;

/** A code block that can be coloured, as its view sees it. */
export interface ColoredBlock {
  readonly language: string;
  readonly code: CodeText;
  readonly open: boolean;
  readonly length: number;
  /** The text so far; reading it costs its whole length. */
  text(): string;
}

/** Prepares the grammar while there is time, then colours each line as it is completed. */
export function colorWhileOpen(block: ColoredBlock, queue: IdleQueue): void {
  queue.add(function* () {
    const grammar = findGrammar(block.language);
    yield;
    if (!grammar || !block.open || block.length > longestColored / 20) return;
    const colors = new LiveColors(grammar);
    block.code.startPainting(block.text(), (line) => (block.length > longestColored ? undefined : colors.line(line)));
  });
}

/** Colours the block exactly as highlight.js colours the whole of it; what has these colours already is not touched. */
export function colorWhole(block: ColoredBlock, queue: IdleQueue): void {
  if (block.length === 0 || block.length > longestColored) return;
  queue.add(function* (hasTime) {
    const grammar = findGrammar(block.language);
    yield;
    if (!grammar) return;
    const runs = new LineRuns();
    const tokenizer = new Tokenizer(grammar, runs.emit);
    tokenizer.setText(block.text());
    try {
      while (!tokenizer.run(() => !hasTime())) yield;
    } catch {
      return;
    }
    runs.endLine();
    yield;
    const lines = runs.lines.values();
    let rest: Run[] = [];
    for (const group of block.code.groups) {
      const taken = takeLines(lines, rest, group.length);
      rest = taken.rest;
      block.code.repaint(group, taken.lines);
      yield;
    }
  });
}

/** Takes lines of a length in all; a line that reaches beyond is cut, and its rest is kept for the next group. */
function takeLines(source: Iterator<Run[]>, first: Run[], length: number): { lines: Run[][]; rest: Run[] } {
  const lines: Run[][] = [];
  let left = length;
  let line: Run[] | undefined = first;
  while (left > 0) {
    if (line.length === 0) line = source.next().value as Run[] | undefined;
    if (!line) break;
    const taken: Run[] = [];
    while (line.length > 0 && left > 0) {
      const run: Run = line[0]!;
      const part = run.text.slice(0, left);
      taken.push({ text: part, className: run.className });
      left -= part.length;
      if (part.length === run.text.length) line = line.slice(1);
      else line = [{ text: run.text.slice(part.length), className: run.className }, ...line.slice(1)];
    }
    lines.push(taken);
  }
  return { lines, rest: line ?? [] };
}
