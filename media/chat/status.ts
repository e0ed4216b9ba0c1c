/** The left end of the line under an answer: waiting or generating with a calm clock, or the word for how it ended. */

import type { ViewMessage } from "../../src/chat/protocol.ts";
import type { ChatTexts } from "../../src/chat/texts.ts";
import { formatElapsed } from "../../src/core/format.ts";
import { element, type IconName, icon } from "../ui/dom.ts";

export interface Status {
  readonly root: HTMLElement;
  update(message: ViewMessage): void;
  dispose(): void;
}

/** Before this long no clock is shown: most answers have begun by then. */
const clockAfter = 1000;

export function createStatus(texts: ChatTexts): Status {
  const root = element("span", { class: "status" });
  const label = element("span", { class: "status-label" });
  const clock = element("span", { class: "status-clock", "aria-hidden": "true" });
  let startedAt = 0;
  let timer: number | undefined;
  /** `elapsed` tells of the first beginning only. */
  let begun = false;

  const tick = () => {
    const elapsed = performance.now() - startedAt;
    clock.textContent = elapsed < clockAfter ? "" : formatElapsed(elapsed);
  };
  const stop = () => {
    window.clearInterval(timer);
    timer = undefined;
  };
  return {
    root,
    update(message) {
      if (message.wait !== undefined) {
        // The wait has a clock of its own; the one for the answer begins when it is asked for.
        stop();
        root.replaceChildren();
        return;
      }
      if (message.state === "streaming") {
        const words = progressWords(message, texts);
        if (label.textContent !== words) label.textContent = words;
        if (timer !== undefined) return;
        startedAt = performance.now() - (begun ? 0 : (message.elapsed ?? 0));
        begun = true;
        root.replaceChildren(
          element("span", { class: "dots", "aria-hidden": "true" }, element("i"), element("i"), element("i")),
          label,
          clock,
        );
        timer = window.setInterval(tick, 1000);
        tick();
        return;
      }
      stop();
      const mark = endMark(message, texts);
      root.replaceChildren(...(mark === undefined ? [] : [icon(mark.icon), element("span", {}, mark.words)]));
    },
    dispose: stop,
  };
}

/** While the model thinks, the block of its thoughts says so, and the clock is enough here. */
function progressWords(message: ViewMessage, texts: ChatTexts): string {
  if (message.text !== "") return texts.generating;
  return message.thinking ? "" : texts.waitingForFirstToken;
}

/** A complete answer needs no mark; one with an error box says it there. */
function endMark(message: ViewMessage, texts: ChatTexts): { icon: IconName; words: string } | undefined {
  if (message.state === "stopped") return { icon: "circle-slash", words: texts.stoppedMark };
  if (message.state === "complete" && message.measures?.finishReason === "length") {
    return { icon: "warning", words: texts.lengthMark };
  }
  if (message.state === "complete" && message.measures?.finishReason === "content-filter") {
    return { icon: "warning", words: texts.filteredMark };
  }
  if (message.error !== undefined) return undefined;
  if (message.state === "incomplete") return { icon: "warning", words: texts.answerIncomplete };
  if (message.state === "failed") return { icon: "error", words: texts.answerFailed };
  return undefined;
}
