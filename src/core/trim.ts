/** Cuts characters off the end of a string in one pass; a pattern such as `/0+$/` starts anew at each of them. */

/** `text` without the characters of `ending` at its end. */
export function trimEndOf(text: string, ending: string): string {
  let end = text.length;
  while (end > 0 && ending.includes(text[end - 1]!)) end--;
  return text.slice(0, end);
}
