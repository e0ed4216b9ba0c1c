/** A model of a provider entry, as settings name it. */

/** Which model of which provider entry: "provider/model" in settings. */
export interface Target {
  provider: string;
  model: string;
}

/** "provider/model", where the model's own id may hold further slashes. */
export function formatTarget(target: Target): string {
  return `${target.provider}/${target.model}`;
}

/** Splits at the first slash; undefined when either side is empty. */
export function parseTarget(text: string): Target | undefined {
  const slash = text.indexOf("/");
  if (slash <= 0 || slash === text.length - 1) return undefined;
  return { provider: text.slice(0, slash), model: text.slice(slash + 1) };
}
