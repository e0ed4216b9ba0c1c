/** A unified diff as git writes it, taken apart by file, and what of it may be sent to a model. */

export interface FileDiff {
  /** As it is called after the change; before it, for a removed file. */
  path: string;
  added: number;
  removed: number;
  /** Header and hunks. */
  text: string;
  /** Why the content is kept back; absent = it may be sent. */
  withheld?: "secret" | "generated" | "binary";
}

/** Lines of content begin with a space, a sign or a backslash, so a header cannot be mistaken. */
export function parseDiff(text: string): FileDiff[] {
  const files: FileDiff[] = [];
  for (let start = nextFile(text, 0); start < text.length; ) {
    const end = nextFile(text, start + 1);
    files.push(fileDiff(text.slice(start, end)));
    start = end;
  }
  return files;
}

/** Where the first file at or behind `from` begins; the length of `text` where there is none. */
function nextFile(text: string, from: number): number {
  for (let at = from; ; at++) {
    at = text.indexOf("diff --", at);
    if (at < 0) return text.length;
    if ((at === 0 || text[at - 1] === "\n") && /^diff --(?:git|cc|combined) /.test(text.slice(at, at + 20))) return at;
  }
}

function fileDiff(text: string): FileDiff {
  const body = bodyOf(text);
  const header = text.slice(0, body).split("\n");
  const names = namesIn(header);
  const file: FileDiff = {
    path: names.at(-1) ?? "?",
    ...changesIn(text, body),
    text: text.trimEnd(),
  };
  const withheld =
    names.some(isSecret) || holdsPrivateKey(text)
      ? "secret"
      : header.some((line) => /^(Binary files |GIT binary patch)/.test(line))
        ? "binary"
        : names.some(isGenerated)
          ? "generated"
          : undefined;
  return withheld === undefined ? file : { ...file, withheld };
}

/** Where the first hunk begins; the length of `text` where there is none. */
function bodyOf(text: string): number {
  const before = text.indexOf("\n@@");
  return before < 0 ? text.length : before + 1;
}

/** Counts lines where they stand: taking ten million characters apart into lines takes longer than a frame. */
function changesIn(text: string, body: number): { added: number; removed: number } {
  let added = 0;
  let removed = 0;
  for (let start = body; start < text.length; ) {
    const sign = text[start];
    if (sign === "+") added++;
    else if (sign === "-") removed++;
    const end = text.indexOf("\n", start);
    if (end < 0) break;
    start = end + 1;
  }
  return { added, removed };
}

/** The file's names before and after the change, as far as there are any. */
function namesIn(header: readonly string[]): string[] {
  const names: string[] = [];
  for (const line of header) {
    const found = /^(?:---|\+\+\+) (.*?)\t?$/.exec(line)?.[1];
    const moved = /^(?:rename|copy) (?:from|to) (.*)$/.exec(line)?.[1];
    if (found !== undefined && found !== "/dev/null") names.push(withoutPrefix(unquoted(found)));
    if (moved !== undefined) names.push(unquoted(moved));
  }
  if (names.length > 0) return names;
  // Without hunks (empty or binary files, modes) only the first line has the name: twice, with a prefix each.
  const [, kind, rest = ""] = /^diff --(\S+) (.*)$/.exec(header[0] ?? "") ?? [];
  return rest === "" ? [] : [withoutPrefix(unquoted(kind === "git" ? rest.slice((rest.length + 1) / 2) : rest))];
}

function withoutPrefix(name: string): string {
  return name.replace(/^[abciwo]\//, "");
}

/** Git writes names beyond ASCII between quotation marks, byte by byte in octal numbers. */
function unquoted(name: string): string {
  if (!/^".*"$/.test(name)) return name;
  const bytes: number[] = [];
  for (const [, octal, escaped, plain] of name.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|([^\\])/gu)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else bytes.push(...new TextEncoder().encode(plain ?? ESCAPES[escaped!] ?? escaped));
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

/** Wherever it stands; also in a file that is otherwise harmless. */
function holdsPrivateKey(text: string): boolean {
  const key = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY/y;
  for (let at = text.indexOf("-----BEGIN "); at >= 0; at = text.indexOf("-----BEGIN ", at + 1)) {
    key.lastIndex = at;
    if (key.test(text)) return true;
  }
  return false;
}

/** Files that hold keys and passwords by convention; their public halves and templates are few and not missed. */
export function isSecret(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  return (
    /^\.env|\.env$/.test(name) ||
    /\.(pem|key|p12|pfx|jks|keystore|kdbx|ppk|asc|gpg|tfvars(\.json)?|tfstate(\.backup)?)$/.test(name) ||
    /^(.+\.)?kubeconfig$|^service[-_]?account.*\.json$/.test(name) ||
    /^id_(rsa|dsa|ecdsa|ed25519)/.test(name) ||
    /^(\.git-credentials|\.dockerconfigjson|\.netrc|_netrc|\.npmrc|\.pypirc|\.pgpass|\.htpasswd|credentials(\.json)?|secrets?\.(json|ya?ml|toml))$/.test(
      name,
    )
  );
}

/** Files that programs write: long, and they say nothing that the rest does not. */
export function isGenerated(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  return (
    /\.(lock|lockb|lockfile)$/.test(name) ||
    /^(.+[-.])?(lock|shrinkwrap)\.(json|ya?ml)$/.test(name) ||
    /^(go\.sum|packages\.lock\.json)$/.test(name) ||
    /\.(min\.(js|css)|map)$/.test(name)
  );
}
