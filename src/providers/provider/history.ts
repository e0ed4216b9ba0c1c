/** Text as all servers accept it. */

/** Half a character, left over where a text was cut, is no valid JSON text for some servers. */
export function clean(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}
