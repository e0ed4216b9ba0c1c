/** What the model thought before it answered: open while it thinks, folded when the answer begins, rendered when looked at. */

import type { ViewMessage } from "../../src/chat/protocol.ts";
import { fill, formatDuration } from "../../src/core/format.ts";
import { element, icon } from "../ui/dom.ts";
import { createProse, type Prose } from "../ui/prose.ts";
import type { Chat } from "./chat.ts";

export interface Thinking {
  readonly root: HTMLElement;
  append(text: string): void;
  /** Follows the state of the message: whether it still thinks, and how long it took. */
  update(message: ViewMessage): void;
  dispose(): void;
}

export function createThinking(chat: Chat): Thinking {
  const { texts } = chat;
  const label = element("span", { class: "thinking-label" });
  const body = element("div", { class: "thinking-body" });
  const root = element(
    "details",
    { class: "thinking", "data-testid": "thinking" },
    element("summary", {}, icon("chevron-right"), label),
    body,
  );
  let text = "";
  let prose: Prose | undefined;
  let finished = false;
  let touched = false;
  let startedAt: number | undefined;
  let took: number | undefined;

  const render = () => {
    if (prose !== undefined || text === "") return;
    prose = createProse(chat);
    body.replaceChildren(prose.root);
    prose.append(text);
    if (finished) prose.finish();
  };
  // A press on the summary is the reader's own choice; the `toggle` event cannot tell it from ours.
  root.firstElementChild!.addEventListener("click", () => {
    touched = true;
    render();
  });

  return {
    root,
    append(added) {
      text += added;
      if (finished) {
        // An answer that goes on may think again, and a finished renderer takes nothing more.
        finished = false;
        prose?.dispose();
        prose = undefined;
      }
      if (prose !== undefined) prose.append(added);
      else if (root.open) render();
    },
    update(message) {
      const active = message.state === "streaming" && message.text === "";
      if (active) startedAt ??= performance.now();
      else if (startedAt !== undefined) took ??= performance.now() - startedAt;
      const known = measured(message) ?? took;
      root.toggleAttribute("data-active", active);
      label.textContent = active
        ? texts.thinkingInProgress
        : known === undefined
          ? texts.thinking
          : fill(texts.thoughtFor, { time: formatDuration(known) });
      if (!touched && root.open !== active) {
        root.open = active;
        if (active) render();
      }
      if (message.state === "streaming" || finished) return;
      finished = true;
      prose?.finish();
    },
    dispose: () => prose?.dispose(),
  };
}

function measured(message: ViewMessage): number | undefined {
  const { ttft, firstContent } = message.measures?.timings ?? {};
  if (ttft === undefined || firstContent === undefined || firstContent <= ttft) return undefined;
  return firstContent - ttft;
}
