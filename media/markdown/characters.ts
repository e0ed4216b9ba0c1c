// Character classes, backslash escapes and entities as CommonMark defines them.

const punctuation = /^[!-/:-@[-`{-~\p{P}\p{S}]/u;
const entityOrEscape = /\\[!-/:-@[-`{-~]|&(?:#[xX][a-fA-F0-9]{1,6}|#[0-9]{1,7}|[a-zA-Z][a-zA-Z0-9]{1,31});/g;
export const entityAtPosition = /&(?:#[xX][a-fA-F0-9]{1,6}|#[0-9]{1,7}|[a-zA-Z][a-zA-Z0-9]{1,31});/y;

/** Gives the text of a named entity such as `&rarr;`, or nothing if there is none of that name. */
export type NamedEntityDecoder = (entity: string) => string | undefined;

export function isPunctuation(character: string): boolean {
  return character !== "" && punctuation.test(character);
}

export function isEscapable(character: string | undefined): boolean {
  return character !== undefined && /^[!-/:-@[-`{-~]$/.test(character);
}

/** The character that ends before a position, whole even if it takes two code units. */
export function characterBefore(text: string, position: number): string {
  const unit = text.charCodeAt(position - 1);
  const paired = unit >= 0xdc00 && unit <= 0xdfff && position >= 2;
  return paired ? text.slice(position - 2, position) : text.charAt(position - 1);
}

export function characterAt(text: string, position: number): string {
  const codePoint = text.codePointAt(position);
  return codePoint === undefined ? "" : String.fromCodePoint(codePoint);
}

export function decodeEntity(entity: string, named: NamedEntityDecoder): string | undefined {
  if (entity[1] !== "#") return named(entity);
  const hexadecimal = entity[2] === "x" || entity[2] === "X";
  const codePoint = Number.parseInt(entity.slice(hexadecimal ? 3 : 2, -1), hexadecimal ? 16 : 10);
  return safeCodePoint(codePoint);
}

/** Controls, surrogates and what is beyond Unicode become U+FFFD, as the input filter does with them in plain text. */
function safeCodePoint(codePoint: number): string {
  const control = (codePoint < 0x20 && codePoint !== 9 && codePoint !== 10) || (codePoint >= 0x7f && codePoint <= 0x9f);
  const surrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
  return control || surrogate || codePoint > 0x10ffff ? "\ufffd" : String.fromCodePoint(codePoint);
}

/** Replaces backslash escapes and entities: for addresses, titles and info strings, which are not inline text. */
export function unescapeText(text: string, named: NamedEntityDecoder): string {
  if (!/[\\&]/.test(text)) return text;
  return text.replace(entityOrEscape, (found) =>
    found[0] === "\\" ? found.slice(1) : (decodeEntity(found, named) ?? found),
  );
}
