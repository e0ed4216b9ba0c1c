/** Text of others inside a prompt: in a fence that it cannot close, so that it stays material and never becomes the prompt's own words. */

/** `info` names the language; it is cut to one word, since a line break in it would begin the text early. */
export function fenced(text: string, info = ""): string {
  const fence = "`".repeat(Math.max(3, longestRun(text, "`") + 1));
  return `${fence}${/^[^\s`]*/.exec(info)![0]}\n${text}\n${fence}`;
}

/** A name from outside, such as a file's, on one line between backticks. */
export function inlineCode(name: string): string {
  return `\`${name.replace(/[\r\n`]+/g, " ")}\``;
}

function longestRun(text: string, character: string): number {
  let longest = 0;
  let run = 0;
  for (const current of text) {
    run = current === character ? run + 1 : 0;
    if (run > longest) longest = run;
  }
  return longest;
}
