/** The page as a whole: puts its parts together and brings them in step with each message of the host. */
import type { ToWebview, ViewMessage } from "../../src/chat/protocol.ts";
import { createAnnouncer } from "../ui/announcer.ts";
import { element, iconButton } from "../ui/dom.ts";
import { isComposing } from "../ui/text-input.ts";
import { waitWords } from "../ui/wait.ts";
import type { Chat } from "./chat.ts";
import { answerCodeButtons } from "./code-actions.ts";
import { createComposer } from "./composer.ts";
import { createDeltaQueue } from "./delta-queue.ts";
import { createEmptyState } from "./empty.ts";
import { endingWords } from "./ending-words.ts";
import { recall, remember } from "./host.ts";
import { createScroll } from "./scroll.ts";
import { createTranscript } from "./transcript.ts";

export interface Page {
  readonly root: HTMLElement;
  /** Shows what `message` changed; the chat's state is already the new one. */
  apply(message: ToWebview): void;
  announce(text: string): void;
  focusComposer(): void;
}

export function createPage(chat: Chat): Page {
  const { texts } = chat;
  const announcer = createAnnouncer();
  const transcript = createTranscript(chat);
  const composer = createComposer(chat, { sent: () => scroll.follow(), editLast: () => transcript.editLast() });
  const empty = createEmptyState(chat, (text) => composer.fill(text));
  const scroller = element(
    "div",
    {
      class: "scroller",
      tabindex: "0",
      role: "region",
      "aria-label": texts.transcriptLabel,
      "data-testid": "transcript",
    },
    empty.root,
    transcript.root,
  );
  const toEnd = iconButton({ icon: "arrow-down", label: texts.scrollToEnd, testId: "scroll-to-end", press() {} });
  toEnd.classList.add("to-end");
  const root = element(
    "main",
    { class: "chat" },
    element("div", { class: "reading" }, scroller, toEnd),
    composer.root,
    announcer.root,
  );
  const scroll = createScroll({
    scroller,
    content: transcript.root,
    toEnd,
    rested: (reading) => remember({ conversationId: chat.state.conversationId, reading }),
  });
  const queue = createDeltaQueue(transcript.append);
  let announced: string | undefined;
  let waitAnnounced: string | undefined;
  let conversationId: string | undefined;

  const find = (id: string): ViewMessage | undefined => chat.state.messages.findLast((message) => message.id === id);
  const updateFound = (id: string) => {
    const message = find(id);
    if (message !== undefined) {
      transcript.update(message);
      announceState(message);
      announceWait(message);
    }
  };

  /** Each state of an answer is said once, however often it is told. */
  function announceState(message: ViewMessage): void {
    const next = `${message.id} ${message.state} ${message.seams?.length ?? 0}`;
    if (message.role !== "assistant" || next === announced) return;
    announced = next;
    announcer.say(endingWords(message, texts));
  }

  /** Once, not each second. */
  function announceWait({ id, wait }: ViewMessage): void {
    const next = wait && `${id} ${wait.text}`;
    if (next !== undefined && next !== waitAnnounced) announcer.say(waitWords(wait!, wait!.seconds));
    waitAnnounced = next;
  }

  function showAround(): void {
    root.toggleAttribute("data-busy", chat.busy);
    composer.update();
    empty.update();
  }

  function showSnapshot(): void {
    document.documentElement.lang = chat.locale;
    transcript.sync(chat.state.messages);
    const last = chat.state.messages.at(-1);
    // What streams, or did until the gap, is told of; an old conversation that is opened is not.
    if (last !== undefined && (last.state === "streaming" || announced?.startsWith(`${last.id} `))) announceState(last);
    if (chat.state.conversationId === conversationId) return;
    conversationId = chat.state.conversationId;
    const saved = recall();
    const reading = saved.conversationId === conversationId ? saved.reading : undefined;
    // The page may not be in the document yet, and nothing has a place before it is.
    queueMicrotask(() => scroll.restore(reading));
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || isComposing(event) || !chat.busy) return;
    event.preventDefault();
    chat.post({ type: "stop" });
  });
  answerCodeButtons(transcript.root, chat);

  return {
    root,
    apply(message) {
      if (message.type === "delta") {
        const changed = find(message.id);
        if (changed !== undefined) queue.push(message, changed);
        return;
      }
      queue.flush();
      switch (message.type) {
        case "snapshot":
          showSnapshot();
          break;
        case "message-added":
          transcript.add(message.message);
          announceState(message.message);
          if (message.message.role === "user") scroll.follow();
          break;
        case "message-ended":
        case "message-changed":
          updateFound(message.id);
          break;
        case "messages-removed":
          transcript.removeFrom(message.fromId);
          break;
        case "setup-changed":
        case "pending-changed":
          break;
        case "focus-composer":
          composer.focus();
          break;
        default:
          message satisfies never;
      }
      showAround();
    },
    announce: announcer.say,
    focusComposer: composer.focus,
  };
}
