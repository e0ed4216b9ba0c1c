/** Exact sums of money: whole picos, the millionth part of a millionth of a currency's unit, as far as a number can say. */
import { trimEndOf } from "../core/trim.ts";

const DIGITS = 12;

/**
 * The amount as it is written, so that 0.1 is one tenth; what is smaller than a pico is rounded. Throws a RangeError for
 * what is no number: amounts from outside come through `core/foreign-number.ts` first.
 */
export function toPicos(amount: number): bigint {
  if (!Number.isFinite(amount)) throw new RangeError(`${amount} is no amount of money`);
  const [mantissa = "0", exponent = "0"] = String(amount).split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  const shift = DIGITS - fraction.length + Number(exponent);
  const digits = BigInt(whole + fraction);
  return shift >= 0 ? digits * 10n ** BigInt(shift) : divide(digits, 10n ** BigInt(-shift));
}

export function fromPicos(picos: bigint): number {
  return Number(decimalText(picos));
}

/** All digits and never an exponent: "0.0000042". */
export function decimalText(picos: bigint): string {
  const digits = String(picos < 0n ? -picos : picos).padStart(DIGITS + 1, "0");
  const fraction = trimEndOf(digits.slice(-DIGITS), "0");
  return `${picos < 0n ? "-" : ""}${digits.slice(0, -DIGITS)}${fraction === "" ? "" : `.${fraction}`}`;
}

export function addAmounts(...amounts: readonly number[]): number {
  return fromPicos(amounts.reduce((sum, amount) => sum + toPicos(amount), 0n));
}

/** What so many tokens cost at these prices per million; rounded once, at the end. */
export function priceOf(charges: readonly (readonly [tokens: number, perMillion: number])[]): number {
  const millions = charges.reduce((sum, [tokens, price]) => sum + BigInt(Math.round(tokens)) * toPicos(price), 0n);
  return fromPicos(divide(millions, 1_000_000n));
}

/** Halves go up. */
function divide(dividend: bigint, divisor: bigint): bigint {
  return (2n * dividend + divisor) / (2n * divisor);
}
