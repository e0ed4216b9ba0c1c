/** Takes the elements out of a list in JSON one after the other, so that a long list is not parsed in one go. */
import { endOfString } from "../../core/json-shape.ts";

/** The text of each element of the list that is the whole body, or stands in one of its fields `names`. */
export function* elementsOf(body: string, names: readonly string[]): Generator<string> {
  const begin = listIn(body, names);
  if (begin === undefined) return;
  for (let at = begin + 1; ; ) {
    const end = endOfElement(body, at);
    const element = body.slice(at, end).trim();
    if (element !== "") yield element;
    // Anything but a comma is the end of the list, or of what can be read of it.
    if (body[end] !== ",") return;
    at = end + 1;
  }
}

/** Where its bracket is. Of several fields the one that `names` has first. */
function listIn(body: string, names: readonly string[]): number | undefined {
  const start = body.search(/[^\s\ufeff]/);
  if (body[start] === "[") return start;
  if (body[start] !== "{") return undefined;
  const lists = new Map<string, number>();
  for (let at = start + 1; at < body.length; ) {
    const key = body.indexOf('"', at);
    if (key < 0) break;
    const behind = endOfString(body, key);
    const colon = body.indexOf(":", behind);
    if (colon < 0) break;
    const value = skipBlanks(body, colon + 1);
    // Servers that imitate two others leave one list empty.
    if (body[value] === "[" && body[skipBlanks(body, value + 1)] !== "]")
      lists.set(body.slice(key + 1, behind - 1), value);
    const end = endOfElement(body, value);
    if (body[end] !== ",") break;
    at = end + 1;
  }
  return names.map((name) => lists.get(name)).find((place) => place !== undefined);
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) <= 0x20) at++;
  return at;
}

/** Where the comma or bracket behind a value is, or the end of the text. */
function endOfElement(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    switch (text[at]) {
      case '"':
        at = endOfString(text, at) - 1;
        break;
      case "{":
      case "[":
        depth++;
        break;
      case "}":
      case "]":
        if (depth === 0) return at;
        depth--;
        break;
      case ",":
        if (depth === 0) return at;
        break;
    }
  }
  return text.length;
}
