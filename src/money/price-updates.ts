/** Keeps the price table fresh from an address that the person named: asked once a day at most, checked strictly, kept on disk. */

import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import { defined } from "../core/defined.ts";
import { AssistantError } from "../core/errors.ts";
import { readNumber } from "../core/foreign-number.ts";
import type { Logger } from "../core/logger.ts";
import type { Transport } from "../stream/transport/transport.ts";
import { readSellers } from "./price-source.ts";
import type { PriceTable } from "./price-types.ts";
import { loadPrices } from "./prices.ts";

export interface PriceUpdates {
  /** What holds now: the last good one from the address, else the bundled one. Never rejects. */
  table(): Promise<PriceTable>;
  /** Asks the address if it is time to. Never rejects. */
  check(): Promise<void>;
  /** In English: why the newest prices could not be had, if they could not. */
  readonly problem: string | undefined;
}

export interface PriceUpdateServices {
  /** Where the last good answer is kept. */
  file: string;
  transport: Transport;
  logger: Logger;
  /** The address; undefined = nothing is asked, and the bundled table holds. */
  url(): string | undefined;
  /** Milliseconds since 1970. */
  wallClock(): number;
  /** It was asked: another table may hold, or there is a problem. */
  onChange?(): void;
  /** Milliseconds that an answer may take as a whole. */
  patience?: number;
}

/**
 * What came last, as it came: its reader may have become stricter since. A file of a lower `v`, or a damaged one, is asked
 * for anew; one of a higher `v` is a newer version's and stays as it is.
 */
interface Kept {
  v: typeof VERSION;
  /** CRC-32 of `data` as JSON. */
  check: number;
  url: string;
  /** Milliseconds since 1970. */
  askedAt: number;
  receivedAt: number;
  etag?: string;
  data: unknown;
}

const VERSION = 2;
const DAY = 86_400_000;
/** Milliseconds since 1970. */
const END_OF_TIME = Date.UTC(10_000, 0) - 1;
const LONGEST_TAG = 200;
const LIMIT = 4 * 1024 * 1024;
const PATIENCE = 60_000;
const timeouts = { connect: 10, firstToken: 20, idle: 20 };

export function createPriceUpdates(services: PriceUpdateServices): PriceUpdates {
  const { file, transport, logger, url, wallClock, onChange, patience = PATIENCE } = services;
  /** Of the address that the file was read for. */
  let holding: { url: string; kept?: Kept; table?: PriceTable; isNewer?: boolean } | undefined;
  let problem: string | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  let checking: Promise<void> | undefined;

  async function hold(address: string): Promise<NonNullable<typeof holding>> {
    if (holding?.url === address) return holding;
    const now: NonNullable<typeof holding> = { url: address };
    problem = undefined;
    askedAt = Number.NEGATIVE_INFINITY;
    holding = now;
    try {
      const text = await readFile(file, "utf8");
      const kept = asKept(text);
      if (kept === "newer") now.isNewer = true;
      if (kept === "newer" || kept === "older" || kept.url !== address) return now;
      now.table = await tableOf(kept);
      now.kept = kept;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return now;
      // They are asked for anew.
      problem = "the kept prices are damaged.";
      logger.warn(`The kept prices in ${file} cannot be read: ${reasonOf(error)}`);
    }
    return now;
  }

  async function checkNow(): Promise<void> {
    const address = url();
    if (address === undefined) return;
    const now = await hold(address);
    const last = Math.max(askedAt, now.kept?.askedAt ?? askedAt);
    // A time that is still to come is of a clock that was wrong.
    const since = wallClock() - last;
    if (since >= 0 && since < DAY) return;
    askedAt = wallClock();
    try {
      const answer = await ask(address, now.kept?.etag);
      const kept = answer === "unchanged" ? now.kept && { ...now.kept, askedAt } : answer;
      if (kept === undefined) throw new Error("it says that nothing has changed, but nothing was kept.");
      if (answer !== "unchanged") now.table = await tableOf(kept);
      now.kept = kept;
      problem = undefined;
      if (!now.isNewer) await keep(kept);
    } catch (error) {
      problem = reasonOf(error);
      logger.warn(`The prices of ${new URL(address).host} could not be taken: ${problem}`);
    }
    onChange?.();
  }

  async function ask(address: string, etag: string | undefined): Promise<Kept | "unchanged"> {
    const signal = AbortSignal.timeout(patience);
    const headers = { accept: "application/json", ...defined({ "if-none-match": etag }) };
    const response = await transport.request({ method: "GET", url: address, headers, signal, timeouts });
    try {
      if (response.status === 304) return "unchanged";
      if (response.status !== 200) throw new Error(`it answers with status ${response.status}.`);
      const data: unknown = JSON.parse(await bodyOf(response.body));
      const tag = response.headers.etag;
      return {
        ...{ v: VERSION, check: checkOf(data), url: address, askedAt, receivedAt: askedAt, data },
        ...(tag === undefined || tag.length > LONGEST_TAG ? {} : { etag: tag }),
      };
    } finally {
      response.release();
    }
  }

  async function keep(kept: Kept): Promise<void> {
    const draft = `${file}.${process.pid}`;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(draft, JSON.stringify(kept));
    await rename(draft, file);
  }

  return {
    async table() {
      const address = url();
      return (address === undefined ? undefined : (await hold(address)).table) ?? loadPrices();
    },
    check() {
      checking ??= checkNow().finally(() => {
        checking = undefined;
      });
      return checking;
    },
    get problem() {
      return url() === undefined ? undefined : problem;
    },
  };
}

/** Throws where it is damaged. */
function asKept(text: string): Kept | "newer" | "older" {
  const value = JSON.parse(text) as Partial<Kept>;
  if (!Number.isInteger(value?.v)) throw new Error("there is no version.");
  if (Number(value.v) !== VERSION) return Number(value.v) > VERSION ? "newer" : "older";
  const { url, askedAt, receivedAt, etag, check, data } = value;
  const isWhole =
    typeof url === "string" &&
    [askedAt, receivedAt].every((time) => readNumber(time, END_OF_TIME) !== undefined && typeof time === "number") &&
    (etag === undefined || (typeof etag === "string" && etag.length <= LONGEST_TAG)) &&
    check === checkOf(data);
  if (!isWhole) throw new Error("it is not as it was written.");
  return value as Kept;
}

function checkOf(data: unknown): number {
  return crc32(JSON.stringify(data) ?? "");
}

/** Throws where the answer is not as it must be. Who sells, and at which addresses, is known from the bundled table alone. */
async function tableOf({ data, url, receivedAt }: Kept): Promise<PriceTable> {
  const sellers = readSellers(data, (await loadPrices()).sellers);
  return { generatedAt: new Date(receivedAt).toISOString().slice(0, 10), source: new URL(url).host, sellers };
}

/** Throws when there is too much of it, or when it is cut off. */
async function bodyOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > LIMIT) throw new Error(`it sends more than ${LIMIT / 1024 / 1024} MB.`);
    chunks.push(chunk);
  }
  return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
}

function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return "it does not answer with JSON.";
  if (error instanceof DOMException) return "it does not answer in time.";
  return error instanceof AssistantError || error instanceof Error ? error.message : String(error);
}

/** The address in a setting: https, or http to this machine; undefined for anything else. */
export function priceAddress(value: unknown): string | undefined {
  const url = typeof value === "string" ? URL.parse(value.trim()) : null;
  if (url === null || url.username !== "" || url.password !== "") return undefined;
  const isHere = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  return url.protocol === "https:" || (url.protocol === "http:" && isHere) ? url.href : undefined;
}
