/** How a table of list prices is laid out, the bundled one and those that are fetched. */
import type { Price } from "../core/usage.ts";

type Amounts = Omit<Price, "currency">;

/** A price with when it holds; of several the last that holds counts. All are US dollars per million tokens. */
export interface DatedPrice extends Amounts {
  /** Input tokens above which these hold for the whole request; rising. */
  tiers?: (Amounts & { above: number })[];
  /** The first day, in UTC. */
  from?: string;
  /** Minutes of the day in UTC, from the first up to but not including the second. */
  utc?: [number, number];
  /** Days of the week in UTC; 0 = Sunday. */
  days?: number[];
}

export interface TableModel {
  /** Alternatives: an exact id, "begin*", "*end", "*middle*", "/pattern/", or a list of which all must hold. */
  match: (string | string[])[];
  /** Tokens. */
  context?: number;
  prices: DatedPrice[];
}

export interface PriceTable {
  /** The day on which it was made or received. */
  generatedAt: string;
  /** For a person to read. */
  source: string;
  /** Makers before those who sell models of others. `url` is a pattern of where they answer, without a path. */
  sellers: { id: string; url: string; models: TableModel[] }[];
}
