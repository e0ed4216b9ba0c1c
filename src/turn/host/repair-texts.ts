/** What a person reads about a request that the server refused and that was sent again in another form. */
import { l10n } from "vscode";
import { assertNever } from "../../core/never.ts";
import { type RepairKind, repairKinds } from "../repair-kinds.ts";

/** `detail` of the notice `repaired`. */
export function repairText(detail: string): string {
  return repairKinds(detail).map(textOf).join(" ");
}

function textOf(repair: RepairKind): string {
  switch (repair.kind) {
    case "temperature":
      return l10n.t("The server rejected the temperature. The request was sent again without it.");
    case "effort":
      return l10n.t("The server rejected the thinking level. The request was sent again with “{0}”.", repair.level);
    case "no-effort":
      return l10n.t("The server rejected the thinking level. The request was sent again without it.");
    case "tools":
      return l10n.t("The server rejected tools. The request was sent again without them.");
    case "output-limit":
      return l10n.t("The server rejected the output limit. The request was sent again with another one.");
    case "system":
      return l10n.t("The server rejected the system prompt. It was sent again as part of the first message.");
    case "form":
      return l10n.t("The server rejected a detail of the request. It was sent again in another form.");
    default:
      return assertNever(repair);
  }
}
