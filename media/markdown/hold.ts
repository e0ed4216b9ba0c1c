// Decides whether the beginning of a line already settles which block the line belongs to, whatever follows on it.
import { htmlKindUndecided, longestMarkupLine } from "./html-patterns.ts";

/** A line of only these may still become a list item, a heading, a fence, a rule, an underline or a delimiter row. */
const firstOrdinaryCharacter = /[^ \t>*+\-_=|:~`#0-9.)]/;

export function onlyMarkers(text: string): boolean {
  return !firstOrdinaryCharacter.test(text);
}

/** True while more characters could still change the block structure of the line. May say true too often, never too rarely. */
export function lineUndecided(line: string): boolean {
  const first = line.search(firstOrdinaryCharacter);
  if (first < 0) return true;
  const markers = line.slice(0, first);
  const tildes = markers.includes("~~~");
  const fence = tildes || markers.includes("```");
  if (!fence) return line[first] === "<" && htmlKindUndecided(line.slice(first));
  // An info string may not contain a backtick after a fence of backticks, so one more of them makes it a paragraph.
  if (!tildes && line.includes("`", first)) return false;
  return line.length - first <= longestMarkupLine;
}

/** The same for a line inside an open fence: only a run of fence characters may still turn out to be its end. */
export function fenceEndUndecided(rest: string, indent: number, fenceCharacter: string): boolean {
  if (indent > 3 || rest[0] !== fenceCharacter) return false;
  return fenceCharacter === "`" ? /^`+[ \t]*$/.test(rest) : /^~+[ \t]*$/.test(rest);
}
