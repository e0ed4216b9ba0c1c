// Finds the addresses that GFM links without markup: www., http, https, ftp, and electronic mail.

export interface Autolink {
  readonly start: number;
  readonly end: number;
  readonly address: string;
}

const candidate = /https?:\/\/|ftp:\/\/|www\./gi;
const host = /(?:[-_.]|[^\s\p{P}\p{S}])+/uy;
const addressEnd = /[\s<]/g;

/** The first address that starts in a stretch of text; it may reach beyond, over characters that are markup elsewhere. */
export function findAddress(source: string, from: number, to: number): Autolink | undefined {
  for (const found of source.slice(from, to).matchAll(candidate)) {
    const start = from + found.index;
    const bare = found[0].length === 4 && found[0].toLowerCase() === "www.";
    const before = start === 0 ? " " : source[start - 1]!;
    if (bare ? !/[\s*_~(]/.test(before) : /[A-Za-z]/.test(before)) continue;
    const hostStart = bare ? start : start + found[0].length;
    if (!validHost(source, hostStart, bare)) continue;
    addressEnd.lastIndex = start;
    const end = trimEnd(source, start, addressEnd.exec(source)?.index ?? source.length);
    if (end <= hostStart) continue;
    const text = source.slice(start, end);
    return { start, end, address: bare ? `http://${text}` : text };
  }
  return undefined;
}

function validHost(source: string, start: number, needsDot: boolean): boolean {
  host.lastIndex = start;
  const name = host.exec(source)?.[0].replace(/[-_.]+$/, "") ?? "";
  if (name === "" || name.startsWith(".")) return false;
  const parts = name.split(".");
  if (parts.slice(-2).some((part) => part.includes("_"))) return false;
  return !needsDot || parts.length > 1;
}

/** Punctuation at the end of a sentence is not part of the address; a closing parenthesis only if it closes one inside. */
function trimEnd(source: string, start: number, last: number): number {
  const text = source.slice(start, last);
  let surplus = text.split(")").length - text.split("(").length;
  let end = last;
  while (end > start) {
    const character = source[end - 1]!;
    if (/[?!.,:*_~'"]/.test(character)) end--;
    else if (character === ";")
      end -= /&[A-Za-z0-9]{1,32};$/.exec(source.slice(Math.max(start, end - 34), end))?.[0].length ?? 1;
    else if (character === ")" && surplus > 0) {
      surplus--;
      end--;
    } else break;
  }
  return end;
}

/** All mail addresses in plain text, found from their `@`: searching forward would be quadratic. */
export function findMailAddresses(text: string): Autolink[] {
  const found: Autolink[] = [];
  let floor = 0;
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    let start = at;
    while (start > floor && /[A-Za-z0-9.+_-]/.test(text[start - 1]!)) start--;
    const domain = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+/.exec(text.slice(at + 1, at + 256))?.[0];
    if (start === at || !domain || !/[A-Za-z]$/.test(domain)) continue;
    const end = at + 1 + domain.length;
    const address = `mailto:${text.slice(start, end)}`;
    if (/(?:^|[^A-Za-z])mailto:$/i.test(text.slice(Math.max(floor, start - 8), start))) start -= "mailto:".length;
    found.push({ start, end, address });
    floor = end;
  }
  return found;
}
