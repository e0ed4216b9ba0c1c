/** Leaves out what a model repeats of the lines around a selection, up to the whole file. */
import { isTrivial } from "../line-numbers.ts";

export interface ContextTrimmer {
  push(line: string): string[];
  end(): string[];
}

/** So many lines of the context in a row, and the model is taken to repeat the file, even if it changes some. */
const SURE = 3;

export function createContextTrimmer(
  oldLines: readonly string[],
  before: readonly string[],
  after: readonly string[],
): ContextTrimmer {
  let part: "before" | "seeking" | "selection" | "after" = before.length > 0 ? "before" : "selection";
  let held: string[] = [];
  /** Where in the lines before the selection those that are held may stand. */
  let places: number[] = [];
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
    held.push(line);
    const released: string[] = [];
    while (held.length > 0 && !held.every((each, index) => each === after[index])) released.push(held.shift()!);
    if (wasTrimmed && held.length === after.length) part = "after";
    return released;
  };
  const isAfter = (): boolean => {
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
      return isAfter() ? lines : [...lines, ...held];
    },
  };
}
