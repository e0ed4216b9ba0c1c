/** Leaves out what a model repeats of the lines around a selection, up to the whole file. */
import { isTrivial } from "../diff/line-numbers.ts";

export interface ContextTrimmer {
  push(line: string): string[];
  end(): string[];
}

/** So many lines of the context in a row, and the model is taken to repeat the file, even if it changes some. */
const SURE = 3;

/** For each beginning of `lines`, the length of the longest shorter one that it ends with (Knuth, Morris and Pratt). */
function fallbacksOf(lines: readonly string[]): number[] {
  const fallbacks = [0];
  for (let index = 1, length = 0; index < lines.length; index++) {
    while (length > 0 && lines[index] !== lines[length]) length = fallbacks[length - 1]!;
    if (lines[index] === lines[length]) length++;
    fallbacks.push(length);
  }
  return fallbacks;
}

export function createContextTrimmer(
  oldLines: readonly string[],
  before: readonly string[],
  after: readonly string[],
): ContextTrimmer {
  let part: "before" | "seeking" | "selection" | "after" = before.length > 0 ? "before" : "selection";
  let held: string[] = [];
  /** Where in the lines before the selection those that are held may stand. */
  let places: number[] = [];
  /** How many of the last lines are the first of those behind the selection. */
  let matched = 0;
  let fallbacks: readonly number[] | undefined;
  let wasTrimmed = false;

  const release = (): string[] => {
    const lines = held;
    held = [];
    part = "selection";
    return lines.flatMap(inSelection);
  };
  const trim = (): string[] => {
    held = [];
    part = "selection";
    wasTrimmed = true;
    return [];
  };
  const inBefore = (line: string): string[] => {
    if (held.length === 0) {
      // A line that the selection begins with is more likely that one.
      const isOwn = isTrivial(line) || oldLines.find((old) => !isTrivial(old)) === line;
      places = isOwn ? [] : before.flatMap((other, index) => (other === line ? [index] : []));
    } else places = places.filter((place) => before[place + held.length] === line);
    held.push(line);
    if (places.some((place) => place + held.length === before.length)) return trim();
    if (places.length > 0) return [];
    if (held.length <= SURE) return release();
    part = "seeking";
    return [];
  };
  /** The model changes something before the selection too: that is not asked for; the selection begins where that ends. */
  const seeking = (line: string): string[] => {
    held.push(line);
    const last = before.slice(-SURE);
    return last.every((each, index) => each === held[held.length - last.length + index]) ? trim() : [];
  };
  /** Holds what may be the beginning of the lines behind the selection. */
  const inSelection = (line: string): string[] => {
    if (after.length === 0) return [line];
    fallbacks ??= fallbacksOf(after);
    const released: string[] = [];
    while (matched > 0 && after[matched] !== line) {
      const shorter = fallbacks[matched - 1]!;
      released.push(...after.slice(0, matched - shorter));
      matched = shorter;
    }
    if (after[matched] === line) matched++;
    else released.push(line);
    if (wasTrimmed && matched === after.length) part = "after";
    return released;
  };
  const isAfter = (held: readonly string[]): boolean => {
    if (held.length === 0 || held.every(isTrivial)) return wasTrimmed && held.length === after.length;
    const oldEnd = oldLines.slice(-held.length);
    return wasTrimmed || !oldEnd.every((line, index) => line === held[index]) || oldEnd.length < held.length;
  };

  return {
    push(line) {
      switch (part) {
        case "before":
          return inBefore(line);
        case "seeking":
          return seeking(line);
        case "selection":
          return inSelection(line);
        case "after":
          return [];
      }
    },
    end() {
      const lines = part === "before" || part === "seeking" ? release() : [];
      const last = after.slice(0, matched);
      return isAfter(last) ? lines : [...lines, ...last];
    },
  };
}
