/** What an empty chat offers: a way to a first model, or a few questions to begin with. */

import { fill } from "../../src/core/format.ts";
import type { FoundServer } from "../../src/core/model-choice.ts";
import { element, icon, textButton } from "../ui/dom.ts";
import type { Chat } from "./chat.ts";

export interface EmptyState {
  readonly root: HTMLElement;
  update(): void;
}

export function createEmptyState(chat: Chat, tryExample: (text: string) => void): EmptyState {
  const root = element("div", { class: "empty" });
  let shown: string | undefined;
  return {
    root,
    update() {
      const { messages, providerCount, found } = chat.state;
      // A note about what could not be read is no conversation.
      root.hidden = messages.some(({ role }) => role !== "other");
      const wanted = JSON.stringify([providerCount > 0, found]);
      if (root.hidden || wanted === shown) return;
      shown = wanted;
      const focused = root.contains(document.activeElement);
      root.replaceChildren(
        element("h2", {}, chat.texts.emptyTitle),
        ...(providerCount > 0 ? examples(chat, tryExample) : firstModel(chat, found)),
      );
      if (focused) root.querySelector<HTMLElement>("button")?.focus();
    },
  };
}

function examples(chat: Chat, tryExample: (text: string) => void): HTMLElement[] {
  const { texts } = chat;
  return [
    element("p", {}, texts.emptyBody),
    element(
      "div",
      { class: "examples" },
      ...[texts.exampleExplain, texts.exampleReview, texts.exampleWrite].map((example) => {
        const button = element("button", { type: "button", class: "example", "data-testid": "example" }, example);
        button.addEventListener("click", () => tryExample(example));
        return button;
      }),
    ),
  ];
}

function firstModel(chat: Chat, found: FoundServer[]): HTMLElement[] {
  const { texts } = chat;
  const servers = found.filter(({ models }) => models.length > 0);
  const add = textButton(texts.addProvider, servers.length === 0 ? "primary" : "secondary", () =>
    chat.post({ type: "add-provider" }),
  );
  add.dataset.testid = "add-provider";
  const list =
    servers.length > 0 &&
    element(
      "section",
      { class: "servers", "aria-label": texts.foundHeading },
      element("h3", {}, texts.foundHeading),
      ...servers.map((server) => createServer(chat, server)),
    );
  return [
    element("p", {}, texts.emptyNoProvider),
    ...(list === false ? [] : [list]),
    element("div", { class: "button-row" }, add),
  ];
}

function createServer(chat: Chat, { preset, name, models, more = 0 }: FoundServer): HTMLElement {
  const { texts } = chat;
  const choice =
    models.length > 1 &&
    element(
      "select",
      { "aria-label": texts.modelPicker },
      ...models.map((model) => element("option", { value: model }, model)),
      more > 0 && element("option", { disabled: "" }, `+ ${more}`),
    );
  const use = textButton(fill(texts.useFoundServer, { name }), "primary", () =>
    chat.post({ type: "use-found-server", preset, model: choice === false ? models[0]! : choice.value }),
  );
  use.dataset.testid = "use-found-server";
  return element(
    "div",
    { class: "server" },
    icon("server"),
    element(
      "div",
      { class: "server-name" },
      element("strong", {}, name),
      element(
        "span",
        {},
        models.length === 1 ? models[0] : fill(texts.foundServerModels, { count: models.length + more }),
      ),
    ),
    choice,
    use,
  );
}
