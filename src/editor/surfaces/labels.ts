/** A label of an icon of ours and words of anybody's, which never become an icon. */
import { inert, type Surface } from "../../core/inert-text.ts";

export interface Label {
  /** A codicon's name such as "check" or "loading~spin"; always a constant of ours. */
  icon?: string | undefined;
  text: string;
}

/** As VS Code reads labels: "$(check) Accept". */
export function labelText(surface: Surface, { icon, text }: Label): string {
  const words = inert(surface, text);
  if (icon === undefined || !/^[a-z0-9-]+(?:~[a-z]+)?$/.test(icon)) return words;
  return words === "" ? `$(${icon})` : `$(${icon}) ${words}`;
}
