/** Cuts keys out of what a server says went wrong: those of the request, and whatever else looks like one. */
import { mark, type Redactor } from "../../core/redactor.ts";

const patterns = [
  /\b(bearer|basic)\s+[^\s"',;]{6,}/gi,
  /\b(sk|pk|rk|gsk|xai|hf|ghp|gho|glpat|key|nvapi|pplx|fw|r8|AIza)[-_][A-Za-z0-9_*.…-]{6,}/g,
  /\bAIza[A-Za-z0-9_*-]{10,}/g,
  /\b(api[_-]?key|access[_-]?token|key|token|secret|password)(["']?\s*[=:]\s*["']?)[^\s"',;&]{6,}/gi,
  // The way OpenAI and its imitators name it: "Incorrect API key provided: abcd****wxyz."
  /\b(key(?: provided)?(?: is)?:? )["']?[A-Za-z0-9_-]*\*{3,}[A-Za-z0-9_-]*/gi,
];

/** To be called before a text is shortened: a key that was cut is harder to recognise. */
export function redact(text: string, redactor?: Redactor): string {
  const safe = (redactor?.text(text) ?? text)
    .replace(patterns[0]!, `$1 ${mark}`)
    .replace(patterns[1]!, mark)
    .replace(patterns[2]!, mark)
    .replace(patterns[3]!, (_whole, name, sign) => `${name}${sign}${mark}`);
  return safe.replace(patterns[4]!, `$1${mark}`);
}
