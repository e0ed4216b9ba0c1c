// Makes invisible and direction-changing characters visible, so that a text or an address cannot lie about itself.
import type { Inline } from "./nodes.ts";

/**
 * Zero-width, bidi, tag and filler characters. Soft hyphens and word joiners are among them: in a chat about code they
 * are there by accident or by malice.
 */
const suspicious =
  /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0]|[\u{e0000}-\u{e007f}]/u;
const allSuspicious = new RegExp(suspicious, "gu");

/** A flag of a region (England, Wales…) is a black flag, tag letters and a cancel tag. */
const flag = /\u{1f3f4}[\u{e0061}-\u{e007a}\u{e0030}-\u{e0039}]{1,6}\u{e007f}/gu;
const joiningScript = /[\p{sc=Arabic}\p{sc=Syriac}\p{sc=Mongolian}\p{sc=Nko}\p{sc=Thaana}]/u;
const indicScript =
  /[\p{sc=Devanagari}\p{sc=Bengali}\p{sc=Gurmukhi}\p{sc=Gujarati}\p{sc=Oriya}\p{sc=Tamil}\p{sc=Telugu}\p{sc=Kannada}\p{sc=Malayalam}\p{sc=Sinhala}\p{sc=Khmer}\p{sc=Tibetan}]/u;
const emojiPart = /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f|\u20e3/u;

export function hasSuspicious(text: string): boolean {
  return suspicious.test(text);
}

/** "U+202E", at least four digits. */
export function codePointName(codePoint: number): string {
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** A text with more of them than this is no text: then U+FFFD stands for each, and the page stays small. */
const mostMarks = 100;

/** Splits text so that every deceptive character is a node of its own. */
export function splitInvisible(text: string): Inline[] {
  if (!suspicious.test(text)) return text === "" ? [] : [{ type: "text", text }];
  const nodes = split(text);
  if (nodes.length <= 2 * mostMarks) return nodes;
  return [{ type: "text", text: nodes.map((node) => (node.type === "text" ? node.text : "\ufffd")).join("") }];
}

function split(text: string): Inline[] {
  const flags = [...text.matchAll(flag)].map((found) => [found.index, found.index + found[0].length] as const);
  const nodes: Inline[] = [];
  let start = 0;
  for (const found of text.matchAll(allSuspicious)) {
    const position = found.index;
    if (flags.some(([from, to]) => position >= from && position < to) || joins(text, position, found[0])) continue;
    if (position > start) nodes.push({ type: "text", text: text.slice(start, position) });
    nodes.push({ type: "invisible", codePoint: found[0].codePointAt(0)! });
    start = position + found[0].length;
  }
  if (start < text.length) nodes.push({ type: "text", text: text.slice(start) });
  return nodes;
}

/** True for a joiner where it is spelling: between the parts of an emoji, or among letters of scripts that join. */
function joins(text: string, position: number, character: string): boolean {
  if (character !== "\u200d" && character !== "\u200c") return false;
  const before = codePointBefore(text, position);
  const after = String.fromCodePoint(text.codePointAt(position + 1) ?? 0);
  if (character === "\u200d" && emojiPart.test(before) && /\p{Extended_Pictographic}/u.test(after)) return true;
  if (indicScript.test(before)) return true;
  return joiningScript.test(before) || (character === "\u200d" && joiningScript.test(after));
}

function codePointBefore(text: string, position: number): string {
  const unit = text.charCodeAt(position - 1);
  return unit >= 0xdc00 && unit <= 0xdfff ? text.slice(position - 2, position) : text.charAt(position - 1);
}

/** Plain text with deceptive characters written out: for tooltips and labels, which hold no elements. */
export function plainVisible(text: string): string {
  if (!suspicious.test(text)) return text;
  return splitInvisible(text)
    .map((node) =>
      node.type === "text" ? node.text : node.type === "invisible" ? `[${codePointName(node.codePoint)}]` : "",
    )
    .join("");
}
