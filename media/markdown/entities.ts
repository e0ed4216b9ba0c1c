// Looks up named entities in the browser's own table, so that the bundle carries none.
import type { NamedEntityDecoder } from "./characters.ts";

/** More different names than this in one document are an attack; they stay as they are written. */
const mostNames = 3000;

export function createEntityDecoder(document: Document): NamedEntityDecoder {
  const known = new Map<string, string | undefined>();
  const Parser = document.defaultView?.DOMParser ?? DOMParser;
  const parser = new Parser();
  return (entity) => {
    // The parser sees nothing but one name: it could build no element from it.
    if (!/^&[A-Za-z][A-Za-z0-9]{1,31};$/.test(entity)) return undefined;
    if (!known.has(entity) && known.size < mostNames) {
      const text = parser.parseFromString(entity, "text/html").documentElement.textContent ?? "";
      // Names that are known only without their semicolon decode in part, which CommonMark does not want.
      known.set(entity, text.endsWith(";") || text === "" ? undefined : text);
    }
    return known.get(entity);
  };
}
