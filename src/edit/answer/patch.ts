/** Applies a unified diff to the lines it was made for, by its text alone: models cannot count lines. */
import { isTrivial } from "../diff/line-numbers.ts";

interface PatchLine {
  sign: " " | "-" | "+";
  text: string;
}

/** Whether an answer whose first line of code this is will be a diff. */
export function beginsPatch(line: string, info: string, oldLines: readonly string[]): boolean {
  if (/^(diff|patch|udiff)\b/.test(info)) return true;
  if (/^(diff --git |--- (a\/|\S+\.\w+)|@@ .*@@|\*\*\* (Begin Patch|Update File))/.test(line)) return true;
  return line.startsWith("-") && !isTrivial(line) && !oldLines.includes(line) && oldLines.includes(line.slice(1));
}

/** `undefined` when the patch does not fit, or changes lines beside the old ones. */
export function applyPatch(
  patch: readonly string[],
  oldLines: readonly string[],
  before: readonly string[],
  after: readonly string[],
): string[] | undefined {
  const all = [...before, ...oldLines, ...after];
  const first = before.length;
  const last = before.length + oldLines.length;
  const result: string[] = [];
  const search = createSearch(all);
  let at = 0;
  let isChanged = false;
  for (const hunk of hunksIn(patch)) {
    const place = search(hunk, at);
    if (place === undefined) return undefined;
    while (at < place.start) result.push(all[at++]!);
    for (const { sign, text } of place.hunk) {
      if (sign === "+" ? at < first || at > last : sign === "-" && (at < first || at >= last)) return undefined;
      isChanged ||= sign !== " ";
      if (sign === "+") result.push(text);
      else if (sign === "-") at++;
      else result.push(all[at++]!);
    }
  }
  if (!isChanged) return undefined;
  result.push(...all.slice(at));
  return result.slice(first, result.length - after.length);
}

function hunksIn(patch: readonly string[]): PatchLine[][] {
  const hunks: PatchLine[][] = [[]];
  for (let index = 0; index < patch.length; index++) {
    const line = patch[index]!;
    if (line.startsWith("@@")) hunks.push([]);
    else if (line.startsWith("--- ") && patch[index + 1]?.startsWith("+++ ")) {
      index++;
      hunks.push([]);
    } else if (/^(diff --git |index [0-9a-f]|new file mode|\*\*\* |\\ No newline)/.test(line)) continue;
    else if (/^[-+ ]/.test(line)) hunks.at(-1)!.push({ sign: line[0] as PatchLine["sign"], text: line.slice(1) });
    // Models forget the blank before lines that stay.
    else hunks.at(-1)!.push({ sign: " ", text: line });
  }
  return hunks.filter((hunk) => hunk.some(({ sign, text }) => sign !== " " || text.trim() !== ""));
}

/** Comparisons of lines for each line that there is; a patch that needs more does not fit anywhere. */
const PATIENCE = 500;
const FEWEST_STEPS = 1_000_000;

type Search = (hunk: PatchLine[], from: number) => { hunk: PatchLine[]; start: number } | undefined;

/** The first place from `from` on where the lines that the hunk expects stand; at need without regard to white space. */
function createSearch(all: readonly string[]): Search {
  const ways = [(line: string) => line, (line: string) => line.trimEnd(), (line: string) => line.trim()];
  const texts = ways.map((same) => ({ same, lines: undefined as string[] | undefined }));
  let left = FEWEST_STEPS + PATIENCE * all.length;
  return (hunk, from) => {
    let trimmed = hunk;
    while (trimmed.at(-1)?.sign === " " && trimmed.at(-1)?.text.trim() === "") trimmed = trimmed.slice(0, -1);
    for (const text of texts) {
      const { same } = text;
      text.lines ??= all.map(same);
      const { lines } = text;
      for (const candidate of [hunk, trimmed]) {
        const expected = candidate.filter(({ sign }) => sign !== "+").map(({ text }) => same(text));
        if (expected.length === 0) continue;
        for (let start = from; start + expected.length <= all.length; start++) {
          let equal = 0;
          while (equal < expected.length && expected[equal] === lines[start + equal]) equal++;
          if (equal === expected.length) return { hunk: candidate, start };
          left -= equal + 1;
          if (left < 0) return undefined;
        }
      }
    }
    return undefined;
  };
}
