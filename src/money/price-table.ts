/** The bundled list prices, written by `npm run prices`; loaded when a price is first needed. */
import table from "./price-table.json" with { type: "json" };
import type { PriceTable } from "./price-types.ts";

export const priceTable = table as unknown as PriceTable;
