/** What ends the reading of a body that holds more than a limit allows; who knows the server makes an error of it. */
import type { LimitName } from "../core/limits.ts";

export class TooLarge extends Error {
  override name = "TooLarge" as const;
  readonly limit: LimitName;

  constructor(limit: LimitName) {
    super(`The limit of ${limit} was passed.`);
    this.limit = limit;
  }
}
