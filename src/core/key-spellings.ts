/** Undoes, one layer at a time, the ways in which a server may write a key: percent, HTML and JSON escapes, invisible characters. */

/** Characters of a text with the places they come from, so that what is found among them can be cut out of the text. */
export interface Spelling {
  codes: Uint16Array;
  /** Of each character: where it begins in the text, and where it ends. */
  from: Int32Array;
  to: Int32Array;
  length: number;
}

/** What stands for a character that nobody sees and that therefore joins its neighbours. */
export const unseen = 0;
/** What stands for a character that no key has. */
export const foreign = 1;

/** By code; what is no letter of ASCII maps to itself. Control characters and the space join their neighbours. */
const plain = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  plain[code] = code <= 32 || code === 127 ? unseen : code >= 65 && code <= 90 ? code + 32 : code;
}

/** A character as keys are compared by it: in lower case and without its width, or `unseen`. */
export function fold(code: number): number {
  if (code < 128) return plain[code]!;
  // Full-width letters and the dashes that typesetters put in a hyphen's place.
  if (code >= 0xff01 && code <= 0xff5e) return plain[code - 0xfee0]!;
  if ((code >= 0x2010 && code <= 0x2015) || code === 0x2212 || code === 0xfe63) return 45;
  if (isUnseen(code)) return unseen;
  // Passwords and headers have such letters too.
  return code >= 0xc0 && code <= 0xde && code !== 0xd7 ? code + 32 : code;
}

/** White space, joiners, direction marks, combining and filling characters. */
function isUnseen(code: number): boolean {
  return (
    code <= 0xa0 ||
    code === 0xad ||
    (code >= 0x300 && code <= 0x36f) ||
    code === 0x61c ||
    code === 0x115f ||
    code === 0x1160 ||
    code === 0x1680 ||
    (code >= 0x17b4 && code <= 0x17b5) ||
    (code >= 0x180b && code <= 0x180f) ||
    (code >= 0x2000 && code <= 0x200f) ||
    (code >= 0x2028 && code <= 0x202f) ||
    (code >= 0x205f && code <= 0x206f) ||
    code === 0x3000 ||
    code === 0x3164 ||
    (code >= 0xfe00 && code <= 0xfe0f) ||
    code === 0xfeff ||
    code === 0xffa0 ||
    (code >= 0xfff0 && code <= 0xfffb) ||
    // Tags and further variation selectors lie beyond 16 bits.
    code === 0xdb40 ||
    (code >= 0xdc00 && code <= 0xddef)
  );
}

/** The text as it stands. What this and `unescaped` return holds until the next text is read. */
export function spellingOf(text: string): Spelling {
  const spelling = emptied(rooms[0], text.length);
  rooms[0] = spelling;
  for (let place = 0; place < text.length; place++) add(spelling, text.charCodeAt(place), place, place + 1);
  return spelling;
}

/** The spelling with one layer of escapes undone, or undefined when it has none. Takes time in proportion to its length. */
export function unescaped(source: Spelling): Spelling | undefined {
  const { codes, from, to, length } = source;
  const free = source === rooms[0] ? 1 : 0;
  const spelling = emptied(rooms[free], length);
  rooms[free] = spelling;
  let any = false;
  for (let place = 0; place < length; ) {
    const code = codes[place]!;
    const found = code === 37 || code === 38 || code === 92 ? readEscape(source, place) : undefined;
    if (found === undefined) {
      add(spelling, code, from[place]!, to[place]!);
      place++;
    } else {
      any = true;
      add(spelling, found.code, from[place]!, to[found.end - 1]!);
      place = found.end;
    }
  }
  return any ? spelling : undefined;
}

/** Used again and again: to allocate them takes longer than to fill them. */
const rooms: [Spelling, Spelling] = [roomFor(1024), roomFor(1024)];

function roomFor(length: number): Spelling {
  return { codes: new Uint16Array(length), from: new Int32Array(length), to: new Int32Array(length), length: 0 };
}

function emptied(room: Spelling, length: number): Spelling {
  if (room.codes.length < length) return roomFor(2 * length);
  room.length = 0;
  return room;
}

function add(spelling: Spelling, code: number, from: number, to: number): void {
  const folded = fold(code);
  if (folded === unseen) return;
  spelling.codes[spelling.length] = folded;
  spelling.from[spelling.length] = from;
  spelling.to[spelling.length++] = to;
}

/** Where an escape begins that the end of the spelling cuts off, or undefined. */
export function openEscape({ codes, length }: Spelling): number | undefined {
  for (let place = length - 1; place >= 0 && length - place <= longestEntity; place--) {
    const code = codes[place]!;
    if (code === 38 || code === 37 || code === 92) {
      const rest = String.fromCharCode(...codes.subarray(place, length));
      return unfinished.test(rest) ? place : undefined;
    }
  }
  return undefined;
}

