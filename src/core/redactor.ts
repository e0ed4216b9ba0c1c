/** Cuts the keys of a turn out of what others wrote: whole or in pieces, however they are spelled, also across streamed pieces. */
import { defined } from "./defined.ts";
import { AssistantError } from "./errors.ts";
import { formsOf, isPlaceholder, shortestRun } from "./key-forms.ts";
import { fold, foreign, openEscape, type Spelling, spellingOf, unescaped, unseen } from "./key-spellings.ts";

export interface Redactor {
  /** The text with `[key]` in place of each run of eight or more characters of a key. */
  text(text: string): string;
  /** Plain data with every text in it, names of fields included, treated so; the same object where nothing was found. */
  value<Value>(value: Value): Value;
  /** The same error where nothing was found. */
  error(error: AssistantError): AssistantError;
  /** For a text that comes in pieces: each is returned without what, with the pieces before it, is a run of a key. */
  pieces(): (piece: string) => string;
}

export const mark = "[key]";

/** Layers of escapes within each other that are undone. */
const layers = 6;
/** Characters of a streamed text that are remembered: enough for a run in which each character is escaped several times. */
const remembered = 160;
/** Data deeper than this is nothing that Runnel shows or keeps. */
const deepest = 64;
/** A longer text is read piece by piece, so that its spellings take little memory. */
const longest = 0x10000;

/** Of the last three characters; `previous` is the value for the ones before. */
const hash = (previous: number, code: number): number => ((previous << 5) ^ code) & 0x7fff;

/** `secrets` may hold anything: what is too short or a placeholder is left in texts. */
export function createRedactor(secrets: Iterable<string | undefined>): Redactor {
  const runs = new Set<string>();
  for (const secret of secrets) if (secret !== undefined && isKey(secret.trim())) addRuns(runs, secret.trim());
  return runs.size === 0 ? passing : new RunRedactor(runs);
}

function isKey(text: string): boolean {
  return text.length >= shortestRun && !isPlaceholder(text);
}

function addRuns(runs: Set<string>, secret: string): void {
  for (const form of formsOf(secret)) {
    for (let spelling: Spelling | undefined = spellingOf(form); spelling; spelling = unescaped(spelling)) {
      const folded = String.fromCharCode(...spelling.codes.subarray(0, spelling.length));
      for (let end = shortestRun; end <= folded.length; end++) runs.add(folded.slice(end - shortestRun, end));
    }
  }
}

/** From and to, in UTF-16 units of the text. */
type Range = readonly [from: number, to: number];

/** What one text, or all pieces of one, have shown so far. */
interface Watch {
  hash: number;
  /** How many sequences of three in a row occur in a key. */
  hits: number;
  /** The last character, where it may begin an escape; else 0. */
  opener: number;
  /** Characters since what may be an escape. */
  sinceEscape: number;
  /** The last text held something to see. */
  visible: boolean;
}

const watching = (): Watch => ({ hash: 0, hits: 0, opener: 0, sinceEscape: remembered, visible: false });

class RunRedactor implements Redactor {
  readonly #runs: ReadonlySet<string>;
  /** Which sequences of three characters occur, by hash: most texts are found clean by this alone. */
  readonly #known = new Uint8Array(0x8000);

  /** All but the last character of each run, and all but the first. */
  readonly #beginnings: ReadonlySet<string>;

  constructor(runs: ReadonlySet<string>) {
    this.#runs = runs;
    this.#beginnings = new Set([...runs].flatMap((run) => [run.slice(0, -1), run.slice(1)]));
    for (const run of runs) {
      let value = 0;
      for (let place = 0; place < run.length; place++) {
        value = hash(value, run.charCodeAt(place));
        if (place >= 2) this.#known[value] = 1;
      }
    }
  }

