// Types for index.mjs, so that TypeScript tests can use the set-up scripts.
import type { BuildOptions, Metafile } from "esbuild";
import type { Browser } from "playwright-core";

export interface ServerEditor {
  kind: "server";
  node: string;
  serverMain: string;
}

export interface Server {
  port: number;
  token: string;
  stop(): Promise<void>;
}

export declare function bundles(options: { production: boolean }): { host: BuildOptions; pages: BuildOptions };
export declare const noticesFile: string;
export declare function noticesOf(metafiles: readonly Metafile[]): string;
export declare function packagesOf(metafiles: readonly Metafile[]): string[];
export declare const root: string;
export declare function cacheFolder(...names: string[]): string;
export declare function ownName(name: string): string;
export declare function removeAbandoned(folder: string): void;
export declare function findEditor(options: { want: "server" }): Promise<ServerEditor>;
export declare function startBrowser(): Promise<{ browser: Browser; close(): Promise<void> }>;
export declare function startServer(options: {
  editor: ServerEditor;
  dataDir: string;
  port?: number;
  locale?: string | undefined;
  env?: Record<string, string>;
  onLine?: (line: string) => void;
  reconnectSeconds?: number;
}): Promise<Server>;
export declare function settingsFile(dataDir: string, kind: "server" | "desktop"): string;
export declare function installHelper(dataDir: string, folder: string): void;
export declare function workbenchUrl(options: {
  server: Server;
  folder: string;
  tests?: string;
  development?: boolean;
}): string;
export declare const quietSettings: Record<string, unknown>;
export declare function changeSettings(
  file: string,
  choose: (present: Record<string, unknown>) => [path: string | (string | number)[], value: unknown][],
): Promise<void>;
export declare function withStrictProposals(source: string, name: string): string;
