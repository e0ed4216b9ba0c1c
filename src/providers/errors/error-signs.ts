/** Tells whether an event that came inside a successful response reports an error, in any of the ways servers do that. */

import { isObject, type Json, text } from "../provider/json.ts";
import { hasError } from "./error-report.ts";

/** Fields of an answer: beside one that holds something, a code is no error's. */
const answerFields = ["choices", "candidates", "message", "response", "output", "content", "delta", "data", "done"];

/** The value to read the error from, or undefined when `value` reports none. */
export function errorIn(value: Json): Json | undefined {
  if (value.error !== undefined && hasError(value.error)) return value;
  if (value.type === "error" || value.object === "error") return value;
  const minimax = isObject(value.base_resp) ? value.base_resp : undefined;
  // Its codes are MiniMax's own, so they stay in their wrapping.
  if (minimax && isBadCode(minimax.status_code)) return { base_resp: minimax };
  if (value.type !== undefined) return undefined;
  if (typeof value.detail === "string" || Array.isArray(value.detail)) return value;
  return isRefusal(value) ? value : undefined;
}

/** `{"code": 401, "msg": "…"}` and its like, wrapped in nothing. */
function isRefusal(value: Json): boolean {
  const code = value.code ?? value.error_code ?? value.errorCode;
  const failed = value.success === false;
  if (!failed && !isBadCode(code)) return false;
  if (answerFields.some((field) => holdsSomething(value[field]))) return false;
  return (
    failed || [value.msg, value.message, value.error_msg, value.errorMessage].some((each) => text(each) !== undefined)
  );
}

function holdsSomething(field: unknown): boolean {
  if (Array.isArray(field)) return field.length > 0;
  return isObject(field) || field === true;
}

/** Neither zero, nor a success of HTTP, nor a word for it. */
function isBadCode(code: unknown): boolean {
  if (typeof code === "string" && code.trim() !== "" && Number.isNaN(Number(code)))
    return !/^(ok|success|succeeded)$/i.test(code.trim());
  const number = typeof code === "string" && code.trim() !== "" ? Number(code) : code;
  return typeof number === "number" && number !== 0 && !(number >= 200 && number < 300);
}
