/** What Runnel is streaming at the moment, and where, so that one command stops it wherever it is. */
import * as vscode from "vscode";

export const PLACES = ["chat", "edit", "commit", "compare"] as const;
export type Place = (typeof PLACES)[number];

export interface Running {
  /** Whether anything is streaming. */
  readonly any: boolean;
  /** Enters something that streams; `stop` resolves at its end. What this gives takes it out again. */
  enter(place: Place, stop: () => unknown): () => void;
  /** Stops what streams in a place; without one, what began last. */
  stop(place?: Place): Promise<void>;
  /** Resolves when all that streamed has ended. */
  stopAll(): Promise<void>;
}

export function createRunning(): Running {
  const all: { place: Place; stop: () => unknown }[] = [];
  /** `runnel.streaming`, and `runnel.streaming.edit` and its like, for the `when` of menus and keys. */
  const tell = (place: Place): void => {
    const set = (name: string, value: boolean): void => void vscode.commands.executeCommand("setContext", name, value);
    set("runnel.streaming", all.length > 0);
    set(
      `runnel.streaming.${place}`,
      all.some((one) => one.place === place),
    );
  };
  return {
    get any() {
      return all.length > 0;
    },
    enter(place, stop) {
      const entry = { place, stop };
      all.push(entry);
      tell(place);
      return () => {
        const index = all.indexOf(entry);
        if (index < 0) return;
        all.splice(index, 1);
        tell(place);
      };
    },
    async stop(place) {
      const meant = place === undefined ? all.slice(-1) : all.filter((one) => one.place === place);
      await Promise.all(meant.map(({ stop }) => stop()));
    },
    async stopAll() {
      await Promise.all(all.map(({ stop }) => stop()));
    },
  };
}

/** The argument of `runnel.stop`: a place by its name, or the source control whose title has the button. */
export function placeOf(argument: unknown): Place | undefined {
  if (typeof argument === "object" && argument !== null && "rootUri" in argument) return "commit";
  return PLACES.find((place) => place === argument);
}
