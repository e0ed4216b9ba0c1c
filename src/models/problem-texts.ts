/** What a person reads about a setting that cannot be used: localized in the editor, in English in the terminal. */
import * as l10n from "@vscode/l10n";
import { assertNever } from "../core/never.ts";
import type { BaseUrlProblem } from "../providers/provider/base-url.ts";
import type { ConfigProblem } from "./config-problem.ts";

export function problemText(problem: ConfigProblem): string {
  switch (problem.code) {
    case "entry":
      return l10n.t("A provider must be an object such as {0}.", '{ "preset": "deepseek" }');
    case "object":
      return l10n.t("“{0}” must be an object such as {1}.", problem.field, problem.example);
    case "text":
      return l10n.t("“{0}” must be a string.", problem.field);
    case "boolean":
      return l10n.t("“{0}” must be true or false.", problem.field);
    case "list":
      return l10n.t("“{0}” must be a list.", problem.field);
    case "missing":
      return l10n.t("“{0}” is missing.", problem.field);
    case "characters":
      return l10n.t("“{0}” may hold letters, digits, dots, dashes and underscores only.", problem.field);
    case "choice":
      return l10n.t(
        "“{0}” is “{1}”, but must be one of: {2}.",
        problem.field,
        problem.value,
        problem.choices.join(", "),
      );
    case "number":
      return problem.maximum === undefined
        ? l10n.t("“{0}” must be a number, {1} or more.", problem.field, problem.minimum)
        : l10n.t("“{0}” must be a number between {1} and {2}.", problem.field, problem.minimum, problem.maximum);
    case "whole-number":
      return l10n.t(
        "“{0}” must be a whole number between {1} and {2}.",
        problem.field,
        problem.minimum,
        problem.maximum,
      );
    case "key":
      return l10n.t("“{0}” is not read: a key never belongs in settings. Use the command Set API Key.", problem.field);
    case "variable":
      return l10n.t("“{0}” must be the name of an environment variable, not the key itself.", problem.field);
    case "proxy":
      return l10n.t("“{0}” must be an address such as {1}, or “none”.", problem.field, "http://proxy.example:8080");
    case "path":
      return l10n.t("“{0}” must be the absolute path of a PEM file.", problem.field);
    case "currency":
      return l10n.t("“{0}” must be three letters such as USD, KRW or CNY.", problem.field);
    case "header-name":
      return l10n.t("“{0}”: “{1}” is not a valid header name.", problem.field, problem.name);
    case "header-own":
      return l10n.t(
        "“{0}” may not set “{1}”; a key is stored with the command Set API Key.",
        problem.field,
        problem.name,
      );
    case "header-value":
      return l10n.t(
        "“{0}”: the value of “{1}” must be a string without line breaks or letters outside Latin-1.",
        problem.field,
        problem.name,
      );
    case "header-variable":
      return l10n.t(
        "“{0}”: the value of “{1}” must name an environment variable as {2}; {3} stands for itself.",
        problem.field,
        problem.name,
        `\${env:NAME}`,
        `$\${env:NAME}`,
      );
    case "header-plain":
      return l10n.t(
        "“{0}”: the value of “{1}” cannot name an environment variable; use “headersEnv”.",
        problem.field,
        problem.name,
      );
    case "unencrypted":
      return l10n.t("“{0}”: {1} is not on this machine, so it needs https://.", problem.field, problem.host);
    case "no-variable":
      return l10n.t("“{0}” cannot name an environment variable; only values of “headers” can.", problem.field);
    case "address":
      return `“${problem.field}”: ${addressProblem(problem.problem)}`;
    case "scheme":
      return l10n.t(
        "“{0}” must begin with {1} for the protocol “{2}”.",
        problem.field,
        `${problem.scheme}//`,
        problem.protocol,
      );
    case "protocol":
      return l10n.t("“{0}” needs the protocol “{1}”.", problem.field, problem.protocol);
    case "other-host":
      return l10n.t(
        "“{0}” must be on {1} like “baseUrl”, because the key is entered for that host; another one needs an entry of its own.",
        problem.field,
        problem.host,
      );
    case "taken":
      return l10n.t("The id “{0}” is taken by an entry before it.", problem.id);
    default:
      return assertNever(problem);
  }
}

/** About an address that a person has typed. */
export function addressProblem(problem: BaseUrlProblem): string {
  switch (problem.code) {
    case "empty":
      return l10n.t("Enter an address.");
    case "white-space":
      return l10n.t("An address cannot contain spaces.");
    case "not-a-url":
      return l10n.t("This is not a valid address. Example: https://api.example.com/v1");
    case "credentials":
      return l10n.t("A name or password does not belong in the address; the key is asked for next.");
    case "query":
      return l10n.t("Leave out what comes after “?”.");
    case "scheme":
      return l10n.t("The address begins with {0} where https:// is expected.", problem.scheme);
    case "insecure":
      return l10n.t(
        "{0} is not on this machine or in a private network, so it needs {1}.",
        problem.host,
        problem.needs,
      );
    default:
      return assertNever(problem);
  }
}
