/** The test's side of the driver extension: reaches into the extension host of one window. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../../scripts/setup/index.mjs";
import { until } from "../../support/until.ts";

/** Installed beside Runnel in every window of a test. */
export const driverExtension = join(root, "test/e2e/support/driver");

/** A place in a text, lines and characters from 0. */
export interface Position {
  line: number;
  character: number;
}

/** For the environment of a server: its extension hosts write their addresses into the folder. */
export function driverEnvironment(folder: string): Record<string, string> {
  return { RUNNEL_DRIVER_FOLDER: folder };
}

export class Driver {
  readonly #file: string;

  /** `workspace`: the name of the folder that the window has opened. */
  constructor(folder: string, workspace: string) {
    this.#file = join(folder, workspace);
  }

  /** Before a reload: the address of the extension host that is about to end must not be taken for the next one's. */
  forget(): void {
    rmSync(this.#file, { force: true });
  }

  /** Once this resolves the extension host runs and has read every extension. */
  async ready(): Promise<void> {
    await until("the extension host runs", () => existsSync(this.#file), 120_000);
  }

  execute(command: string, ...args: unknown[]): Promise<unknown> {
    return this.#ask({ command, args });
  }

  /** The text of the active editor, or null when there is none. */
  async activeText(): Promise<string | null> {
    return (await this.#ask({ read: true })) as string | null;
  }

  async open(path: string, start: Position, end: Position): Promise<void> {
    await this.#ask({ open: path, selection: { start, end } });
  }

  /** Changes user settings, and resolves when they hold; undefined takes one out. */
  async changeSettings(changes: Record<string, unknown>): Promise<void> {
    await this.#ask({
      settings: Object.fromEntries(Object.entries(changes).map(([key, value]) => [key, value ?? null])),
    });
  }

  /** Milliseconds that activating an extension took, or null when it was active already. */
  async activate(id: string): Promise<number | null> {
    return (await this.#ask({ activate: id })) as number | null;
  }

  /** Milliseconds that a command took inside the extension host. */
  async measure(command: string, ...args: unknown[]): Promise<number> {
    return (await this.#ask({ measure: command, args })) as number;
  }

  /** Puts a text where the selection is, in one edit; milliseconds. */
  async replace(text: string): Promise<number> {
    return (await this.#ask({ replace: text })) as number;
  }

  async #ask(body: unknown): Promise<unknown> {
    await this.ready();
    const response = await fetch(readFileSync(this.#file, "utf8"), { method: "POST", body: JSON.stringify(body) });
    const { result, error } = (await response.json()) as { result?: unknown; error?: string };
    if (error !== undefined) throw new Error(error);
    return result;
  }
}
