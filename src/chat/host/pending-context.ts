/** The pieces of files that the next question takes along. */
import type { Attachment } from "../../core/conversation.ts";

/** An attachment as the webview needs it: where it is, not what it says. */
export type AttachmentPlace = Omit<Attachment, "text">;

export class PendingContext {
  #attachments: Attachment[] = [];
  readonly #onChange: (places: AttachmentPlace[]) => void;

  constructor(onChange: (places: AttachmentPlace[]) => void) {
    this.#onChange = onChange;
  }

  get places(): AttachmentPlace[] {
    return this.#attachments.map(({ text: _text, ...place }) => place);
  }

  /** The same place counts once, as it is now. */
  add(attachment: Attachment): void {
    const { label, path } = attachment;
    const others = this.#attachments.filter((each) => each.label !== label || each.path !== path);
    this.#set([...others, attachment]);
  }

  remove(index: number): void {
    this.#set(this.#attachments.filter((_, at) => at !== index));
  }

  clear(): void {
    this.#attachments = [];
  }

  /** What is to go with a question, and then no longer waits; nothing at all where there is nothing. */
  take(): { attachments?: Attachment[] } {
    const attachments = this.#attachments;
    if (attachments.length === 0) return {};
    this.#set([]);
    return { attachments };
  }

  #set(attachments: Attachment[]): void {
    this.#attachments = attachments;
    this.#onChange(this.places);
  }
}
