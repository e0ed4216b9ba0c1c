/** Where prices come from, in the user's words. */
import { l10n } from "vscode";
import type { Cost } from "../../core/usage.ts";
import type { PriceTable } from "../price-types.ts";

/** `problem`: why there are no newer ones, in English. */
export function pricesText({ source, generatedAt }: PriceTable, problem: string | undefined): string {
  const from = l10n.t("List prices are those of {0}, as of {1}.", source, generatedAt);
  return problem === undefined ? from : `${from} ${l10n.t("Could not fetch newer prices: {0}", problem)}`;
}

/** Behind a cost. */
export function priceOriginText(cost: Cost | undefined): string {
  if (cost === undefined) return l10n.t("unknown: set a price for this model in runnel.providers");
  if (cost.source === "reported") return l10n.t("the server's own figure");
  const [origin, date] = (cost.priceOrigin ?? "").split(" ");
  switch (origin) {
    case "own":
      return l10n.t("your settings");
    case "endpoint":
      return l10n.t("the provider's model list");
    case "local":
      return l10n.t("your own machine, which charges nothing");
    case "vendor":
      return l10n.t("the maker's price, checked {0}", date ?? "");
    default:
      return l10n.t("the maker's list price, checked {0}; this gateway's may differ", date ?? "");
  }
}
