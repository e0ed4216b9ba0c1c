/** Takes the code out of a Markdown answer while it streams: fences go, and the talk around them. */
import { isProseLanguage, leadsIn, looksLikeProse } from "./prose.ts";

export interface Fences {
  push(line: string): string[];
  end(): string[];
  /** Where the answer has come to: `talk` while no code has begun. */
  readonly part: "talk" | "plain" | "fenced" | "behind";
  /** There was something to read, if only talk. */
  readonly hasText: boolean;
  /** What the fence says its code is. */
  readonly info: string;
  /** Further blocks of code were left out. */
  readonly hasSeveral: boolean;
}

interface FenceLine {
  indentation: number;
  sign: string;
  length: number;
  info: string;
}

function fenceIn(line: string): FenceLine | undefined {
  const found = /^(\s*)(`{3,}(?!`)|~{3,}(?!~))([^`]*)$/.exec(line);
  if (found === null) return undefined;
  const [, indentation, fence, info] = found;
  return { indentation: indentation!.length, sign: fence![0]!, length: fence!.length, info: info!.trim() };
}

/**
 * The first block of code is taken. Without any fence it is all the answer, from its first line that is not talk; so
 * plain code is let through at once, and talk is held until a fence or code shows that it was an introduction.
 * In a fence, one that names a language opens a block inside it, which the next bare fence closes.
 */
export function createFences(oldLines: readonly string[], language: string | undefined): Fences {
  const known = new Set(oldLines.map((line) => line.trim()).filter((line) => line !== ""));
  const isProse = isProseLanguage(language);
  const isMarkdown = language === "markdown" || language === "mdx";
  let part: Fences["part"] = "talk";
  /** Talk; or in Markdown what stands behind a fence that may have closed the block or opened one inside it. */
  let held: string[] = [];
  let hasText = false;
  let opening: FenceLine | undefined;
  let depth = 0;
  let hasSeveral = false;

  const isContent = (line: string): boolean =>
    isMarkdown && fenceIn(line)?.info !== "markdown" && known.has(line.trim());
  const isTalk = (line: string): boolean => {
    if (line.trim() === "") return true;
    if (known.has(line.trim())) return false;
    return isProse ? !hasText && leadsIn(line) : looksLikeProse(line);
  };
  /** Code without a fence begins here: what was held is talk, or after all its beginning. */
  const beginPlain = (line: string): string[] => {
    part = "plain";
    const text = held.filter((each) => each.trim() !== "");
    const isIntroduction = text.length > 0 && !isProse && (leadsIn(text.at(-1)!) || held.at(-1)!.trim() === "");
    const startsBlank = text.length > 0 || oldLines[0]?.trim() === "";
    const kept = isIntroduction || !startsBlank ? [] : held;
    held = [];
    return [...kept, line];
  };
  const closes = (fence: FenceLine): boolean =>
    fence.info === "" &&
    fence.sign === opening!.sign &&
    fence.length >= opening!.length &&
    fence.indentation <= opening!.indentation + 3;

  const inFence = (line: string): string[] => {
    const fence = fenceIn(line);
    if (fence === undefined || fence.indentation > opening!.indentation + 3) return [line];
    if (fence.sign === opening!.sign && fence.length >= opening!.length && fence.info !== "") depth++;
    else if (closes(fence)) {
      if (depth > 0) depth--;
      else {
        part = "behind";
        held = isMarkdown ? [line] : [];
        return [];
      }
    }
    return [line];
  };
  const behind = (line: string): string[] => {
    const fence = fenceIn(line);
    if (!isMarkdown || fence === undefined || !closes({ ...fence, info: "" })) {
      if (fence !== undefined) hasSeveral = true;
      if (isMarkdown) held.push(line);
      return [];
    }
    // Another fence comes: the one before it belonged to the document that is edited, as did what stands between.
    const content = [...held, line];
    held = [];
    part = "fenced";
    hasSeveral = false;
    if (fence.info !== "") depth++;
    return content;
  };

  return {
    push(line) {
      switch (part) {
        case "plain":
          return [line];
        case "fenced":
          return inFence(line);
        case "behind":
          return behind(line);
        case "talk": {
          const fence = fenceIn(line);
          if (fence !== undefined && !isContent(line)) {
            opening = fence;
            part = "fenced";
            held = [];
            return [];
          }
          if (fence === undefined && isTalk(line)) {
            held.push(line);
            hasText ||= line.trim() !== "";
            return [];
          }
          return beginPlain(line);
        }
      }
    },
    end() {
      // In prose an introduction that introduces nothing was the text itself.
      if (part !== "talk" || !isProse || !hasText) return [];
      part = "plain";
      return held;
    },
    get part() {
      return part;
    },
    get hasText() {
      return hasText || part !== "talk";
    },
    get info() {
      return opening?.info ?? "";
    },
    get hasSeveral() {
      return hasSeveral;
    },
  };
}
