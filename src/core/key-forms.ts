/** Which texts count as a key, and what a key looks like when it is written in base64 or in hexadecimal digits. */

/** Characters; a shorter run of a key gives nothing away, and ordinary words have it too. */
export const shortestRun = 8;

/** What people type where a server wants some key and takes any. */
const placeholders = new Set(
  (
    "a any anything api apikey changeme cpp default demo dummy empty example fake foo bar here insert key lm llama local " +
    "localhost my na needed no none not null ollama openai placeholder required server sk studio unused used vllm your"
  ).split(" "),
);

/** True for words that stand where a key would: they are in ordinary texts too, and nobody is harmed by them. */
export function isPlaceholder(text: string): boolean {
  const key = text.toLowerCase();
  if (new Set(key).size <= 2) return true;
  const words = key.split(/[^a-z0-9]+/).filter((word) => word !== "");
  return words.every((word) => placeholders.has(word) || /^\d{1,4}$/.test(word) || /^x+$/.test(word));
}

/** Every way to write `key` whose letters differ from the key's own; case and escapes are the reader's matter. */
export function formsOf(key: string): string[] {
  // Percent escapes give the bytes of a letter beyond ASCII one by one.
  const forms = [key, Buffer.from(key).toString("hex"), Buffer.from(key).toString("latin1")];
  for (const cased of new Set([key, key.toUpperCase(), key.toLowerCase()])) {
    for (const before of [0, 1, 2]) {
      const form = base64Within(cased, before);
      forms.push(form, form.replaceAll("+", "-").replaceAll("/", "_"));
    }
  }
  return forms;
}

/** The digits that are the key's alone wherever it lies in a longer text: `before` is how many bytes of a group precede it. */
function base64Within(key: string, before: number): string {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(key)]);
  return bytes.toString("base64").slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
}

/** The parts of a header's value that are secret: without the scheme's name, each cookie by itself, Basic also decoded. */
export function secretParts(value: string): string[] {
  const bare = value.trim().replace(/^(bearer|basic|token|digest)\s+/i, "");
  const parts = bare.split(/[;,\s]+/).flatMap((part) => {
    const sign = part.indexOf("=");
    // The sign at the end of base64 separates nothing.
    return sign > 0 && sign < part.length - 2 ? [part.slice(sign + 1)] : [part];
  });
  if (/^basic\s/i.test(value.trim())) {
    const decoded = Buffer.from(bare, "base64").toString();
    parts.push(decoded, decoded.slice(decoded.indexOf(":") + 1));
  }
  return parts;
}
