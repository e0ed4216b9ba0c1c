/** Bars of what was spent by day or month: drawn for the eye, told in a sentence to a screen reader. */

import { fill, formatAmount, formatTokens } from "../../src/core/format.ts";
import type { UsageChart, UsageTexts } from "../../src/money/usage-protocol.ts";
import { element, setAttributes } from "../ui/dom.ts";
import { dateText } from "./figures.ts";

/** One bar is so wide, and the highest so high; the picture is stretched to its place. */
const WIDE = 10;
const HIGH = 100;
/** What is not nothing is seen. */
const LEAST = 1;

export function charts({ names, unit, series }: UsageChart, texts: UsageTexts, locale: string): HTMLElement[] {
  return series.map(({ currency, values }) => {
    const valueText = (value: number) => (currency === undefined ? formatTokens(value) : formatAmount(value, currency));
    const most = Math.max(...values);
    const measure = currency ?? texts.tokens;
    const label = fill(unit === "day" ? texts.chartByDay : texts.chartByMonth, {
      measure,
      count: names.length,
      most: valueText(most),
      when: dateText(names[values.indexOf(most)]!, locale),
    });
    const bars = values.map((value, index) =>
      bar(index, most === 0 ? 0 : value / most, `${dateText(names[index]!, locale)}: ${valueText(value)}`),
    );
    const picture = drawn("svg", {
      ...{ class: "bars", role: "img", "aria-label": label, preserveAspectRatio: "none" },
      viewBox: `0 0 ${names.length * WIDE} ${HIGH}`,
    });
    picture.append(...bars);
    const first = dateText(names[0]!, locale);
    const last = dateText(names.at(-1)!, locale);
    return element(
      "figure",
      { class: "chart", "data-testid": "usage-chart", "data-measure": currency ?? "tokens" },
      element("figcaption", {}, element("span", {}, measure), element("span", { class: "most" }, valueText(most))),
      picture,
      // The sentence says it all.
      element("div", { class: "axis", "aria-hidden": "true" }, element("span", {}, first), element("span", {}, last)),
    );
  });
}

/** With a tooltip over its whole column, because a low bar is hard to point at. */
function bar(index: number, share: number, text: string): SVGElement {
  const height = share === 0 ? 0 : Math.max(LEAST, share * HIGH);
  const group = drawn("g", {});
  const title = drawn("title", {});
  title.textContent = text;
  const x = index * WIDE;
  group.append(
    title,
    drawn("rect", { class: "column", ...box(x, 0, WIDE, HIGH) }),
    drawn("rect", { class: "bar", ...box(x + 1, HIGH - height, WIDE - 2, height) }),
  );
  return group;
}

function box(x: number, y: number, width: number, height: number): Record<string, string> {
  return { x: String(x), y: String(y), width: String(width), height: String(height) };
}

/** A bar that is filled as far as a limit is used. */
export function limitBar(share: number, label: string): HTMLElement {
  const picture = drawn("svg", {
    class: "limit",
    preserveAspectRatio: "none",
    viewBox: "0 0 100 1",
    "aria-hidden": "true",
  });
  const level = share >= 1 ? "over" : share >= 0.8 ? "near" : "under";
  picture.append(drawn("rect", { class: `used ${level}`, ...box(0, 0, Math.min(100, share * 100), 1) }));
  const percent = Math.round(share * 100);
  return element(
    "div",
    {
      ...{ class: "limit-frame", role: "meter", "aria-valuemin": "0", "aria-valuemax": "100" },
      "aria-valuenow": String(Math.min(100, percent)),
      "aria-valuetext": label,
      "aria-label": label,
    },
    picture,
  );
}

function drawn(name: string, attributes: Record<string, string>): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  setAttributes(made, attributes);
  return made;
}
