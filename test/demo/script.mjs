/**
 * Which answer a prompt gets: the table of the demo provider. The answers are the files in `answers/`, read anew for each request, so they
 * can be edited while the server runs. `name.ko.md` is `name.md` for a question in Korean (ja, zh alike); code needs no translation.
 */
import { readdirSync, readFileSync } from "node:fs";
import { textOf } from "./tokens.mjs";

const FOLDER = new URL("./answers/", import.meta.url);
const FENCE = /^[ \t]*(`{3,}|~{3,})[^\n]*\n([\s\S]*?)(?:^[ \t]*\1[^\n]*$|$(?![\s\S]))/gm;

/** The functions of `workspace/` that have answers of their own. */
const SUBJECTS = [
  { name: "cart", file: "cart.ts", symbol: "cartTotal" },
  { name: "retry", file: "retry.ts", symbol: "retry" },
  { name: "report", file: "report.py", symbol: "summarise" },
];

/** Those that occur in the question are tried from its beginning to its end; `code` ones answer with a fence and nothing else. */
const INTENTS = [
  { name: "help", words: /\bdemo:\s*help\b/i },
  { name: "split", words: /\bdemo:\s*split\b/i },
  {
    name: "long",
    words:
      /\bdemo:\s*(cut|stall|length|filter)\b|\blong\b|\bguide\b|\bessay\b|1,?000[ -](words?|tokens?)|길게|긴 답|長い|长/i,
  },
  { name: "explain", words: /explain|what does|how does|walk me|설명|説明|解説|解释|解釋/i },
  { name: "refactor", code: true, words: /refactor|simplif|clean ?up|리팩터|리팩토|リファクタ|重构|重構/i },
  { name: "fix", code: true, words: /\b(fix|repair)|\bbugs?\b|고쳐|수정|修正|修复|直して|バグ/i },
  {
    name: "document",
    code: true,
    words: /\bdocument|\bdoc ?(comment|string)|jsdoc|문서|주석|ドキュメント|コメント|注释|文档/i,
  },
  { name: "tests", code: true, words: /\btests?\b|테스트|テスト|测试|測試/i },
  { name: "ping", words: /^\W*(ping|reply with|say (ok|hello|hi)\b)/i },
];

/** An inline edit tells the model in its system prompt to send code only. */
const CODE_ONLY = /\b(only|just|nothing but)\b[^.\n]{0,60}\b(code|replacement)\b|\bcode only\b/i;

export function languageOf(text) {
  if (/\p{Script=Hangul}/u.test(text)) return "ko";
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return "ja";
  return /\p{Script=Han}/u.test(text) ? "zh" : "en";
}

/** The text of an answer in that language, or undefined when there is none. */
export function answer(name, language = "en") {
  const files = readdirSync(FOLDER);
  const file = language === "en" ? `${name}.md` : `${name}.${language}.md`;
  return files.includes(file) ? readFileSync(new URL(file, FOLDER), "utf8").trimEnd() : undefined;
}

/** The words of the last question without its code, its blocks of code, and the system prompt. */
export function reading({ messages }) {
  const texts = (...roles) => messages.filter(({ role }) => roles.includes(role)).map(({ content }) => textOf(content));
  const prompt = texts("user").at(-1) ?? "";
  const blocks = [...prompt.matchAll(FENCE)].map(([fence, , code]) => ({ fence, code }));
  return { prompt, words: prompt.replace(FENCE, " "), blocks, system: texts("system", "developer").join("\n") };
}

export function answerFor(request) {
  const { prompt, words, blocks, system } = reading(request);
  const language = languageOf(words);
  const rest = restOfBrokenAnswer(request, words);
  if (rest !== undefined) return rest;

  const instructions = `${system}\n${words}`;
  if (/commit message/i.test(words) || (/\bcommit\b/i.test(system) && /^(diff --git|@@ )/m.test(prompt)))
    return commitMessage(prompt);
  if (/\b(write|give|generate|suggest|summari[sz]e)\b[^.]{0,60}\btitle\b/i.test(instructions))
    return translated("title", language);
  if (/follow-?up questions?/i.test(instructions)) return answer("questions");

  const codeOnly = CODE_ONLY.test(instructions) && blocks.length > 0;
  for (const intent of intentsIn(words)) {
    const text = intent.code || !codeOnly ? answerTo(intent, words, blocks, language) : undefined;
    if (text !== undefined) return text;
  }
  if (codeOnly) return answerTo({ name: "refactor", code: true }, words, blocks, language);
  const laterTurn = language === "en" && request.messages.some(({ role }) => role === "assistant");
  return translated(laterTurn ? "again" : "default", language);
}

const translated = (name, language) => answer(name, language) ?? answer(name);

function intentsIn(words) {
  const withoutPaths = words.replace(/\S*[/\\]\S*/g, (path) => " ".repeat(path.length));
  const found = INTENTS.map((intent) => ({ ...intent, at: withoutPaths.search(intent.words) })).filter(
    ({ at }) => at >= 0,
  );
  return found.sort((a, b) => a.at - b.at);
}

function answerTo({ name, code }, words, blocks, language) {
  const defined = subjectIn(blocks);
  if (code) {
    if (blocks.length === 0) return undefined;
    return (defined && answer(`${name}-${defined.name}`)) ?? unchanged(blocks.at(-1));
  }
  if (name === "explain") {
    const mentioned = SUBJECTS.find(
      ({ file, symbol }) => words.includes(file) || new RegExp(`\\b${symbol}\\b`).test(words),
    );
    const subject = defined ?? mentioned;
    return subject && answer(`explain-${subject.name}`, language);
  }
  return name === "long" ? answer(name, language) : translated(name, language);
}

/** A whole file may come along as context, so the shortest block that holds a known function is taken for the selection. */
function subjectIn(blocks) {
  const defines = (code) => SUBJECTS.find(({ symbol }) => new RegExp(`\\b(function|def) ${symbol}\\b`).test(code));
  const shortestFirst = [...blocks].sort((a, b) => a.code.length - b.code.length);
  return shortestFirst.map(({ code }) => defines(code)).find((subject) => subject !== undefined);
}

/** Prose would end up in the person's file: code without a scripted answer goes back as it came, with a comment that says so. */
function unchanged({ fence, code }) {
  const language = /^[ \t]*[`~]+\s*([\w+#-]*)/.exec(fence)?.[1] ?? "";
  const mark = /^(py|python|rb|ruby|sh|bash|yaml|toml|r)$/i.test(language) ? "#" : "//";
  const indent = /^[ \t]*/.exec(code)?.[0] ?? "";
  const comment = `${indent}${mark} Runnel's demo provider has no scripted answer for this code and leaves it as it is.`;
  return `\`\`\`${language}\n${comment}\n${code}\`\`\``;
}

function commitMessage(prompt) {
  if (/^\+.*\bTAX_RATES\b/m.test(prompt)) return answer("commit-cart");
  if (/^\+.*attempt < options\.attempts/m.test(prompt)) return answer("commit-retry");
  const files = [...prompt.matchAll(/^\+\+\+ b\/(.+)$/gm)].map(([, path]) => path.split("/").at(-1));
  return `Update ${files.slice(0, 3).join(", ") || "files"}${files.length > 3 ? ` and ${files.length - 3} more` : ""}`;
}

/** "Continue" after a cut: the answer that begins with what the conversation already has goes on from there. */
function restOfBrokenAnswer({ messages }, words) {
  const asked =
    messages.at(-1)?.role === "assistant" || /\bcontinue\b|\bgo on\b|계속|이어서|続き|続け|继续|繼續/i.test(words);
  const last = messages.findLast(({ role }) => role === "assistant");
  const begun = asked && last ? textOf(last.content).trimEnd() : "";
  if (begun === "") return undefined;
  for (const file of readdirSync(FOLDER)) {
    const text = readFileSync(new URL(file, FOLDER), "utf8").trimEnd();
    if (text.startsWith(begun) && text.length > begun.length) return text.slice(begun.length);
  }
  return undefined;
}
