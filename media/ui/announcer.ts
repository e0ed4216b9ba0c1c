/** The one live region of the page: what is said here is read aloud, once. */
import { element } from "../ui/dom.ts";

export interface Announcer {
  readonly root: HTMLElement;
  say(text: string): void;
}

export function createAnnouncer(): Announcer {
  const root = element("div", {
    class: "visually-hidden",
    role: "status",
    "aria-live": "polite",
    "data-testid": "announcer",
  });
  return {
    root,
    say(text) {
      // The same words twice are no change to a screen reader, so the second time they come with a mark it does not read.
      root.textContent = root.textContent === text ? `${text}\u00a0` : text;
    },
  };
}
