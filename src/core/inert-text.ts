/** Makes text that others wrote harmless in VS Code's own surfaces: no link, no icon, no Markdown, one line of bounded length. */

/** How a surface of VS Code reads what it is given. */
interface Reading {
  /** Characters; longer text loses its middle, so that both a sentence's beginning and a file's name stay. */
  length: number;
  /** `[text](command:…)` is a link there. It has no escape, so a space comes between the brackets. */
  links?: true;
  /** `$(name)` is an icon there. A backslash before it is read as "not an icon" and not shown, where `escape` is possible. */
  icons?: "escape" | "space";
  /** The hover over it is Markdown, which makes links of bare addresses too. */
  hover?: true;
}

/**
 * Read in the sources of VS Code 1.139 (parseLinkedText, renderLabelWithIcons, QuickInputList, Dialog), and tried in
 * windows by test/e2e/hostile-surfaces.test.ts.
 */
const surfaces = {
  notification: { length: 500, links: true },
  /** In a dialog all is plain. */
  modal: { length: 900 },
  detail: { length: 2000 },
  button: { length: 80, links: true, icons: "space" },
  /** A notification, or with those turned off an item in the status bar, where icons live. */
  progress: { length: 200, links: true, icons: "space" },
  status: { length: 160, icons: "escape" },
  lens: { length: 300, icons: "escape" },
  /** The filter of a pick takes icons out of what it searches, escaped or not; so they must not look like icons at all. */
  label: { length: 300, icons: "space" },
  description: { length: 600, links: true, icons: "space", hover: true },
  prompt: { length: 600, links: true, icons: "escape" },
  /** Titles, placeholders, tabs and the tooltips of buttons. */
  title: { length: 200 },
  cell: { length: 400 },
} as const satisfies Record<string, Reading>;

export type Surface = keyof typeof surfaces;

/** `text` as it can be given to that surface: what a person then reads is what `text` says. */
export function inert(surface: Surface, text: string): string {
  const { length, links, icons, hover }: Reading = surfaces[surface];
  let result = shortened(oneLine(bounded(text, 4 * length)), length);
  if (surface === "cell") return result.replace(PUNCTUATION, "\\$&");
  if (links) result = result.replace(/\](?=\()/g, "] ");
  if (icons === "escape") result = result.replace(ICON, "\\$&");
  if (icons === "space") result = result.replace(/\$(?=\([\w~-]+\))/g, "$ ");
  // Rows of a pick cannot be selected or copied, so the joiner that no one sees ends up nowhere else.
  if (hover) result = result.replace(/(?:https?|ftp):(?=\/\/)|www(?=\.)|@(?=\w)/gi, `$&${WORD_JOINER}`);
  return result;
}

