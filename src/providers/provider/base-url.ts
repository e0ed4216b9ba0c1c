/** Base URLs as people type them, made uniform; and which hosts may be sent a key or a prompt without encryption. */
import { hostScope } from "../../core/host-scope.ts";
import { limits } from "../../core/limits.ts";
import { assertNever } from "../../core/never.ts";
import { trimEndOf } from "../../core/trim.ts";

export type BaseUrlResult = { ok: true; baseUrl: string } | { ok: false; problem: BaseUrlProblem };

/** `insecure`: `host` may be anywhere, so it `needs` a scheme that encrypts. */
export type BaseUrlProblem =
  | { code: "empty" | "white-space" | "not-a-url" | "credentials" | "query" }
  | { code: "scheme"; scheme: string }
  | { code: "insecure"; host: string; needs: string };

/** Endpoint paths that people copy along with the base URL. */
const endpoints =
  /\/(chat\/(completions|stream)|completions|responses|embeddings|models|messages(\/(count_tokens|batches))?|api\/(chat|tags|generate))$/i;

/** Gemini names the model in the path: …/v1beta/models/gemini-2.5-pro:streamGenerateContent */
const geminiEndpoint =
  /\/models\/.+:(streamGenerateContent|generateContent|countTokens)$|(?<=\/v\d(alpha|beta)\d*)\/models\/.+$/i;

/** A query that asks for a stream and no more; Runnel asks by itself. */
const harmlessQuery = /^\?(alt=sse|beta=true)$/i;

/** No trailing slash, no endpoint path, no white space; a path prefix stays as it is. */
export function normalizeBaseUrl(text: string): BaseUrlResult {
  if (text.length > limits.url) return refuse({ code: "not-a-url" });
  const trimmed = trimEndOf(text.trim().replace(/^["'<]+/, ""), "\"'>");
  if (trimmed === "") return refuse({ code: "empty" });
  if (/\s/.test(trimmed)) return refuse({ code: "white-space" });
  const withScheme = addScheme(trimmed);
  if (!URL.canParse(withScheme)) return refuse({ code: "not-a-url" });
  const url = new URL(withScheme);
  if (!["https:", "http:", "wss:", "ws:"].includes(url.protocol)) {
    return refuse({ code: "scheme", scheme: `${url.protocol}//` });
  }
  if (url.username !== "" || url.password !== "") {
    return refuse({ code: "credentials" });
  }
  if (url.search !== "" && !harmlessQuery.test(url.search)) return refuse({ code: "query" });
  if (isPlain(url) && hostScope(url.hostname) === "public") {
    return refuse({ code: "insecure", host: url.host, needs: url.protocol === "ws:" ? "wss://" : "https://" });
  }
  let path = trimEndOf(url.pathname, "/");
  // The address of a WebSocket is the endpoint itself.
  if (isWebSocket(url)) return { ok: true, baseUrl: `${url.protocol}//${url.host}${path}` };
  for (let before = ""; before !== path; ) {
    before = path;
    path = trimEndOf(path.replace(geminiEndpoint, "").replace(endpoints, ""), "/");
  }
  return { ok: true, baseUrl: `${url.protocol}//${url.host}${path}` };
}

/** The origin a key is bound to. */
export function originOf(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

/** The URL of an endpoint below the base. */
export function joinUrl(baseUrl: string, path: string): string {
  return `${trimEndOf(baseUrl, "/")}/${path.replace(/^\/+/, "")}`;
}

/** The base of a protocol whose endpoints lie below a version, which people may leave out: base URL or base URL/v1. */
export function versionedUrl(baseUrl: string, version: string): string {
  return /\/v\d+(?:[a-z]+\d*)?(?:\/|$)/.test(new URL(baseUrl).pathname) ? baseUrl : joinUrl(baseUrl, version);
}

/** True when nobody between this machine and the server can read along, so that a key may be sent. */
export function mayCarryKey(url: string): boolean {
  const parsed = new URL(url);
  return !isPlain(parsed) || hostScope(parsed.hostname) === "loopback";
}

export function isWebSocket(url: URL): boolean {
  return url.protocol === "wss:" || url.protocol === "ws:";
}

function isPlain(url: URL): boolean {
  return url.protocol === "http:" || url.protocol === "ws:";
}

function addScheme(text: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text;
  const bare = text.replace(/^\/+/, "");
  const host = /^(\[[^\]]*\]|[^/:]*)/.exec(bare)?.[0] ?? "";
  return `${hostScope(host) === "public" ? "https" : "http"}://${bare}`;
}

function refuse(problem: BaseUrlProblem): BaseUrlResult {
  return { ok: false, problem };
}

/** In English, for the log and the terminal; the editor has its own words. */
export function describe(problem: BaseUrlProblem): string {
  switch (problem.code) {
    case "empty":
      return "The base URL is empty.";
    case "white-space":
      return "The base URL contains white space.";
    case "not-a-url":
      return "The base URL is not a URL, such as https://api.example.com/v1.";
    case "credentials":
      return "The base URL contains a name or password; keys belong in Runnel's key storage, not in a URL.";
    case "query":
      return "The base URL has a query (after “?”), which Runnel cannot keep.";
    case "scheme":
      return `The base URL begins with ${problem.scheme} where https:// is expected.`;
    case "insecure":
      return `${problem.host} is not on this machine or in a private network, so it needs ${problem.needs}.`;
    default:
      return assertNever(problem);
  }
}
