/** Where in a server's answer its list of models stands, and whether that answer is an error instead. */
import type { AssistantError } from "../../core/errors.ts";
import { hasError, minimaxReport } from "../errors/error-report.ts";
import { type ErrorContext, reportedError } from "../errors/errors.ts";
import { isObject, parseJson } from "./json.ts";

/** Where lists stand in their bodies, the likeliest first. Servers that imitate two others leave one of them empty. */
export const listFields = ["data", "models", "result", "results", "items", "model_list", "list", "publisherModels"];

/** The entries of the first list that has any, at the top or inside one more object: `{data: {models: []}}`. */
export function modelEntries(body: unknown): unknown[] {
  if (Array.isArray(body)) return body;
  if (!isObject(body)) return [];
  const fields = listFields.map((name) => body[name]);
  for (const field of fields) if (Array.isArray(field) && field.length > 0) return field;
  for (const field of fields) {
    const inner = isObject(field) ? listFields.map((name) => field[name]) : [];
    const list = inner.find((each) => Array.isArray(each) && each.length > 0);
    if (Array.isArray(list)) return list;
  }
  return [];
}

/** The error that an answer without models, though with a status of success, reports; undefined when it is none. */
export function errorInList(body: string, context: ErrorContext): AssistantError | undefined {
  const value = parseJson(body);
  if (!isObject(value)) return undefined;
  const isCode = [value.code, value.status, value.status_code].some((code) => Number(code) >= 400);
  const isMinimax = isObject(value.base_resp) && minimaxReport(value.base_resp) !== undefined;
  return hasError(value.error) || isCode || isMinimax ? reportedError(value, context) : undefined;
}
