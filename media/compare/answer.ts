/** One model's answer of one round: Markdown that grows, what went wrong, and the button that takes it into the chat. */
import type { CompareResult, CompareRun } from "../../src/compare/protocol.ts";
import { codeTextOf } from "../markdown/renderer.ts";
import { confirmPress, element, type IconName, icon, setIcon, textButton } from "../ui/dom.ts";
import { createErrorBox } from "../ui/error.ts";
import { createProse } from "../ui/prose.ts";
import { createWait } from "../ui/wait.ts";
import type { ResultContext } from "./context.ts";
import { post } from "./host.ts";

export interface AnswerView {
  readonly root: HTMLElement;
  append(text: string): void;
  /** The run's state, or that of the comparison, changed. */
  update(): void;
  dispose(): void;
}

const stateIcons: Record<Exclude<CompareRun["state"], "planned">, IconName> = {
  "left-out": "circle-slash",
  streaming: "watch",
  complete: "check",
  stopped: "stop-circle",
  failed: "error",
  incomplete: "warning",
};

export function createAnswer(
  result: CompareResult,
  place: number,
  round: number,
  { texts, locale, announce }: ResultContext,
): AnswerView {
  const run = (): CompareRun => result.runs[place]![round]!;
  const model = result.models[place]!;
  const mark = icon("watch");
  const words = element("span");
  const prose = createProse({ texts, locale }, "compare-answer-text");
  const problem = element("div");
  const wait = createWait({
    cancelWait: texts.stop,
    cancel: () => post({ type: "stop" }),
    refocus: () => root.focus(),
  });
  const keep = textButton(texts.keep, "secondary", () => post({ type: "keep", place, round }));
  keep.title = texts.keepHint;
  keep.classList.add("small");
  keep.dataset.testid = "compare-keep";
  const root = element(
    "article",
    { class: "answer", tabindex: "-1", "aria-label": model.label, "data-testid": "compare-answer" },
    element(
      "header",
      {},
      element("h3", { title: model.target }, model.label),
      element("span", { class: "state" }, mark, words),
    ),
    wait.root,
    prose.root,
    problem,
    element("footer", {}, keep),
  );
  let finished = false;
  let shownError: CompareRun["error"];

  prose.root.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest("button") : null;
    if (button?.dataset.testid === "copy-code") {
      post({ type: "copy-text", text: codeTextOf(button).text });
      confirmPress(button, texts.copied);
      announce(texts.copied);
    } else if (button?.dataset.testid === "new-file") post({ type: "new-file", ...codeTextOf(button) });
  });

  function update(): void {
    const { state, error, wait: waits } = run();
    root.dataset.state = state;
    root.setAttribute("aria-busy", String(state === "streaming"));
    mark.hidden = state === "planned";
    if (state !== "planned") setIcon(mark, stateIcons[state]);
    words.textContent = texts.states[state];
    wait.update(waits);
    keep.hidden = run().text === "" || state === "streaming";
    if (error !== shownError) {
      shownError = error;
      const press = (action: string) => post({ type: "error-action", place, action });
      problem.replaceChildren(
        ...(error === undefined ? [] : [createErrorBox(error, { showDetails: texts.showDetails, press })]),
      );
    }
    if (finished || state === "planned" || state === "streaming") return;
    finished = true;
    prose.finish();
  }
  prose.append(run().text);
  update();

  return {
    root,
    append: prose.append,
    update,
    dispose() {
      wait.dispose();
      prose.dispose();
    },
  };
}
