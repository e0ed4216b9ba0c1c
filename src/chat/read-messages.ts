/** The messages of a conversation while its log is read: each is found by its id, so a log takes time by its length alone. */
import type { ConversationMessage } from "../core/conversation.ts";

/** No two have the same id. */
export class ReadMessages {
  /** Undefined where one was taken back. */
  readonly #messages: (ConversationMessage | undefined)[] = [];
  readonly #places = new Map<string, number>();

  get(id: string): ConversationMessage | undefined {
    const place = this.#places.get(id);
    return place === undefined ? undefined : this.#messages[place];
  }

  add(message: ConversationMessage): void {
    this.#places.set(message.id, this.#messages.push(message) - 1);
  }

  /** Puts it in the place of the one of the same id; nothing where there is none. */
  replace(message: ConversationMessage): void {
    const place = this.#places.get(message.id);
    if (place !== undefined) this.#messages[place] = message;
  }

  remove(id: string): void {
    const place = this.#places.get(id);
    if (place === undefined) return;
    this.#messages[place] = undefined;
    this.#places.delete(id);
  }

  /** Takes this one and all after it back; their ids. */
  removeFrom(id: string): string[] {
    const place = this.#places.get(id);
    if (place === undefined) return [];
    const ids = this.#messages.splice(place).flatMap((message) => (message === undefined ? [] : [message.id]));
    for (const each of ids) this.#places.delete(each);
    return ids;
  }

  /** In the order of the log. */
  all(): ConversationMessage[] {
    return this.#messages.filter((message) => message !== undefined);
  }
}
