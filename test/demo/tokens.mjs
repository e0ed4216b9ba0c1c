/**
 * Cuts text into pieces about the size of a model's tokens. One piece is one chunk of the stream and one token of the usage, so the
 * tokens per second a client measures, the pace asked for and the count reported at the end all agree. Joined, the pieces are the text.
 */

/** UTF-16 units; aimock slices a longer piece once more, which could tear a surrogate pair. */
export const LONGEST_PIECE = 12;

const PIECE = new RegExp(
  [
    String.raw` ?\p{Script=Hangul}{1,2}`,
    String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]{1,2}`,
    String.raw` ?\p{L}[\p{L}\p{M}]{0,9}`,
    String.raw`\p{N}{1,3}`,
    String.raw`\n{1,4}`,
    " {1,8}",
    String.raw` ?[!-/:-@\[-\x60{-~]{1,4}`,
    String.raw`[\s\S]`,
  ].join("|"),
  "gu",
);

export const pieces = (text) => text.match(PIECE) ?? [];

/** What a server would report for the prompt: its text, four tokens of template per message, and the JSON of the tools. */
export function promptTokens({ messages, tools }) {
  const texts = messages.map(
    (message) => textOf(message.content) + (message.tool_calls ? JSON.stringify(message.tool_calls) : ""),
  );
  const counts = texts.map((text) => pieces(text).length + 4);
  const toolTokens = tools ? pieces(JSON.stringify(tools)).length : 0;
  return counts.reduce((sum, count) => sum + count, toolTokens + 3);
}

export function textOf(content) {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => part.text ?? "").join("");
}
