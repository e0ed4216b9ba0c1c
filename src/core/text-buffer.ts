/** A text that grows by small pieces: joined in blocks, because V8 keeps each piece of a sum apart until it is read. */

const BLOCK = 512;

export class TextBuffer {
  #blocks = "";
  #tail = "";
  #pieces = 0;

  add(piece: string): void {
    this.#tail += piece;
    if (++this.#pieces < BLOCK) return;
    // Looking at a character makes one string of the pieces; each of them takes 32 bytes until then.
    this.#tail.charCodeAt(0);
    this.#blocks += this.#tail;
    this.#tail = "";
    this.#pieces = 0;
  }

  get isEmpty(): boolean {
    return this.#blocks === "" && this.#tail === "";
  }

  toString(): string {
    return this.#blocks + this.#tail;
  }
}
