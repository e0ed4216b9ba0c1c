/** How long a server asks to wait, from the headers of a failed response. */

const statuses = new Set([402, 408, 409, 425, 429]);

/**
 * Seconds, or undefined when the server does not say. Some servers send `retry-after` with every success, so only
 * failures that pass are read.
 */
export function retryAfterSeconds(
  status: number,
  headers: Record<string, string>,
  now = Date.now(),
): number | undefined {
  if (!statuses.has(status) && status < 500) return undefined;
  for (const name of ["retry-after-ms", "x-ms-retry-after-ms"]) {
    const milliseconds = number(headers[name]);
    if (milliseconds !== undefined) return milliseconds / 1000;
  }
  const value = headers["retry-after"];
  const seconds = number(value);
  if (seconds !== undefined) return seconds;
  // A date; a bare year or another stray number is none.
  const date = value !== undefined && /[a-z]/i.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
}

function number(text: string | undefined): number | undefined {
  if (text === undefined || !/^\s*\d{1,12}(\.\d+)?\s*$/.test(text)) return undefined;
  return Number(text);
}
