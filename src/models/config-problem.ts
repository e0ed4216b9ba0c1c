/** What can be wrong with a setting that has fields, as codes with values; `problem-texts.ts` has the words. */
import type { BaseUrlProblem } from "../providers/provider/base-url.ts";

/** `field` is the way to it inside the entry, such as "timeouts.idle", `name` that of a header. No value of a field that may be a secret is kept. */
export type ConfigProblem =
  | { code: "entry" }
  | { code: "object"; field: string; example: string }
  | { code: "text" | "boolean" | "list" | "missing" | "characters"; field: string }
  | { code: "choice"; field: string; value: string; choices: readonly string[] }
  | { code: "whole-number"; field: string; minimum: number; maximum: number }
  | { code: "number"; field: string; minimum: number; maximum?: number }
  | { code: "key" | "variable" | "proxy" | "path" | "currency"; field: string }
  | {
      code: "header-name" | "header-own" | "header-value" | "header-variable" | "header-plain";
      field: string;
      name: string;
    }
  | { code: "no-variable"; field: string }
  | { code: "address"; field: string; problem: BaseUrlProblem }
  | { code: "scheme"; field: string; scheme: string; protocol: string }
  | { code: "protocol"; field: string; protocol: string }
  | { code: "unencrypted"; field: string; host: string }
  | { code: "other-host"; field: string; host: string }
  | { code: "taken"; id: string };
