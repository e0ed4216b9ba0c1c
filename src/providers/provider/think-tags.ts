/** Parts thinking from answer in models that write both into one text, as `<think>…</think>` at its beginning. */

export interface Parted {
  thinking: string;
  text: string;
}

const open = "<think>";
const close = "</think>";

/**
 * Only a tag that opens the whole answer counts, so that one inside prose or a code fence stays text. Up to the first
 * closing tag all is thinking; one that never closes leaves the answer empty.
 */
export class ThinkTags {
  #state: "undecided" | "thinking" | "closed" | "answer" = "undecided";
  /** What may be the beginning of a tag. */
  #held = "";
  /** The white space before the first tag, looked at once only. */
  #blank = "";

  /** True once nothing but answer can follow, so that the caller may pass text by. */
  get passes(): boolean {
    return this.#state === "answer";
  }

  push(piece: string): Parted {
    const parted: Parted = { thinking: "", text: "" };
    let rest = this.#held + piece;
    this.#held = "";
    if (this.#state === "undecided") {
      const trimmed = rest.trimStart();
      this.#blank += rest.slice(0, rest.length - trimmed.length);
      if (trimmed.startsWith(open)) {
        this.#state = "thinking";
        rest = trimmed.slice(open.length);
      } else if (open.startsWith(trimmed)) {
        this.#held = trimmed;
        return parted;
      } else {
        this.#state = "answer";
        rest = this.#blank + trimmed;
      }
      this.#blank = "";
    }
    if (this.#state === "thinking") {
      const end = rest.indexOf(close);
      if (end < 0) {
        const kept = tagBeginning(rest);
        parted.thinking = rest.slice(0, rest.length - kept);
        this.#held = rest.slice(rest.length - kept);
        return parted;
      }
      parted.thinking = rest.slice(0, end);
      rest = rest.slice(end + close.length);
      this.#state = "closed";
    }
    if (this.#state === "closed") {
      // The blank lines between the tag and the answer belong to the template.
      rest = rest.replace(/^\s+/, "");
      if (rest !== "") this.#state = "answer";
    }
    parted.text = rest;
    return parted;
  }

  /** What was held back, when nothing more will come. */
  end(): Parted {
    const held = this.#blank + this.#held;
    this.#blank = "";
    this.#held = "";
    return this.#state === "thinking" ? { thinking: held, text: "" } : { thinking: "", text: held };
  }
}

/** Length of the end of `text` that could be the beginning of a closing tag. */
function tagBeginning(text: string): number {
  for (let length = Math.min(close.length - 1, text.length); length > 0; length--) {
    if (close.startsWith(text.slice(text.length - length))) return length;
  }
  return 0;
}
