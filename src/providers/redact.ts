/** Cuts keys out of texts that others wrote: providers repeat the key they refuse, whole or in part. */

const patterns = [
  /\b(bearer|basic)\s+[^\s"',;]{6,}/gi,
  /\b(sk|pk|rk|gsk|xai|hf|ghp|gho|glpat|key|nvapi|pplx|fw|r8|AIza)[-_][A-Za-z0-9_*.…-]{6,}/g,
  /\bAIza[A-Za-z0-9_*-]{10,}/g,
  /\b(api[_-]?key|access[_-]?token|key|token|secret|password)(["']?\s*[=:]\s*["']?)[^\s"',;&]{6,}/gi,
  // The way OpenAI and its imitators name it: "Incorrect API key provided: abcd****wxyz."
  /\b(key(?: provided)?(?: is)?:? )["']?[A-Za-z0-9_-]*\*{3,}[A-Za-z0-9_-]*/gi,
];

export function redact(text: string, apiKey?: string): string {
  let safe = text;
  const key = apiKey?.trim();
  if (key !== undefined && key.length >= 4) {
    for (const written of new Set([key, encodeURIComponent(key)])) safe = safe.split(written).join("[key]");
  }
  safe = safe.replace(patterns[0]!, "$1 [key]").replace(patterns[1]!, "[key]").replace(patterns[2]!, "[key]");
  safe = safe.replace(patterns[3]!, (_whole, name, sign) => `${name}${sign}[key]`);
  return safe.replace(patterns[4]!, "$1[key]");
}
