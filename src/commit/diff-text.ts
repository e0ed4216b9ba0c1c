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
  return text
    .split(/^(?=diff --(?:git|cc|combined) )/m)
    .filter((part) => part.startsWith("diff --"))
    .map(fileDiff);
}

function fileDiff(text: string): FileDiff {
  const body = text.search(/^@@/m);
  const header = (body < 0 ? text : text.slice(0, body)).split("\n");
  const hunks = body < 0 ? [] : text.slice(body).split("\n");
  const names = namesIn(header);
  const file: FileDiff = {
    path: names.at(-1) ?? "?",
    added: hunks.filter((line) => line.startsWith("+")).length,
    removed: hunks.filter((line) => line.startsWith("-")).length,
    text: text.trimEnd(),
  };
  const withheld =
    names.some(isSecret) || PRIVATE_KEY.test(text)
      ? "secret"
      : header.some((line) => /^(Binary files |GIT binary patch)/.test(line))
        ? "binary"
        : names.some(isGenerated)
          ? "generated"
          : undefined;
  return withheld === undefined ? file : { ...file, withheld };
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
const PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY/;

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
