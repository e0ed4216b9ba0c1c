/** Keeps the end of the transcript in sight while the reader is there, and lets go the moment they scroll up. */
import type { ReadingPosition } from "./host.ts";

export interface Scroll {
  /** Goes to the end and stays there while the content grows. */
  follow(): void;
  readonly following: boolean;
  /** Brings back what the reader was looking at; the end when that is gone. */
  restore(position: ReadingPosition | undefined): void;
}

export interface ScrollParts {
  scroller: HTMLElement;
  /** What grows; its children carry `data-id`. */
  content: HTMLElement;
  toEnd: HTMLButtonElement;
  /** The reader has come to rest; no position means at the end. */
  rested(position: ReadingPosition | undefined): void;
}

/** Closer than this to the end is at the end: zoom levels leave fractions of a pixel. */
const atEnd = 4;
/** So far from the end a button back is worth its place. */
const farFromEnd = 48;
/** After a hand on the wheel or the keys, nothing else moves the page until it is clear where the reader goes. */
const handTime = 150;
const restTime = 200;

export function createScroll({ scroller, content, toEnd, rested }: ScrollParts): Scroll {
  let following = true;
  let lastTop = 0;
  let handUntil = 0;
  let restTimer: number | undefined;

  const distance = () => scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
  const pin = () => {
    if (following && performance.now() >= handUntil) {
      scroller.scrollTop = scroller.scrollHeight;
      // The scroll event comes a frame later, when the content may have grown again: that is nobody letting go.
      lastTop = scroller.scrollTop;
    }
    showButton();
  };
  const showButton = () => {
    toEnd.classList.toggle("shown", !following && distance() > farFromEnd);
  };
  const hand = () => {
    handUntil = performance.now() + handTime;
    window.setTimeout(pin, handTime + 1);
  };
  /** While text is being selected the page stays still under it. */
  const hold = () => {
    handUntil = Number.POSITIVE_INFINITY;
    const ends = ["pointerup", "pointercancel", "blur"];
    const release = () => {
      for (const end of ends) window.removeEventListener(end, release);
      hand();
    };
    for (const end of ends) window.addEventListener(end, release);
  };
  const follow = () => {
    following = true;
    handUntil = 0;
    pin();
  };

  scroller.addEventListener(
    "scroll",
    () => {
      const { scrollTop } = scroller;
      const left = distance();
      // Going up is letting go, unless the page got shorter and merely clamped the position.
      if (scrollTop < lastTop && left > atEnd) following = false;
      else if (left <= atEnd) following = true;
      lastTop = scrollTop;
      showButton();
      window.clearTimeout(restTimer);
      restTimer = window.setTimeout(() => rested(following ? undefined : topMessage(scroller, content)), restTime);
    },
    { passive: true },
  );
  scroller.addEventListener(
    "wheel",
    (event) => {
      if (event.deltaY < 0) hand();
    },
    { passive: true },
  );
  scroller.addEventListener("touchmove", hand, { passive: true });
  scroller.addEventListener("pointerdown", (event) => {
    // The end of a press on the scrollbar is not told.
    if (event.target === scroller) hand();
    else if (event.pointerType === "mouse" && event.button === 0) hold();
  });
  scroller.addEventListener("keydown", (event) => {
    // Where a question is edited the keys move the cursor.
    if (event.target instanceof HTMLTextAreaElement) return;
    if (["PageUp", "ArrowUp", "Home"].includes(event.key)) hand();
    // A smooth way down ends where the end was when the key was hit; the answer has grown since.
    else if (event.key === "End") follow();
  });
  toEnd.addEventListener("click", () => {
    follow();
    scroller.focus({ preventScroll: true });
  });
  // Runs after layout and before paint, so following costs no layout of its own and is never a frame behind.
  const observer = new ResizeObserver(pin);
  observer.observe(content);
  observer.observe(scroller);

  return {
    follow,
    get following() {
      return following;
    },
    restore(position) {
      const item = position && content.querySelector<HTMLElement>(`:scope > [data-id="${CSS.escape(position.id)}"]`);
      if (position === undefined || !item) {
        follow();
        return;
      }
      following = false;
      scroller.scrollTop += item.getBoundingClientRect().top - scroller.getBoundingClientRect().top - position.offset;
    },
  };
}

/** The first message that reaches into view. */
function topMessage(scroller: HTMLElement, content: HTMLElement): ReadingPosition | undefined {
  const top = scroller.getBoundingClientRect().top;
  const items = content.children;
  let low = 0;
  let high = items.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (items[middle]!.getBoundingClientRect().bottom > top) high = middle;
    else low = middle + 1;
  }
  const item = items[low];
  if (!(item instanceof HTMLElement) || item.dataset.id === undefined) return undefined;
  return { id: item.dataset.id, offset: item.getBoundingClientRect().top - top };
}
