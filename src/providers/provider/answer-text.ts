/** Writes an answer's text and thinking as events: never half a character, and thinking tags taken apart. */
import type { StreamEvent } from "../../core/events.ts";
import { ThinkTags } from "./think-tags.ts";

export class AnswerText {
  /** True once anything was written. */
  written = false;
  /** True once a text was written that is more than white space: only then there is an answer. */
  hasText = false;
  /** Goes up with whatever belongs to the answer, so that an end which was announced before it is known to be none. */
  pieces = 0;
  readonly #tags = new ThinkTags();
  /** The first half of a character whose second comes with the next piece. */
  #half = "";

  /** A piece of what the model wrote as its answer, perhaps with thinking at its beginning. */
  content(piece: string, out: StreamEvent[]): void {
    this.pieces++;
    if (this.#tags.passes) {
      this.text(piece, out);
      return;
    }
    const { thinking, text } = this.#tags.push(piece);
    if (thinking !== "") this.thinking(thinking, out);
    if (text !== "") this.text(text, out);
  }

  text(piece: string, out: StreamEvent[]): void {
    this.pieces++;
    let whole = piece;
    if (this.#half !== "") {
      whole = this.#half + piece;
      this.#half = "";
    }
    const last = whole.charCodeAt(whole.length - 1);
    if (last >= 0xd800 && last < 0xdc00) {
      this.#half = whole.slice(-1);
      whole = whole.slice(0, -1);
    }
    if (whole === "") return;
    this.written = true;
    if (!this.hasText && /\S/.test(whole)) this.hasText = true;
    out.push({ type: "text-delta", text: whole });
  }

  thinking(piece: string, out: StreamEvent[]): void {
    this.pieces++;
    this.written = true;
    out.push({ type: "thinking-delta", text: piece });
  }

  /** Nothing more will come: what was held back goes out, but for half a character that an answer was cut off in. */
  close(out: StreamEvent[], broken: boolean): void {
    const held = this.#tags.end();
    if (held.thinking !== "") this.thinking(held.thinking, out);
    if (held.text !== "") this.text(held.text, out);
    if (this.#half === "" || broken) return;
    // Half a character that stayed alone is none; it shows as one that is missing.
    this.#half = "";
    this.text("\ufffd", out);
  }
}
