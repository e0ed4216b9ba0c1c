/** `runnel.selectModel`: one list of every model of every provider. */
import * as vscode from "vscode";
import { AssistantError, plainError } from "../../core/errors.ts";
import { formatAmount, formatSize, formatTokens } from "../../core/format.ts";
import { createSlices } from "../../core/slices.ts";
import { formatTarget, parseTarget, type Target } from "../../core/target.ts";
import { showError } from "../../editor/surfaces/messages.ts";
import { Pick, type PickItem } from "../../editor/surfaces/picks.ts";
import type { PriceTable } from "../../money/price-types.ts";
import { findPrice } from "../../money/prices.ts";
import type { ModelInfo, ProviderConfig } from "../../providers/provider/provider.ts";
import { errorSentence } from "../../turn/host/error-texts.ts";
import { countModels, type FoundModels, findModels, type ModelGroup, mergeModels } from "../model-search.ts";
import type { Models } from "./models.ts";

const { l10n } = vscode;

type Item = PickItem & ({ target: Target } | { custom: string } | { add: true } | { separator: true });

/** Picks and keeps the chat model, or takes "provider/model". */
export async function selectModel(models: Models, argument?: unknown): Promise<void> {
  if (typeof argument === "string") {
    const target = parseTarget(argument);
    if (target && models.config(target.provider)) await models.choose(target);
    else void showError(l10n.t("There is no model “{0}”. Use the form provider/model.", argument));
    return;
  }
  if (models.settings.providers.length === 0) {
    await vscode.commands.executeCommand("runnel.addProvider");
    return;
  }
  const picked = await pickModel(models);
  if (picked) await models.choose(picked);
}

/** What is shown at once; a longer list is searched here, because the editor takes seconds for tens of thousands. */
const MOST_SHOWN = 200;

/** What the picker knows: the models by provider, and what went wrong with the lists of others. */
interface Known {
  groups: ModelGroup[];
  failures: Map<string, string>;
}

/** The picker: what is configured at once, what the servers list as it comes in. */
export async function pickModel(models: Models, only?: ProviderConfig): Promise<Target | undefined> {
  const prices = await models.prices();
  const pick = new Pick<Item>();
  const configs = only ? [only] : models.settings.providers;
  const known: Known = { groups: configs.map((config) => ({ config, models: config.models })), failures: new Map() };
  const abort = new AbortController();
  pick.title = l10n.t("Choose a model");
  pick.placeholder = l10n.t("Search by name, or type the id of a model that is not listed");
  pick.matchOnDescription = true;
  pick.busy = true;

  const chosen = models.chosen;
  let rendering = new AbortController();
  const render = async (signal: AbortSignal): Promise<void> => {
    const isLong = countModels(known.groups) > MOST_SHOWN;
    const found = await findModels(known.groups, isLong ? pick.value : "", {
      most: MOST_SHOWN,
      first: chosen,
      signal,
    });
    const listed = await items(found, known.failures, prices, { isLong, signal });
    if (only === undefined) listed.push(...addItem());
    const active = pick.activeItems[0];
    pick.items = [...listed, ...customItems(known.groups, pick.value)];
    // The list grows while a person may be moving in it: what they are on stays, else the chosen model, else the first;
    // a typed id is the last resort, so that part of a listed name never becomes a model of its own.
    const typed = pick.value.trim().toLowerCase();
    const targets = pick.items.filter((item) => "target" in item);
    const matching = isLong
      ? targets
      : targets.filter((item) => `${item.label} ${item.description}`.toLowerCase().includes(typed));
    const next =
      matching.find((item) => active && "target" in active && sameItem(item, active)) ??
      matching.find((item) => chosen && formatTarget(item.target) === formatTarget(chosen)) ??
      matching[0] ??
      pick.items.find((item) => "custom" in item);
    if (next) pick.activeItems = [next];
  };
  /** What was begun for an older list or an older word is of no use any more. */
  const refresh = (): void => {
    rendering.abort();
    rendering = new AbortController();
    const { signal } = rendering;
    render(signal).catch((error) => {
      if (!signal.aborted) throw error;
    });
  };
  refresh();
  pick.onDidChangeValue(refresh);

  const loading = Promise.all(
    configs.map(async (config, place) => {
      try {
        const listed = await models.list(config.id, abort.signal);
        known.groups[place] = { config, models: await mergeModels(config.models, listed, abort.signal) };
      } catch (error) {
        if (abort.signal.aborted) return;
        known.failures.set(config.id, failureText(config, error));
      }
      if (!abort.signal.aborted) refresh();
    }),
  ).then(() => {
    if (!abort.signal.aborted) pick.busy = false;
  });

  const target = await new Promise<Target | undefined>((resolve) => {
    pick.onDidAccept(async () => {
      const item = pick.selectedItems[0];
      if (item === undefined || "separator" in item) return;
      if ("target" in item) resolve(item.target);
      else if ("add" in item) {
        resolve(undefined);
        pick.hide();
        await vscode.commands.executeCommand("runnel.addProvider");
        return;
      } else resolve({ provider: item.custom, model: pick.value.trim() });
      pick.hide();
    });
    pick.onDidHide(() => resolve(undefined));
    pick.show();
  });
  abort.abort();
  rendering.abort();
  pick.dispose();
  await loading;
  return target;
}

