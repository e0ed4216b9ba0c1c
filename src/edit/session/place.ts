/** Where in a document a block of code from a chat belongs. */
import { isTrivial } from "../diff/line-numbers.ts";

export interface Place {
  /** Whole lines, counted from 0; `endLine` is not part of it. */
  startLine: number;
  endLine: number;
  /** `exact`: these very lines stand there, but for their indentation. `anchored`: some of its lines were found. */
  confidence: "exact" | "anchored";
}

/** The word that something is declared with, and its name. */
const declaration =
  /\b(function\*?|class|interface|enum|struct|trait|impl|def|fn|func|type|const|let|var|module|namespace)\s+([\p{L}_$][\p{L}\p{N}_$]*)/u;

/** `undefined` when nothing tells the place, or several places would do: ask the person. */
export function findPlace(documentLines: readonly string[], blockLines: readonly string[]): Place | undefined {
  const there = documentLines.map((line) => line.trim());
  const block = withoutBlankEnds(blockLines.map((line) => line.trim()));
  if (block.every(isTrivial)) return undefined;
  return findExactly(there, block) ?? findDeclaration(documentLines, block) ?? findByUniqueLines(there, block);
}

function withoutBlankEnds(lines: readonly string[]): string[] {
  const first = lines.findIndex((line) => line !== "");
  const last = lines.findLastIndex((line) => line !== "");
  return first === -1 ? [] : lines.slice(first, last + 1);
}

function findExactly(there: readonly string[], block: readonly string[]): Place | undefined {
  const startLine = onlyIndex(there, (_, start) => block.every((line, offset) => line === there[start + offset]));
  return startLine === undefined ? undefined : { startLine, endLine: startLine + block.length, confidence: "exact" };
}

/** What the block declares first is declared once in the document too: it reaches as far as its indentation tells. */
function findDeclaration(documentLines: readonly string[], block: readonly string[]): Place | undefined {
  const first = block.find(
    (line) => !isTrivial(line) && !/^(\/\/|\/\*|\*|#|--|@|import\b|from\b|use\b|using\b)/.test(line),
  );
  const [, word, name] = declaration.exec(first ?? "") ?? [];
  if (word === undefined || first !== block[0]) return undefined;
  const startLine = onlyIndex(documentLines, (line) => {
    const found = declaration.exec(line);
    return found?.[1] === word && found[2] === name;
  });
  if (startLine === undefined) return undefined;
  const indentation = indentationOf(documentLines[startLine]!);
  let endLine = startLine + 1;
  while (endLine < documentLines.length) {
    const line = documentLines[endLine]!;
    const isInside = line.trim() === "" || indentationOf(line) > indentation;
    // A closing bracket, or a bracket that closes one list and opens the next, is still part of it.
    if (!isInside && !/^\s*[\])}]/.test(line)) break;
    endLine++;
    if (!isInside && /^[\])}]+(?:[;,][;,)]*)?$/.test(line.trim())) break;
  }
  while (documentLines[endLine - 1]!.trim() === "") endLine--;
  return { startLine, endLine, confidence: "anchored" };
}

/** Lines that document and block have once each, in the same order; those before and behind are taken to have changed. */
function findByUniqueLines(there: readonly string[], block: readonly string[]): Place | undefined {
  const anchors: { line: number; index: number }[] = [];
  for (const [index, line] of block.entries()) {
    if (isTrivial(line) || block.indexOf(line) !== block.lastIndexOf(line)) continue;
    const at = onlyIndex(there, (other) => other === line);
    if (at !== undefined) anchors.push({ line: at, index });
  }
  const told = block.filter((line) => !isTrivial(line)).length;
  const isInOrder = anchors.every(({ line }, index) => index === 0 || line > anchors[index - 1]!.line);
  if (anchors.length < 2 || anchors.length * 3 < told || !isInOrder) return undefined;
  const [first, last] = [anchors[0]!, anchors.at(-1)!];
  const startLine = first.line - first.index;
  const endLine = last.line + block.length - last.index;
  return startLine < 0 || endLine > there.length ? undefined : { startLine, endLine, confidence: "anchored" };
}

/** Where the only line is that fits. */
function onlyIndex(lines: readonly string[], fits: (line: string, index: number) => boolean): number | undefined {
  const first = lines.findIndex(fits);
  return first === -1 || lines.findLastIndex(fits) !== first ? undefined : first;
}

function indentationOf(line: string): number {
  return line.length - line.trimStart().length;
}
