/** What can be wrong with an entry of `runnel.providers`, as codes with values; the editor has its own words for them. */
import { assertNever } from "../core/never.ts";
import { type BaseUrlProblem, describe } from "../providers/provider/base-url.ts";

/** `field` is the way to it inside the entry, such as "timeouts.idle". No value of a field that may be a secret is kept. */
export type ConfigProblem =
  | { code: "entry" }
  | { code: "object"; field: string; example: string }
  | { code: "text" | "boolean" | "list" | "missing" | "characters"; field: string }
  | { code: "choice"; field: string; value: string; choices: readonly string[] }
  | { code: "whole-number"; field: string; minimum: number; maximum: number }
  | { code: "number"; field: string; minimum: number; maximum?: number }
  | { code: "key" | "variable" | "proxy" | "path" | "currency"; field: string }
  | { code: "header-name" | "header-own" | "header-value" | "header-variable"; name: string }
  | { code: "no-variable"; field: string }
  | { code: "address"; field: string; problem: BaseUrlProblem }
  | { code: "scheme"; field: string; scheme: string; protocol: string }
  | { code: "protocol"; field: string; protocol: string }
  | { code: "other-host"; field: string; host: string }
  | { code: "taken"; id: string };

/** In English, for the log and the terminal. */
export function describeProblem(problem: ConfigProblem): string {
  switch (problem.code) {
    case "entry":
      return 'A provider must be an object such as { "preset": "deepseek" }.';
    case "object":
      return `“${problem.field}” must be an object such as ${problem.example}.`;
    case "text":
      return `“${problem.field}” must be a string.`;
    case "boolean":
      return `“${problem.field}” must be true or false.`;
    case "list":
      return `“${problem.field}” must be a list.`;
    case "missing":
      return `“${problem.field}” is missing.`;
    case "characters":
      return `“${problem.field}” may hold letters, digits, dots, dashes and underscores only.`;
    case "choice":
      return `“${problem.field}” is “${problem.value}”, but must be one of ${problem.choices.join(", ")}.`;
    case "number":
      return problem.maximum === undefined
        ? `“${problem.field}” must be a number, ${problem.minimum} or more.`
        : `“${problem.field}” must be a number between ${problem.minimum} and ${problem.maximum}.`;
    case "whole-number":
      return `“${problem.field}” must be a whole number between ${problem.minimum} and ${problem.maximum}.`;
    case "key":
      return `“${problem.field}” is not read: a key never belongs in settings. Use the command Set API Key.`;
    case "variable":
      return `“${problem.field}” must be the name of an environment variable, not the key itself.`;
    case "proxy":
      return `“${problem.field}” must be an address such as http://proxy.example:8080 or https://proxy.example, or “none”.`;
    case "path":
      return `“${problem.field}” must be the whole path of a file with certificates.`;
    case "currency":
      return `“${problem.field}” must be three letters such as USD, KRW or CNY.`;
    case "header-name":
      return `“headers”: “${problem.name}” is not a valid header name.`;
    case "header-own":
      return `“headers” may not set “${problem.name}”; a key is stored with the command Set API Key.`;
    case "header-value":
      return `“headers”: the value of “${problem.name}” must be a string without line breaks or letters outside Latin-1.`;
    case "header-variable":
      return `“headers”: the value of “${problem.name}” must name an environment variable as \${env:NAME}; $\${env:NAME} stands for itself.`;
    case "no-variable":
      return `“${problem.field}” cannot name an environment variable; only values of “headers” can.`;
    case "address":
      return `“${problem.field}”: ${describe(problem.problem)}`;
    case "scheme":
      return `“${problem.field}” must begin with ${problem.scheme}// for the protocol “${problem.protocol}”.`;
    case "protocol":
      return `“${problem.field}” needs the protocol “${problem.protocol}”.`;
    case "other-host":
      return `“${problem.field}” must be on ${problem.host} like “baseUrl”, because the key is entered for that host; another one needs an entry of its own.`;
    case "taken":
      return `The id “${problem.id}” is taken by an entry before it.`;
    default:
      return assertNever(problem);
  }
}