/** `isLong`: the list was searched here, so that the editor must not filter it again in its own way. */
async function items(
  { groups, more }: FoundModels,
  failures: ReadonlyMap<string, string>,
  prices: PriceTable,
  { isLong, signal }: { isLong: boolean; signal: AbortSignal },
): Promise<Item[]> {
  const slices = createSlices(signal);
  const result: Item[] = [];
  for (const { config, models } of groups) {
    result.push({ label: config.name, kind: vscode.QuickPickItemKind.Separator, separator: true });
    for (const model of models) {
      // Looking up a price takes a fraction of a millisecond.
      const pause = slices.pause();
      if (pause) await pause;
      result.push({
        label: model.name ?? model.id,
        description: [model.name && model.name !== model.id ? model.id : "", groups.length > 1 ? config.name : ""]
          .filter((part) => part !== "")
          .join(" · "),
        detail: detailOf(config, model, prices),
        target: { provider: config.id, model: model.id },
        ...(isLong ? { alwaysShow: true } : {}),
      });
    }
    const failure = failures.get(config.id);
    if (failure !== undefined) {
      result.push({
        icon: "warning",
        label: l10n.t("The models of {0} could not be listed", config.name),
        detail: failure,
        alwaysShow: true,
        separator: true,
      });
    }
  }
  if (more > 0) {
    result.push({
      label: `$(ellipsis) ${l10n.t("{0} more models. Keep typing to find them.", more)}`,
      alwaysShow: true,
      separator: true,
    });
  }
  return result;
}

function failureText(config: ProviderConfig, error: unknown): string {
  if (!(error instanceof AssistantError)) return String(error);
  return errorSentence(plainError(error), { providerName: config.name, model: "", partial: false });
}

function addItem(): Item[] {
  return [
    { label: "", kind: vscode.QuickPickItemKind.Separator, separator: true },
    { icon: "add", label: l10n.t("Add a Provider…"), alwaysShow: true, add: true },
  ];
}

function sameItem(one: Item, other: Item): boolean {
  return one.label === other.label && one.description === other.description;
}

/** Sizes and price, as far as they are known. */
function detailOf(config: ProviderConfig, model: ModelInfo, prices: PriceTable): string {
  const parts: string[] = [];
  if (model.contextWindow !== undefined) parts.push(l10n.t("{0} context", formatTokens(model.contextWindow)));
  if (model.size !== undefined) parts.push(formatSize(model.size));
  const own = model.price === undefined ? {} : { own: model.price };
  const known = findPrice({ ...config, model: model.id, at: Date.now(), ...own }, prices);
  if (known && known.origin !== "local") {
    const { price, origin } = known;
    const mark = origin === "list" ? "~" : "";
    parts.push(
      l10n.t(
        "{0} in, {1} out per million tokens",
        mark + formatAmount(price.input, price.currency),
        mark + formatAmount(price.output, price.currency),
      ),
    );
  }
  if (config.scripted) parts.push(l10n.t("demo: scripted answers"));
  return parts.join(" · ");
}

/** What was typed, as a model id of each provider that does not list it. */
function customItems(groups: readonly ModelGroup[], typed: string): Item[] {
  const id = typed.trim();
  if (id === "" || /\s/.test(id)) return [];
  return groups
    .filter(({ models }) => !models.some((model) => model.id === id))
    .map(({ config }) => ({
      icon: "edit",
      label: id,
      description: l10n.t("as a model of {0}", config.name),
      alwaysShow: true,
      custom: config.id,
    }));
}
