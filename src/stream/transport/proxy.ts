/** Which proxy a request goes through, decided in VS Code's order from its settings and the environment. */
import { BlockList, isIP } from "node:net";
import { AssistantError } from "../../core/errors.ts";

/** What a person set for all connections of the editor (`http.*`). */
export interface NetworkSettings {
  /** False = no proxy at all. */
  useProxy: boolean;
  /** "" = not set, so that the environment decides. */
  proxy: string;
  /** Hosts that are reached without proxy; empty = not set, so that the environment decides. */
  noProxy: readonly string[];
  /** The value of the header `Proxy-Authorization`, as it is. */
  proxyAuthorization: string | undefined;
  /** False = certificates are not checked. */
  verifyCertificates: boolean;
  /** False = only the certificates that Node brings along are trusted. */
  trustSystem: boolean;
}

export const defaultNetwork: NetworkSettings = {
  useProxy: true,
  proxy: "",
  noProxy: [],
  proxyAuthorization: undefined,
  verifyCertificates: true,
  trustSystem: true,
};

export interface HttpProxy {
  protocol: "http:" | "https:";
  hostname: string;
  /** Empty = the protocol's own. */
  port: string;
  /** Host and port, to be shown; never a name or password. */
  host: string;
  /** The value of the header `Proxy-Authorization`. */
  authorization: string | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Undefined = directly. Throws `AssistantError` when the proxy is one that Runnel cannot speak to. */
export function proxyFor(url: URL, settings: NetworkSettings, environment: Environment): HttpProxy | undefined {
  if (!settings.useProxy || isLoopback(url.hostname)) return undefined;
  const fromEnvironment = (read(environment, "NO_PROXY") ?? "").split(",");
  const exceptions = settings.noProxy.length > 0 ? settings.noProxy : fromEnvironment;
  if (exceptions.some((entry) => covers(entry, url))) return undefined;
  const address = settings.proxy.trim() || proxyOfEnvironment(url, environment);
  return address ? readProxy(address, settings.proxyAuthorization) : undefined;
}

/** The proxy at `address`; without `authorization` the name and password in the address count. */
export function readProxy(address: string, authorization?: string): HttpProxy {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `http://${address}`);
  const details = { reason: "proxy-address", retryable: false } as const;
  // The address itself may hold a password, so it is not repeated.
  if (!url?.hostname) throw new AssistantError("proxy", "The address of the proxy is not a URL.", details);
  const { protocol, hostname, port, host } = url;
  if (protocol !== "http:" && protocol !== "https:") {
    const message = `The proxy ${protocol}//${host} cannot be used: Runnel speaks to http:// and https:// proxies only.`;
    throw new AssistantError("proxy", message, { ...details, proxy: host });
  }
  return { protocol, hostname: bare(hostname), port, host, authorization: authorization ?? basic(url) };
}

/** VS Code reaches this machine itself without any proxy, and so does Runnel: a key may go to it unencrypted. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|0\.0\.0\.0|\[::1?\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\])\.?$/i.test(
    hostname,
  );
}

function basic({ username, password }: URL): string | undefined {
  if (username === "" && password === "") return undefined;
  return `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString("base64")}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function proxyOfEnvironment(url: URL, environment: Environment): string | undefined {
  const names = url.protocol === "https:" || url.protocol === "wss:" ? ["HTTPS_PROXY", "HTTP_PROXY"] : ["HTTP_PROXY"];
  for (const name of [...names, "ALL_PROXY"]) {
    const address = read(environment, name);
    if (address) return address;
  }
  return undefined;
}

function read(environment: Environment, name: string): string | undefined {
  return environment[name.toLowerCase()]?.trim() || environment[name]?.trim() || undefined;
}

/** Whether an exception is this host or a domain above it, such as `example.com`, `.example.com:8443` or `10.0.0.0/8`. */
function covers(entry: string, url: URL): boolean {
  const text = entry.trim().toLowerCase();
  if (text === "" || text === "*") return text === "*";
  const host = bare(url.hostname);
  const [, name = text, port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(text) ?? [];
  if (port !== undefined && port !== portOf(url)) return false;
  const range = /^(.*)\/(\d{1,3})$/.exec(text);
  if (range) return isInRange(host, range[1]!, Number(range[2]));
  return `.${host}`.endsWith(bare(name).replace(/^\*?\.?/, "."));
}

function isInRange(host: string, network: string, prefix: number): boolean {
  const family = isIP(host);
  if (family === 0 || isIP(network) !== family || prefix > (family === 4 ? 32 : 128)) return false;
  const name = family === 4 ? "ipv4" : "ipv6";
  const range = new BlockList();
  range.addSubnet(network, prefix, name);
  return range.check(host, name);
}

/** Also where the protocol's own is left out. */
export function portOf({ port, protocol }: Pick<URL, "port" | "protocol">): string {
  return port || (protocol === "https:" || protocol === "wss:" ? "443" : "80");
}

/** An IPv6 address without its brackets, as sockets want it. */
export function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}
