/** The list of messages: follows the host's messages one by one, and makes long conversations ready a little at a time. */
import type { ViewMessage } from "../../src/chat/protocol.ts";
import { element } from "../ui/dom.ts";
import { createAssistantMessage } from "./assistant-message.ts";
import type { Chat } from "./chat.ts";
import type { MessageElement } from "./message.ts";
import { createOtherMessage } from "./other-message.ts";
import { createUserMessage } from "./user-message.ts";

export interface Transcript {
  readonly root: HTMLElement;
  /** Makes the page show exactly these messages, keeping what already does. */
  sync(messages: ViewMessage[]): void;
  add(message: ViewMessage): void;
  append(delta: { text: string; thinking: string }, message: ViewMessage): void;
  update(message: ViewMessage): void;
  removeFrom(id: string): void;
  editLast(): void;
}

/** So many of the newest messages are rendered at once; the others follow, newest first. */
const renderedAtOnce = 8;
/** Milliseconds of rendering per frame. */
const slice = 8;

export function createTranscript(chat: Chat): Transcript {
  const root = element("ol", { class: "transcript", role: "list" });
  const elements = new Map<string, MessageElement>();
  let unfilled: MessageElement[] = [];

  const create = (message: ViewMessage) => {
    const made = creatorOf(message)(chat, message);
    elements.set(message.id, made);
    root.append(made.root);
    return made;
  };
  const remove = (id: string, gone: MessageElement) => {
    const focused = gone.root.contains(document.activeElement);
    gone.dispose();
    gone.root.remove();
    elements.delete(id);
    if (focused) chat.focusComposer();
  };
  const removeAfter = (isKept: (id: string) => boolean) => {
    let removing = false;
    for (const [id, item] of [...elements]) {
      removing ||= !isKept(id);
      if (removing) remove(id, item);
    }
  };
  const fillSome = () => {
    const until = performance.now() + slice;
    while (unfilled.length > 0 && performance.now() < until) unfilled.pop()!.fill();
    if (unfilled.length > 0) requestAnimationFrame(fillSome);
  };

  return {
    root,
    sync(messages) {
      let kept = 0;
      for (const id of elements.keys()) {
        const message = messages[kept];
        const shown = elements.get(id)!.shown;
        if (message?.id !== id || !grewFrom(shown, message)) break;
        kept += 1;
      }
      const keep = new Set(messages.slice(0, kept).map(({ id }) => id));
      removeAfter((id) => keep.has(id));
      for (const message of messages.slice(0, kept)) catchUp(elements.get(message.id)!, message);
      const added = messages.slice(kept).map(create);
      for (const item of added.slice(-renderedAtOnce)) item.fill();
      unfilled = [...unfilled, ...added.slice(0, -renderedAtOnce)].filter(
        (item) => elements.get(item.shown.id) === item,
      );
      if (unfilled.length > 0) requestAnimationFrame(fillSome);
    },
    add(message) {
      create(message).fill();
    },
    append(delta, message) {
      elements.get(message.id)?.append(delta, message);
    },
    update(message) {
      elements.get(message.id)?.update(message);
    },
    removeFrom(id) {
      removeAfter((other) => other !== id);
    },
    editLast() {
      const last = [...elements.values()].findLast((item) => item.edit !== undefined);
      last?.edit?.();
      last?.root.scrollIntoView({ block: "nearest" });
    },
  };
}

function creatorOf({ role }: ViewMessage): (chat: Chat, message: ViewMessage) => MessageElement {
  switch (role) {
    case "user":
      return createUserMessage;
    case "assistant":
      return createAssistantMessage;
    default:
      return createOtherMessage;
  }
}

/** True when `next` only adds to what is shown, so that nothing of it has to be rendered again. */
function grewFrom(shown: ViewMessage, next: ViewMessage): boolean {
  return (
    shown.role === next.role &&
    next.text.startsWith(shown.text) &&
    (next.thinking ?? "").startsWith(shown.thinking ?? "") &&
    (shown.role !== "user" || next.text === shown.text) &&
    (shown.seams?.length ?? 0) === (next.seams?.length ?? 0)
  );
}

function catchUp(item: MessageElement, next: ViewMessage): void {
  const { shown } = item;
  const text = next.text.slice(shown.text.length);
  const thinking = (next.thinking ?? "").slice((shown.thinking ?? "").length);
  // A closed answer takes no more text, so it is opened first, as for an answer that goes on.
  if (text !== "" && shown.state !== "streaming") item.update({ ...shown, state: "streaming" });
  if (text !== "" || thinking !== "") item.append({ text, thinking }, { ...next, state: "streaming" });
  item.update(next);
}