  text(text: string): string {
    if (text.length > longest) return this.#long(text);
    if (!this.#mayHold(text, watching())) return text;
    let safe = "";
    let end = 0;
    for (const [from, to] of this.#find(text)) {
      safe += text.slice(end, from) + mark;
      end = to;
    }
    return end === 0 ? text : safe + text.slice(end);
  }

  #long(text: string): string {
    const next = this.pieces();
    let safe = "";
    for (let place = 0; place < text.length; place += longest) safe += next(text.slice(place, place + longest));
    return safe;
  }

  value<Value>(value: Value, depth = 0): Value {
    if (typeof value === "string") return this.text(value) as Value;
    if (typeof value !== "object" || value === null) return value;
    if (depth > deepest) return undefined as Value;
    // Nearly always nothing is found, and nothing is copied then.
    let safe: Record<string, unknown> | undefined;
    for (const name of Object.keys(value)) {
      const field = (value as Record<string, unknown>)[name];
      const clean = this.value(field, depth + 1);
      const label = this.text(name);
      if (clean === field && label === name) continue;
      safe ??= (Array.isArray(value) ? value.slice() : { ...value }) as Record<string, unknown>;
      if (label !== name) delete safe[name];
      safe[label] = clean;
    }
    return (safe ?? value) as Value;
  }

  error(error: AssistantError): AssistantError {
    const message = this.text(error.message);
    const details = this.value(error.details);
    const cause = this.#cause(error.cause);
    if (message === error.message && details === error.details && cause === error.cause) return error;
    return new AssistantError(error.kind, message, { ...details, ...defined({ cause }) });
  }

