/** What the person does with the report: choose the period, export, import. */

import type { FromUsage, UsageTexts } from "../../src/money/usage-protocol.ts";
import { type DayRange, rangeNames } from "../../src/money/usage-protocol.ts";
import { element, textButton } from "../ui/dom.ts";

export interface Toolbar {
  root: HTMLElement;
  show(range: DayRange): void;
}

export function createToolbar(texts: UsageTexts, post: (message: FromUsage) => void): Toolbar {
  const choice = element(
    "select",
    { "data-testid": "usage-range" },
    ...rangeNames.map((name) => element("option", { value: name }, texts.ranges[name])),
  );
  const from = element("input", { type: "date", "data-testid": "usage-from" });
  const to = element("input", { type: "date", "data-testid": "usage-to" });
  const dates = element(
    "span",
    { class: "dates" },
    element("label", {}, texts.from, " ", from),
    element("label", {}, texts.to, " ", to),
  );
  const tell = () => post({ type: "choose-range", name: choice.value, from: from.value, to: to.value });
  for (const control of [choice, from, to]) control.addEventListener("change", tell);
  const exporting = (label: string, format: string) =>
    textButton(label, "secondary", () => post({ type: "export", format }));

  return {
    root: element(
      "div",
      { class: "toolbar" },
      element("label", {}, texts.range, " ", choice),
      dates,
      element(
        "span",
        { class: "button-row files" },
        exporting(texts.exportCsv, "csv"),
        exporting(texts.exportJson, "json"),
        textButton(texts.importUsage, "secondary", () => post({ type: "import" })),
      ),
    ),
    show(range) {
      choice.value = range.name;
      dates.hidden = range.name !== "custom";
      // What is being typed is not taken away.
      if (document.activeElement !== from) from.value = range.from ?? "";
      if (document.activeElement !== to) to.value = range.to ?? "";
    },
  };
}
