// Reads the parts of links and of link reference definitions: labels, destinations and titles.
import { type NamedEntityDecoder, unescapeText } from "./characters.ts";
import type { Reference } from "./nodes.ts";

const label = /\[(?:[^\\[\]]|\\[\s\S]){0,999}\]/y;
const pointyDestination = /<(?:[^<>\n\\]|\\.)*>/y;
const title = /"(?:[^\\"]|\\[\s\S])*"|'(?:[^\\']|\\[\s\S])*'|\((?:[^\\()]|\\[\s\S])*\)/y;
const gap = /[ \t]*(?:\n[ \t]*)?/y;
const lineEnd = /[ \t]*(?:\n|$)/y;
const deepestParentheses = 32;

function matchAt(pattern: RegExp, source: string, position: number): string | undefined {
  pattern.lastIndex = position;
  return pattern.exec(source)?.[0];
}

/** The position after spaces and at most one line end. */
function skipGap(source: string, position: number): number {
  return position + (matchAt(gap, source, position)?.length ?? 0);
}

/** Length of a label with its brackets, or 0. */
export function labelLength(source: string, position: number): number {
  return matchAt(label, source, position)?.length ?? 0;
}

/** Labels match without regard to case and white space. Twice over, so that `ẞ` and `SS` are one. */
export function normalizeLabel(withBrackets: string): string {
  return withBrackets
    .slice(1, -1)
    .trim()
    .replace(/[ \t\r\n]+/g, " ")
    .toLowerCase()
    .toUpperCase();
}

export interface Part {
  readonly text: string;
  readonly end: number;
}

function parseDestination(source: string, start: number, named: NamedEntityDecoder): Part | undefined {
  if (source[start] === "<") {
    const found = matchAt(pointyDestination, source, start);
    return found === undefined ? undefined : unquoted(found, start, named);
  }
  let position = start;
  let open = 0;
  for (; position < source.length; position++) {
    const character = source.charCodeAt(position);
    if (character === 0x5c && /[!-/:-@[-`{-~]/.test(source[position + 1] ?? "")) position++;
    else if (character === 0x28) {
      if (++open > deepestParentheses) return undefined;
    } else if (character === 0x29) {
      if (open-- === 0) break;
    } else if (character <= 0x20) break;
  }
  if (open > 0 || (position === start && source[position] !== ")")) return undefined;
  return { text: unescapeText(source.slice(start, position), named), end: position };
}

function parseTitle(source: string, start: number, named: NamedEntityDecoder): Part | undefined {
  const found = matchAt(title, source, start);
  return found === undefined ? undefined : unquoted(found, start, named);
}

function unquoted(found: string, start: number, named: NamedEntityDecoder): Part {
  return { text: unescapeText(found.slice(1, -1), named), end: start + found.length };
}

/** The `(address "title")` behind a link text. */
export function parseInlineTarget(
  source: string,
  start: number,
  named: NamedEntityDecoder,
): (Reference & { readonly end: number }) | undefined {
  const address = parseDestination(source, skipGap(source, start + 1), named);
  if (!address) return undefined;
  let end = skipGap(source, address.end);
  const found = end > address.end ? parseTitle(source, end, named) : undefined;
  if (found) end = skipGap(source, found.end);
  return source[end] === ")" ? { address: address.text, title: found?.text ?? "", end: end + 1 } : undefined;
}

export interface Definition {
  readonly label: string;
  readonly reference: Reference;
  readonly end: number;
}

/** A link reference definition at a position, which is the beginning of a line of a paragraph. */
export function parseDefinition(source: string, start: number, named: NamedEntityDecoder): Definition | undefined {
  const length = labelLength(source, start);
  if (length === 0 || source[start + length] !== ":") return undefined;
  const name = normalizeLabel(source.slice(start, start + length));
  const address = parseDestination(source, skipGap(source, start + length + 1), named);
  if (name === "" || !address) return undefined;
  const afterGap = skipGap(source, address.end);
  const found = afterGap > address.end ? parseTitle(source, afterGap, named) : undefined;
  const withTitle = found && matchAt(lineEnd, source, found.end);
  if (found && withTitle !== undefined) {
    return { label: name, reference: { address: address.text, title: found.text }, end: found.end + withTitle.length };
  }
  const bare = matchAt(lineEnd, source, address.end);
  if (bare === undefined) return undefined;
  return { label: name, reference: { address: address.text, title: "" }, end: address.end + bare.length };
}