/** Code in a fenced block that it cannot close, with what is invisible in it shown. */
export function fencedCode(code: string, language: string): string {
  const lines = visible(
    bounded(code.replaceAll(/\r\n?/g, "\n"), MOST_CODE).replace(LONE_SURROGATE, "\ufffd"),
    /[\n\t]/,
  );
  const longest = (lines.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const fence = "`".repeat(longest + 1);
  return `${fence}${language.replace(/[^\w+#.-]/g, "")}\n${lines}\n${fence}\n`;
}

/** Code that is drawn into an editor's line: it goes into a style sheet, and is one line by itself. */
export function drawnCode(code: string): string {
  return visible(bounded(code, MOST_DRAWN).replace(LONE_SURROGATE, "\ufffd"), /\t/);
}

/** Characters of code in a hover; the diff view has all of it. */
const MOST_CODE = 20_000;
const MOST_DRAWN = 4000;
const WORD_JOINER = "\u2060";
/** Any of them may be escaped in Markdown. */
const PUNCTUATION = /[!-/:-@[-`{-~]/g;
/** As VS Code reads an icon in a label. */
const ICON = /\$\([A-Za-z0-9-]+(?:~[A-Za-z]+)?\)/g;
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** What has no form of its own: controls, what changes the direction of others, joiners, fillers, line separators. */
const UNSEEN = String.raw`[\p{Cc}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Zl}\p{Zp}\u2800\ufff9-\ufffb]`;
/** Scripts whose letters are written otherwise with a joiner or non-joiner between them. */
const JOINING = `[${[
  ...["Arabic", "Syriac", "Mongolian", "Nko", "Thaana", "Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya"],
  ...["Tamil", "Telugu", "Kannada", "Malayalam", "Sinhala", "Khmer", "Myanmar", "Tibetan"],
]
  .map((script) => String.raw`\p{Script=${script}}`)
  .join("")}]`;
/** Where characters without a form are part of a form: emoji, joined letters, and variants of one letter. */
const FORMS = [
  String.raw`\p{RGI_Emoji}`,
  String.raw`(?<=${JOINING})[\u200c\u200d](?=${JOINING})`,
  String.raw`\p{Emoji}\ufe0e`,
  String.raw`\p{Script=Han}[\ufe00-\ufe02\u{e0100}-\u{e01ef}]`,
  String.raw`\p{Script=Mongolian}[\u180b-\u180d\u180f]`,
].join("|");

const SOME_UNSEEN = new RegExp(UNSEEN, "u");
const EACH_UNSEEN = new RegExp(`(${FORMS})|${UNSEEN}`, "gv");

/** Shows what is invisible, save what `kept` matches. */
function visible(text: string, kept?: RegExp): string {
  if (!SOME_UNSEEN.test(text)) return text;
  return text.replace(EACH_UNSEEN, (found: string, form?: string) =>
    form !== undefined || kept?.test(found) ? found : markOf(found),
  );
}

/** "⟨U+202E⟩", as VS Code's editor shows such characters; few fonts have the pictures of controls. */
function markOf(character: string): string {
  return `⟨U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}

function oneLine(text: string): string {
  const spaced = text
    .replace(LONE_SURROGATE, "\ufffd")
    .replace(/[\t\r\n]+/g, " ")
    // Neither may push what follows out of sight, or lie over the lines around.
    .replace(/\p{Zs}{4,}/gu, " ")
    .replace(/(\p{M}{8})\p{M}+/gu, "$1…");
  return visible(spaced).trim();
}

/** Of a text of any size so much that the work on it is bounded too. */
function bounded(text: string, most: number): string {
  if (text.length <= most) return text;
  const head = isLowSurrogate(text, most / 2) ? most / 2 - 1 : most / 2;
  const tail = isLowSurrogate(text, text.length - most / 2) ? most / 2 - 1 : most / 2;
  return `${text.slice(0, head)}…${text.slice(-tail)}`;
}

/** `text`, or its beginning and its end with "…" between them; no character and no mark is cut in two. */
function shortened(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = Math.floor(length / 3);
  const head = text.slice(0, boundaryBefore(text, length - end - 1)).replace(/⟨[U+\dA-F]{0,8}$/, "");
  const tail = text.slice(boundaryAfter(text, text.length - end)).replace(/^[U+\dA-F]{0,8}⟩/, "");
  return `${head.trimEnd()}…${tail.trimStart()}`;
}

/** Code units in which a character as a person sees it is looked for; a longer one is cut. */
const WIDEST = 32;

function boundaryBefore(text: string, index: number): number {
  const from = Math.max(0, index - WIDEST);
  const found = segmentAt(text, index);
  if (found.index > from) return found.index;
  return isLowSurrogate(text, index) ? index - 1 : index;
}

function boundaryAfter(text: string, index: number): number {
  const { index: start, end } = segmentAt(text, index);
  if (start === index) return index;
  if (end < index + WIDEST) return end;
  return isLowSurrogate(text, index) ? index + 1 : index;
}

/** The character that holds this place. */
function segmentAt(text: string, index: number): { index: number; end: number } {
  const from = Math.max(0, index - 2 * WIDEST);
  const segments = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(
    text.slice(from, index + 2 * WIDEST),
  );
  const found = segments.containing(index - from);
  if (found === undefined) return { index, end: index };
  return { index: from + found.index, end: from + found.index + found.segment.length };
}

function isLowSurrogate(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 0xdc00 && code <= 0xdfff;
}
