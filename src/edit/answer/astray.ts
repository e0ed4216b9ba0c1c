/** Sees a model's answer go wrong: lines left out behind a placeholder, or the same lines without end. */

const commentSign = /^\s*(\/\/|#|--|;|\/\*|<!--|\{\/\*|%|\(\*)\s*/;
const ellipsis = /\.{3}|…/;
const omission =
  /\b(existing|rest|remaining|remainder|unchanged|same|previous|other|omitted|code|keep|as before)\b|기존|나머지|생략|동일|既存|残り|省略|同じ|其余|现有|不变|保持/i;
const phrase =
  /^(\(?(the )?rest (of (the |this |your )?(code|file|function|class|method|implementation|component) ?)?((is|remains|stays) )?(unchanged|the same|as before|here|goes here)|(your |the )?existing (code|implementation|methods?|functions?|imports?)( (here|goes here|unchanged|remains( the same| unchanged)?))?|(code )?(is |remains )?(unchanged|omitted)( for brevity)?)\)?\W*$/i;

/** A comment that stands for lines the model did not write: `// ... existing code ...`, `# rest unchanged`. */
export function isPlaceholder(line: string): boolean {
  const sign = commentSign.exec(line);
  if (sign === null || line.length > 120) return false;
  const text = line
    .slice(sign[0].length)
    .trimEnd()
    .replace(/(\*\/\}?|-->|\*\))$/, "")
    .trimEnd();
  const isOnlyEllipsis = /^(\.{3}|…)\s*$/.test(text);
  const beginsOrEnds = /^(\.{3}|…)|(\.{3}|…)\s*$/.test(text);
  return isOnlyEllipsis || (beginsOrEnds && ellipsis.test(text) && omission.test(text)) || phrase.test(text.trim());
}

/** Longest row of lines that is recognised when it comes again and again. */
const LONGEST_CYCLE = 20;
/** A row must come so often, and make so many lines, before it is taken for endless. */
const FEWEST_CYCLES = 10;
const FEWEST_LINES = 100;

/** Says of each line whether the text has begun to turn in a circle, well beyond the size of what is edited. */
export function createRepetitionWatch(oldLength: number): (line: string) => boolean {
  const lines: string[] = [];
  /** For each length of a cycle, how many lines in a row have equalled the one so far before them. */
  const repeated = new Int32Array(LONGEST_CYCLE + 1);
  return (line) => {
    lines.push(line);
    let isCircling = false;
    for (let cycle = 1; cycle <= LONGEST_CYCLE; cycle++) {
      if (lines[lines.length - 1 - cycle] !== line) repeated[cycle] = 0;
      else if (++repeated[cycle]! >= Math.max(FEWEST_LINES, cycle * FEWEST_CYCLES)) isCircling = true;
    }
    return isCircling && lines.length > oldLength + 2 * FEWEST_LINES;
  };
}
