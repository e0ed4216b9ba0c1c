/** The comparison's page as a whole: what is asked of whom, the table, the answers next to each other. */
import type { CompareResult, ToCompare } from "../../src/compare/protocol.ts";
import { createAnnouncer } from "../ui/announcer.ts";
import { element } from "../ui/dom.ts";
import { isComposing } from "../ui/text-input.ts";
import { createForm } from "./form.ts";
import { post } from "./host.ts";
import { createResult, type ResultView } from "./result.ts";

export interface Page {
  readonly root: HTMLElement;
  apply(message: ToCompare): void;
}

export function createPage({ form, result: first, texts, locale }: Extract<ToCompare, { type: "snapshot" }>): Page {
  const announcer = createAnnouncer();
  const setup = createForm(form, texts);
  const place = element("div", { class: "result" });
  const root = element(
    "main",
    { class: "page compare", "data-testid": "compare" },
    element("h1", {}, texts.title),
    element("p", { class: "intro" }, texts.intro),
    setup.root,
    place,
    announcer.root,
  );
  let result: CompareResult | undefined;
  let view: ResultView | undefined;

  function show(next: CompareResult): void {
    result = next;
    view?.dispose();
    view = createResult(next, { texts, locale, announce: announcer.say });
    place.replaceChildren(view.root);
    setup.showRunning(next.running);
  }
  if (first !== undefined) show(first);

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || isComposing(event) || !result?.running) return;
    event.preventDefault();
    post({ type: "stop" });
  });

  return {
    root,
    apply(message) {
      switch (message.type) {
        case "snapshot":
          setup.update(message.form);
          if (message.result) show(message.result);
          break;
        case "form-changed":
          setup.update(message.form);
          break;
        case "result-began":
          show(message.result);
          view?.reveal();
          announcer.say(texts.began);
          break;
        case "result-changed":
          if (result === undefined) break;
          if (result.running && !message.change.running) announcer.say(`${texts.ended} ${message.change.progress}`);
          Object.assign(result, message.change);
          setup.showRunning(result.running);
          view?.update();
          break;
        case "run-changed": {
          const row = result?.runs[message.place];
          const run = row?.[message.round];
          if (!row || !run) break;
          row[message.round] = { ...message.run, text: run.text };
          view?.updateRun(message.place, message.round);
          break;
        }
        case "delta": {
          const run = result?.runs[message.place]?.[message.round];
          if (!run) break;
          run.text += message.text;
          view?.append(message.place, message.round, message.text);
          break;
        }
        default:
          message satisfies never;
      }
    },
  };
}
