/** Guesses the language of a text from its script, so that Hangul breaks between words and Han gets the right glyphs. */

/** Only the beginning is looked at: the guess must cost the same for a long answer. */
const looked = 600;

/** A BCP 47 tag for text in a CJK script, given the language of the interface; undefined when nothing speaks for one. */
export function guessLanguage(text: string, locale: string): string | undefined {
  const start = text.slice(0, looked);
  const hangul = count(start, /\p{Script=Hangul}/gu);
  const kana = count(start, /[\p{Script=Hiragana}\p{Script=Katakana}]/gu);
  const han = count(start, /\p{Script=Han}/gu);
  if (hangul > 0 && hangul >= kana) return "ko";
  if (kana > 0) return "ja";
  if (han === 0) return undefined;
  const own = locale.toLowerCase();
  if (own.startsWith("zh") || own === "ja") return undefined;
  return "zh-Hans";
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
