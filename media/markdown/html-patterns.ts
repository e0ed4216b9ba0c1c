// Recognises raw HTML as CommonMark defines it (sections 4.6 and 6.6), only so that it can be shown as text.

const tagName = "[A-Za-z][A-Za-z0-9-]*";
const attribute = `(?:\\s+[a-zA-Z_:][a-zA-Z0-9:._-]*(?:\\s*=\\s*(?:[^"'=<>\`\\x00-\\x20]+|'[^']*'|"[^"]*"))?)`;
const openTag = `<${tagName}${attribute}*\\s*/?>`;
const closeTag = `</${tagName}\\s*>`;

/** Beyond this length a line is not asked whether it is an HTML tag or a fence with an info string: hostile lines stay cheap. */
export const longestMarkupLine = 1000;

const verbatimNames = /^(?:script|pre|textarea|style)$/i;
const blockNames = new RegExp(
  "^(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|" +
    "dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|" +
    "menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|" +
    "title|tr|track|ul)$",
  "i",
);
const tagStart = new RegExp(`^<(/?)(${tagName})`);
const wholeTag = new RegExp(`^(?:${openTag}|${closeTag})`);
const onlyTag = new RegExp(`^(?:${openTag}|${closeTag})\\s*$`);

const blockEnds: readonly RegExp[] = [/$^/, /<\/(?:script|pre|textarea|style)>/i, /-->/, /\?>/, />/, /\]\]>/];

/** The kind (1 to 7, as the specification numbers them) of HTML block that a line starts, or 0. */
export function htmlBlockKind(line: string): number {
  if (line.startsWith("<!--")) return 2;
  if (line.startsWith("<?")) return 3;
  if (/^<![A-Za-z]/.test(line)) return 4;
  if (line.startsWith("<![CDATA[")) return 5;
  const start = tagStart.exec(line);
  if (!start) return 0;
  const [whole, slash, name] = start as unknown as [string, string, string];
  const after = line.slice(whole.length, whole.length + 2);
  const ended = after === "" || /^\s/.test(after) || after.startsWith(">");
  if (slash === "" && ended && verbatimNames.test(name)) return 1;
  if ((ended || after === "/>") && blockNames.test(name)) return 6;
  return line.length <= longestMarkupLine && onlyTag.test(line) ? 7 : 0;
}

/** True if a line ends an HTML block of kinds 1 to 5; the others end at a blank line. */
export function endsHtmlBlock(kind: number, line: string): boolean {
  return kind >= 1 && kind <= 5 && blockEnds[kind]!.test(line);
}

/** True while more characters on the line could still change what `htmlBlockKind` says of it. */
export function htmlKindUndecided(line: string): boolean {
  if (line.length > longestMarkupLine) return false;
  if (line === "<" || line === "</") return true;
  if (line.startsWith("<!")) return line.length < "<![CDATA[".length;
  const start = tagStart.exec(line);
  if (!start) return false;
  const [whole, slash, name] = start as unknown as [string, string, string];
  const after = line.slice(whole.length);
  if (after === "" || after === "/") return true;
  if (!/^[\s/>]/.test(after)) return false;
  if (slash === "" && verbatimNames.test(name) && /^[\s>]/.test(after)) return false;
  if (blockNames.test(name) && /^(?:\s|\/?>)/.test(after)) return false;
  const tag = wholeTag.exec(line);
  return !tag || line.slice(tag[0].length).trim() === "";
}

const inlinePatterns = {
  tag: new RegExp(`${openTag}|${closeTag}`, "y"),
  comment: /<!-->|<!--->|<!--[\s\S]*?-->/y,
  instruction: /<\?[\s\S]*?\?>/y,
  declaration: /<![A-Za-z]+[^>]*>/y,
  data: /<!\[CDATA\[[\s\S]*?\]\]>/y,
};
type InlineKind = keyof typeof inlinePatterns;

/** Finds raw HTML in inline text; remembers what has no end, so that `<!--` a thousand times over is not searched a thousand times. */
export class InlineHtmlScanner {
  private readonly endless = new Set<InlineKind>();

  lengthAt(source: string, position: number): number {
    const kind = this.kindAt(source, position);
    if (this.endless.has(kind)) return 0;
    const pattern = inlinePatterns[kind];
    pattern.lastIndex = position;
    const length = pattern.exec(source)?.[0].length ?? 0;
    if (length === 0 && kind !== "tag") this.endless.add(kind);
    return length;
  }

  private kindAt(source: string, position: number): InlineKind {
    if (source.startsWith("<!--", position)) return "comment";
    if (source.startsWith("<?", position)) return "instruction";
    if (source.startsWith("<![CDATA[", position)) return "data";
    return source.startsWith("<!", position) ? "declaration" : "tag";
  }
}
