// The languages that code blocks are coloured in, and what the header of a code block calls them.
import type { LanguageFn } from "highlight.js";
import core from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import c from "highlight.js/lib/languages/c";
import cpp from "highlight.js/lib/languages/cpp";
import csharp from "highlight.js/lib/languages/csharp";
import css from "highlight.js/lib/languages/css";
import dart from "highlight.js/lib/languages/dart";
import diff from "highlight.js/lib/languages/diff";
import dockerfile from "highlight.js/lib/languages/dockerfile";
import go from "highlight.js/lib/languages/go";
import ini from "highlight.js/lib/languages/ini";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import kotlin from "highlight.js/lib/languages/kotlin";
import lua from "highlight.js/lib/languages/lua";
import makefile from "highlight.js/lib/languages/makefile";
import markdown from "highlight.js/lib/languages/markdown";
import php from "highlight.js/lib/languages/php";
import powershell from "highlight.js/lib/languages/powershell";
import python from "highlight.js/lib/languages/python";
import r from "highlight.js/lib/languages/r";
import ruby from "highlight.js/lib/languages/ruby";
import rust from "highlight.js/lib/languages/rust";
import scss from "highlight.js/lib/languages/scss";
import sql from "highlight.js/lib/languages/sql";
import swift from "highlight.js/lib/languages/swift";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import { plainVisible } from "./visible-text.ts";

const grammars: Readonly<Record<string, LanguageFn>> = {
  bash,
  c,
  cpp,
  csharp,
  css,
  dart,
  diff,
  dockerfile,
  go,
  ini,
  java,
  javascript,
  json,
  kotlin,
  lua,
  makefile,
  markdown,
  php,
  powershell,
  python,
  r,
  ruby,
  rust,
  scss,
  sql,
  swift,
  typescript,
  xml,
  yaml,
};

export const highlighter = core.newInstance();
for (const [name, grammar] of Object.entries(grammars)) highlighter.registerLanguage(name, grammar);
highlighter.registerAliases(["jsonc", "json5"], { languageName: "json" });
highlighter.registerAliases(["svelte", "vue"], { languageName: "xml" });

/** Names that differ from what highlight.js calls the grammar, because it colours more than one language. */
const titles = new Map(
  Object.entries({
    html: "HTML",
    xml: "XML",
    svg: "SVG",
    vue: "Vue",
    svelte: "Svelte",
    toml: "TOML",
    ini: "INI",
    sh: "Shell",
    shell: "Shell",
    zsh: "Zsh",
    bash: "Bash",
    jsx: "JSX",
    tsx: "TSX",
    jsonc: "JSON with Comments",
    json5: "JSON5",
    dockerfile: "Dockerfile",
    docker: "Dockerfile",
    makefile: "Makefile",
    text: "Text",
    txt: "Text",
    plaintext: "Text",
    console: "Console",
  }),
);

/** The language a fence names: its first word, without the braces and prefixes some models write. */
export function languageOf(info: string): string {
  const word = /^[^\s,{]*/.exec(info.replace(/^\{?\.?(?:language-|lang-)?/, ""))![0];
  return plainVisible(word.replace(/\}$/, "").slice(0, 40)).toLowerCase();
}

export function languageTitle(language: string): string {
  const title = titles.get(language) ?? highlighter.getLanguage(language)?.name ?? language;
  return title.split(",")[0]!;
}
