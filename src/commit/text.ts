/** The message inside what a model answered: some put words, a fence or quotation marks around it although they are asked not to. */

const CLOSING: Readonly<Record<string, string>> = { '"': '"', "'": "'", "“": "”", "`": "`", "「": "」" };

/** `answer` may still be growing; then what is given is the message as far as it has come. */
export function commitText(answer: string): string {
  const message = fencedText(plain(answer).trimStart()).trim();
  const closing = CLOSING[message[0] ?? ""];
  if (closing === undefined) return message;
  const inner = message.slice(1);
  const end = inner.indexOf(closing);
  if (end < 0) return inner;
  // Around the whole; those around its first word belong to the message.
  return end === inner.length - 1 ? inner.slice(0, end) : message;
}

/** Without what a terminal would obey, or what would show the message in another order than it has. */
function plain(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(/[^\P{Cc}\n\t]|\p{Bidi_Control}/gu, "");
}

/** What stands in the fence that the answer begins with, at most one line of introduction before it; else the answer. */
function fencedText(answer: string): string {
  if (/^`{1,2}$/.test(answer)) return "";
  const opening = endOfOpening(answer);
  if (opening === undefined) return answer;
  const inside = answer.slice(opening + 1);
  // The closing fence, or the part of it that has come.
  const closing = inside.startsWith("```") ? 0 : inside.indexOf("\n```");
  if (closing >= 0) return inside.slice(0, closing);
  return inside.replace(/(?:^|\n)`{1,2}$/, "");
}

/** Where the line of the opening fence ends; undefined where the answer begins with none. */
function endOfOpening(answer: string): number | undefined {
  let begin = 0;
  if (!answer.startsWith("```")) {
    const line = answer.indexOf("\n");
    if (line < 0 || !answer.slice(0, line).trimEnd().endsWith(":")) return undefined;
    begin = line + answer.slice(line).search(/\S|$/);
    if (answer[begin - 1] !== "\n" || !answer.startsWith("```", begin)) return undefined;
  }
  const end = answer.indexOf("\n", begin);
  return end < 0 ? answer.length : end;
}
