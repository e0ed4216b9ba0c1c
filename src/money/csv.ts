/** Lines of a CSV file (RFC 4180) that a spreadsheet can open without running anything in it. */

export function csvRow(values: readonly (string | number | undefined)[]): string {
  return `${values.map(field).join(",")}\r\n`;
}

/** Names and errors come from servers: none may become a formula. */
function field(value: string | number | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
