/** What an answer waits for before it is asked for: words with a clock that runs down, and a way out of it. */

import type { WaitView } from "../../src/core/error-view.ts";
import { fill, formatElapsed } from "../../src/core/format.ts";
import { element, icon, textButton } from "./dom.ts";

export interface Wait {
  readonly root: HTMLElement;
  /** Undefined when there is nothing to wait for. */
  update(wait: WaitView | undefined): void;
  dispose(): void;
}

export interface WaitOptions {
  cancelWait: string;
  cancel(): void;
  /** The wait is over while its button has the focus. */
  refocus(): void;
}

export function createWait(options: WaitOptions): Wait {
  const words = element("span", { class: "wait-words" });
  const cancel = textButton(options.cancelWait, "secondary", options.cancel);
  cancel.classList.add("small");
  cancel.dataset.testid = "cancel-wait";
  const root = element("div", { class: "wait", "data-testid": "wait" }, icon("watch"), words, cancel);
  let shown: WaitView | undefined;
  let endsAt = 0;
  let timer: number | undefined;

  const tick = () => {
    const left = Math.max(0, endsAt - performance.now());
    words.textContent = waitWords(shown!, left / 1000);
    // Each tick falls on the change of the second that is shown.
    if (left > 0) timer = window.setTimeout(tick, left % 1000 || 1000);
  };
  const stop = () => window.clearTimeout(timer);
  root.hidden = true;
  return {
    root,
    update(wait) {
      if (wait === shown) return;
      shown = wait;
      stop();
      if (wait === undefined) {
        if (root.contains(document.activeElement)) options.refocus();
        root.hidden = true;
        return;
      }
      endsAt = performance.now() + wait.seconds * 1000;
      root.hidden = false;
      tick();
    },
    dispose: stop,
  };
}

export function waitWords({ text }: WaitView, seconds: number): string {
  return fill(text, { time: formatElapsed(Math.ceil(seconds) * 1000) });
}
