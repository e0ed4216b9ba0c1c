/** The translations: every text there is, in every language, with all that is not words left as it is. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { getL10nJson, type l10nJsonFormat } from "@vscode/l10n-dev";
import { long } from "./support/long.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const languages = ["ko", "zh-cn", "ja"];

/** Texts that read the same in every language. */
const alike = ["TTFT", "TTFT p50 / p95", "TTFT {time}", "tok/s", "{rate} tok/s"];

const read = (path: string): string => readFileSync(join(root, path), "utf8");

/** Texts by key; where the English file has a comment for translators, its message. */
function texts(path: string): Map<string, string> {
  const file = JSON.parse(read(path)) as l10nJsonFormat;
  return new Map(Object.entries(file).map(([key, value]) => [key, typeof value === "string" ? value : value.message]));
}

/** What a translation must hold exactly as often: placeholders, link targets, code and the names of settings. */
function fixedParts(text: string): string[] {
  return (text.match(/\{\w+\}|\]\([^)]*\)|`[^`]*`|\brunnel\.\w+|\/chat\/completions/g) ?? []).sort();
}

/** The titles of commands that a text tells people to run. */
function namedCommands(text: string): string[] {
  return [...text.matchAll(/Runnel: ([^*”」]+)[*”」]/g)].map((match) => match[1]!);
}

/** What is wrong with a translation, in words that begin with its key. */
function faults(key: string, english: string, translated: string | undefined): string[] {
  const name = JSON.stringify(key);
  if (translated === undefined) return [`${name} has no translation`];
  if (typeof translated !== "string" || translated.trim() === "") return [`${name} is empty`];
  const found: string[] = [];
  if (translated === english && !alike.includes(english)) found.push(`${name} is still English`);
  const [wanted, given] = [fixedParts(english).join(" "), fixedParts(translated).join(" ")];
  if (wanted !== given) found.push(`${name} must hold ${wanted || "no placeholder"} but holds ${given || "none"}`);
  return found;
}

describe("the translations", () => {
  const manifest = texts("package.nls.json");
  const titles = [...manifest].filter(([key]) => key.startsWith("command."));

  long.it("have an English bundle of exactly the texts in the sources", async function () {
    this.timeout(90_000); // Each source with texts is parsed.
    const sources = globSync("src/**/*.ts", { cwd: root })
      .map((path) => ({ path, extension: ".ts", contents: read(path) }))
      .filter(({ contents }) => contents.includes("l10n"));
    const unreadable = sources.filter(({ contents }) => /\bl10n\.t\(\s*[^\s"{]/.test(contents));
    assert.deepEqual(
      unreadable.map(({ path }) => path),
      [],
      "l10n.t takes a literal, else no bundle can hold the text",
    );
    const fresh = Object.keys(await getL10nJson(sources));
    const kept = texts("l10n/bundle.l10n.json");
    const changes = [
      ...fresh.filter((key) => !kept.has(key)).map((key) => `${JSON.stringify(key)} is missing`),
      ...[...kept.keys()].filter((key) => !fresh.includes(key)).map((key) => `${JSON.stringify(key)} is not used`),
    ];
    assert.ok(changes.length === 0, `l10n/bundle.l10n.json: run npm run l10n\n${changes.join("\n")}`);
  });

  it("have an English text for every %key% of package.json, and no other", () => {
    const used = new Set([...read("package.json").matchAll(/"%([\w.]+)%"/g)].map((match) => match[1]!));
    assert.deepEqual([...manifest.keys()].sort(), [...used].sort());
  });

  for (const language of languages) {
    for (const [source, file] of [
      ["package.nls.json", `package.nls.${language}.json`],
      ["l10n/bundle.l10n.json", `l10n/bundle.l10n.${language}.json`],
    ] as const) {
      it(`are complete in ${file}`, () => {
        const english = texts(source);
        const translated = texts(file);
        const found = [
          ...[...english].flatMap(([key, text]) => faults(key, text, translated.get(key))),
          ...[...translated.keys()]
            .filter((key) => !english.has(key))
            .map((key) => `${JSON.stringify(key)} has no English text`),
        ];
        assert.ok(found.length === 0, `${file}:\n${found.join("\n")}`);
      });

      it(`name commands as the palette does in ${file}`, () => {
        const localised = texts(`package.nls.${language}.json`);
        const translated = texts(file);
        for (const [key, text] of texts(source)) {
          const wanted = namedCommands(text).map((title) => {
            const command = titles.find((each) => each[1] === title);
            assert.ok(command, `${JSON.stringify(key)} names a command that there is not: ${title}`);
            return localised.get(command[0]);
          });
          assert.deepEqual(namedCommands(translated.get(key) ?? ""), wanted, JSON.stringify(key));
        }
      });
    }
  }
});