  /** A cause is for the log; one that holds a key goes on without its words. */
  #cause(cause: unknown): unknown {
    if (typeof cause === "string") return this.text(cause);
    if (!(cause instanceof Error)) return cause;
    const stack = cause.stack ?? "";
    const safe = this.text(stack);
    if (safe === stack && this.text(cause.message) === cause.message) return cause;
    return Object.assign(new Error(this.text(cause.message)), { name: cause.name, stack: safe });
  }

  pieces(): (piece: string) => string {
    const watch = watching();
    /** The last pieces with something to see, in a ring: most are never looked at again. */
    const recent: string[] = [];
    let count = 0;
    /** The end of what came before was cut out. */
    let cutting = false;
    /** The beginning of an escape behind a run: alone it would still show how the key goes on. */
    let held = "";
    return (added) => {
      const suspicious = this.#mayHold(added, watch);
      if (!suspicious && !cutting && held === "") {
        if (watch.visible) recent[count++ % remembered] = remember(added);
        return added;
      }
      const first = count % remembered;
      const past = visibleEnd(recent.slice(first).join("") + recent.slice(0, first).join(""));
      const all = past + held + added;
      const start = past.length;
      let safe = "";
      let end = start;
      let open = false;
      for (const [from, to] of this.#find(all)) {
        if (to <= start) continue;
        const begin = Math.max(from, start);
        // A run that was marked already only goes on.
        safe += all.slice(end, begin) + (cutting && from < start ? "" : mark);
        end = to;
        open = to === all.length;
      }
      cutting = open;
      const hold = open ? all.length : Math.max(end, this.#holdFrom(all));
      held = all.slice(hold);
      const passed = all.slice(start, hold);
      if (visibleEnd(passed) !== "") recent[count++ % remembered] = remember(passed);
      return safe + all.slice(end, hold);
    };
  }

  /** Where an escape begins that is not whole yet and follows a run of the key that is all but long enough. */
  #holdFrom(text: string): number {
    let spelling = spellingOf(text);
    for (let layer = 0; layer <= layers; layer++) {
      const next = unescaped(spelling);
      if (next === undefined) break;
      spelling = next;
    }
    const place = openEscape(spelling);
    if (place === undefined || place < shortestRun - 1) return text.length;
    const run = String.fromCharCode(...spelling.codes.subarray(place - shortestRun + 1, place));
    return this.#beginnings.has(run) ? spelling.from[place]! : text.length;
  }

  /** Whether `text`, after what `watch` has seen, is worth a closer look. Cheap: one step a character. */
  #mayHold(text: string, watch: Watch): boolean {
    const known = this.#known;
    let { hash: value, hits, opener, sinceEscape } = watch;
    let found = false;
    let visible = false;
    for (let place = 0; place < text.length; place++) {
      const code = fold(text.charCodeAt(place));
      if (code === unseen) continue;
      visible = true;
      value = hash(value, code);
      hits = known[value] === 1 ? hits + 1 : 0;
      sinceEscape = opener !== 0 && mayFollow(opener, code) ? 0 : sinceEscape + 1;
      opener = code === 37 || code === 38 || code === 92 ? code : 0;
      if (hits >= shortestRun - 2 || sinceEscape < remembered) found = true;
    }
    watch.hash = value;
    watch.hits = hits;
    watch.opener = opener;
    watch.sinceEscape = sinceEscape;
    watch.visible = visible;
    return found;
  }

  /** The places of all runs, in order and without overlap. */
  #find(text: string): Range[] {
    const ranges: Range[] = [];
    let spelling: Spelling | undefined = spellingOf(text);
    for (let layer = 0; spelling && layer <= layers; layer++) {
      this.#findIn(spelling, ranges);
      spelling = unescaped(spelling);
    }
    ranges.sort(([left], [right]) => left - right);
    const joined: [number, number][] = [];
    for (const [from, to] of ranges) {
      const last = joined.at(-1);
      if (last && from <= last[1]) last[1] = Math.max(last[1], to);
      else joined.push([from, to]);
    }
    return joined;
  }

  #findIn({ codes, from, to, length }: Spelling, ranges: Range[]): void {
    let value = 0;
    let hits = 0;
    for (let place = 0; place < length; place++) {
      const code = codes[place]!;
      value = hash(value, code);
      hits = this.#known[value] === 1 && code !== foreign ? hits + 1 : 0;
      if (hits < shortestRun - 2) continue;
      const begin = place - shortestRun + 1;
      if (begin < 0 || !this.#runs.has(String.fromCharCode(...codes.subarray(begin, place + 1)))) continue;
      const last = ranges.at(-1);
      // The next run of the same key begins one character later.
      if (last && from[begin]! <= last[1] && from[begin]! >= last[0]) ranges[ranges.length - 1] = [last[0], to[place]!];
      else ranges.push([from[begin]!, to[place]!]);
    }
  }
}

/** Whether this may be an escape: `%4`, `%u`, `&#`, `&a`, `\\u`, `\\n`, `\\-`. */
function mayFollow(opener: number, code: number): boolean {
  const isLetter = code >= 97 && code <= 122;
  const isDigit = code >= 48 && code <= 57;
  if (opener === 37) return isDigit || (code >= 97 && code <= 102) || code === 117;
  if (opener === 38) return code === 35 || isLetter;
  return (!isLetter && !isDigit) || code === 110 || code === 114 || code === 116 || code === 117 || code === 120;
}

/** What nobody sees must not push a key out of memory. */
const hidden = /[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Mn}]+/gu;

/** The last characters that are to be seen. */
/** As much of a piece as is looked at again. */
function remember(piece: string): string {
  return piece.length > 2 * remembered ? visibleEnd(piece) : piece;
}

function visibleEnd(text: string): string {
  // Mostly there is little to leave out.
  const end = text.slice(-2 * remembered).replace(hidden, "");
  return (end.length >= remembered ? end : text.replace(hidden, "")).slice(-remembered);
}

/** False where there is nothing to cut out. */
export function hasKeys(redactor: Redactor): boolean {
  return redactor !== passing;
}

const passing: Redactor = {
  text: (text) => text,
  value: (value) => value,
  error: (error) => error,
  pieces: () => (piece) => piece,
};
