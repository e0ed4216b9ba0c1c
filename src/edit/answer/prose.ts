/** Guesses whether a line is talk or code; asked only before a fence or where none comes. */

/** Languages whose text is prose, or looks like it. */
const proseLanguages = new Set([
  "markdown",
  "mdx",
  "plaintext",
  "latex",
  "tex",
  "restructuredtext",
  "asciidoc",
  "git-commit",
  "scminput",
  "yaml",
  "properties",
  "ini",
  "dotenv",
  "csv",
]);

export function isProseLanguage(language: string | undefined): boolean {
  return language !== undefined && proseLanguages.has(language);
}

const codeSigns = /[{}<>;=|\\$@[\]]|\w\(|\)\s*[:.,]?$|->|::|&&/;
const commentSign = /^(\/\/|\/\*|\*\s|#|--|<!--|%|"""|''')/;
const codeWords =
  /^(import|from|use|using|package|include|require|def|class|function|func|fn|const|let|var|return|if|else|elif|for|while|try|except|with|public|private|protected|static|export|module|namespace|select|insert|update|delete|create|end|begin|do)\b/;

/** One that begins like a sentence and has none of the signs of code. */
export function looksLikeProse(line: string): boolean {
  if (/^\s/.test(line)) return false;
  const text = line.replace(/`[^`]*`/g, "code").trim();
  if (text === "" || commentSign.test(text) || codeSigns.test(text) || codeWords.test(text)) return false;
  const plain = text.replace(/^[*_>"“-]+\s*|^\d+\.\s+/, "");
  // Scripts without capitals: any letter beyond Latin, Greek and Cyrillic.
  if (/[\u0900-\uffdc]/.test(plain)) return true;
  if (!/^\p{Lu}/u.test(plain)) return false;
  return /\s\S+\s/.test(plain) || /[.:!?]$/.test(plain);
}

/** A sentence that announces what comes: "Here is the code:". */
export function leadsIn(line: string): boolean {
  return /[:：]\**\s*$/.test(line) && looksLikeProse(line);
}
