/** Percentiles of what was measured. */

/** Nearest-rank percentile (`share` from 0 to 1) of unsorted values; undefined for none. */
export function percentile(values: readonly number[], share: number): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