const unfinished =
  /^(%([0-9a-f]|u[0-9a-f]{0,3})?|\\(u(\{[0-9a-f]{0,8}|[0-9a-f]{0,3})|x[0-9a-f]?)?|&(#(x[0-9a-f]{0,8}|\d{0,8})|[a-z]{0,20}))$/;

interface Escape {
  code: number;
  end: number;
}

function readEscape(source: Spelling, place: number): Escape | undefined {
  const { codes, length } = source;
  const next = place + 1 < length ? codes[place + 1]! : foreign;
  switch (codes[place]) {
    case 37: // %41 and %u0041
      return next === 117 ? digits(source, place + 2, 16, 4, 4) : digits(source, place + 1, 16, 2, 2);
    case 92: // \u0041, \u{41}, \x41, \n, \-
      if (next === 117) {
        return codes[place + 2] === 123
          ? (closed(source, digits(source, place + 3, 16, 1, 8), 125) ?? digits(source, place + 3, 16, 1, 8, true))
          : digits(source, place + 2, 16, 4, 4);
      }
      if (next === 120) return digits(source, place + 2, 16, 2, 2);
      if (next === 110 || next === 114 || next === 116) return { code: unseen, end: place + 2 };
      return isWordCharacter(next) || next > 127 || next === foreign ? undefined : { code: next, end: place + 2 };
    default: // &#45; &#x2d; &amp;
      if (next === 35) {
        const hexadecimal = codes[place + 2] === 120;
        const first = place + (hexadecimal ? 3 : 2);
        const base = hexadecimal ? 16 : 10;
        // Without its end it ends where something stood in the text.
        return closed(source, digits(source, first, base, 1, 8), 59) ?? digits(source, first, base, 1, 8, true);
      }
      return entity(source, place + 1);
  }
}

/** From `least` to `most` digits at `place`, or undefined. `joined`: with nothing unseen between them. */
function digits(
  source: Spelling,
  place: number,
  base: number,
  least: number,
  most: number,
  joined = false,
): Escape | undefined {
  let code = 0;
  let end = place;
  for (; end < source.length && end - place < most; end++) {
    const digit = digitOf(source.codes[end]!);
    if (digit >= base || (joined && end > place && source.from[end] !== source.to[end - 1])) break;
    code = code * base + digit;
  }
  return end - place < least ? undefined : { code: code > 0xffff ? foreign : code, end };
}

function digitOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  return code >= 97 && code <= 102 ? code - 87 : 99;
}

function isWordCharacter(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 97 && code <= 122);
}

function closed(source: Spelling, found: Escape | undefined, mark: number): Escape | undefined {
  return found && source.codes[found.end] === mark ? { code: found.code, end: found.end + 1 } : undefined;
}

const longestEntity = 20;

function entity(source: Spelling, place: number): Escape | undefined {
  let name = "";
  for (let end = place; end < source.length && end - place <= longestEntity; end++) {
    const code = source.codes[end]!;
    if (code === 59) {
      const character = entities[name];
      return character === undefined ? undefined : { code: character.charCodeAt(0), end: end + 1 };
    }
    if (!isWordCharacter(code)) return undefined;
    name += String.fromCharCode(code);
  }
  return undefined;
}

/** Names of HTML for characters that a key may have, and for those that nobody sees; in lower case. */
const entities: { readonly [name: string]: string } = Object.assign(Object.create(null), {
  ...{
    amp: "&",
    lt: "<",
    gt: ">",
    quot: '"',
    apos: "'",
    sol: "/",
    bsol: "\\",
    lowbar: "_",
    underbar: "_",
    hyphen: "-",
  },
  ...{ dash: "-", ndash: "-", mdash: "-", minus: "-", plus: "+", equals: "=", period: ".", comma: ",", colon: ":" },
  ...{ semi: ";", num: "#", excl: "!", quest: "?", commat: "@", dollar: "$", percnt: "%", ast: "*", midast: "*" },
  ...{ lpar: "(", rpar: ")", lsqb: "[", lbrack: "[", rsqb: "]", rbrack: "]", lcub: "{", lbrace: "{", rcub: "}" },
  ...{
    rbrace: "}",
    verbar: "|",
    vert: "|",
    verticalline: "|",
    grave: "`",
    diacriticalgrave: "`",
    hat: "^",
    tilde: "~",
  },
  ...{ nbsp: " ", shy: " ", tab: " ", newline: " ", zwj: " ", zwnj: " ", zerowidthspace: " ", nobreak: " " },
  ...{ ensp: " ", emsp: " ", thinsp: " ", lrm: " ", rlm: " ", invisiblecomma: " ", ic: " ", it: " " },
});
