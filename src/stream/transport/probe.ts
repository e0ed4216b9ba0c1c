/** Looks at the way to a server before anything is asked of it: its name, the connection, and the encryption. */
import { lookup } from "node:dns/promises";
import { connect, isIP, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { AssistantError } from "../../core/errors.ts";
import { networkError } from "./network-error.ts";

export type ProbeStep = "name" | "connection" | "encryption";

export interface Probed {
  step: ProbeStep;
  state: "passed" | "failed" | "skipped";
  milliseconds?: number;
  error?: AssistantError;
  /** Of `name`. */
  addresses?: string[];
  /** Of `connection`: host and port of the proxy that is on the way. */
  proxy?: string;
  /** Of `encryption`: who vouches for the server, and the last day on which they do. */
  certificate?: { issuer: string; validUntil: string };
}

/** How the transport would go. */
export interface Dialer {
  /** The proxy to `url`, if there is one. */
  proxyTo(url: URL): Pick<URL, "protocol" | "hostname" | "host" | "port"> | undefined;
  /** A connection to `url` with all that belongs to it: proxy, TLS. */
  dial(url: URL, signal: AbortSignal): Promise<Socket>;
}

/** Seconds for each step: a person is waiting. */
const patience = 15;

/**
 * Calls `onStep` after each step with what was found and the step that follows; ends after the first that fails.
 * Behind a proxy it is the proxy whose name and connection are looked at. Rejects with the signal's reason after an
 * abort.
 */
export async function probe(
  url: URL,
  dialer: Dialer,
  signal: AbortSignal,
  onStep: (probed: Probed, next: ProbeStep | undefined) => void,
): Promise<void> {
  let proxy: ReturnType<Dialer["proxyTo"]>;
  try {
    proxy = dialer.proxyTo(url);
  } catch (thrown) {
    onStep({ step: "connection", state: "failed", error: networkError(thrown, url.host, "connecting") }, undefined);
    return;
  }
  const hop = proxy ?? url;
  const host = hop.hostname.replace(/^\[|\]$/g, "");
  const port = Number(hop.port) || (/^(https|wss):$/.test(hop.protocol) ? 443 : 80);
  const encrypted = /^(https|wss):$/.test(url.protocol);
  const limited = AbortSignal.any([signal, AbortSignal.timeout(patience * 3 * 1000)]);

  const steps: [ProbeStep, () => Promise<Partial<Probed>>][] = [
    [
      "name",
      async () => {
        if (isIP(host) !== 0) return { state: "skipped" };
        const found = await lookup(host, { all: true });
        return { addresses: found.map(({ address }) => address) };
      },
    ],
    [
      "connection",
      async () => {
        await reach(host, port, limited);
        return proxy === undefined ? {} : { proxy: proxy.host };
      },
    ],
    [
      "encryption",
      async () => {
        if (!encrypted && proxy === undefined) return { state: "skipped" };
        const socket = await dialer.dial(url, limited);
        const certificate = socket instanceof TLSSocket ? certificateOf(socket) : undefined;
        socket.destroy();
        if (!encrypted) return { state: "skipped" };
        return certificate === undefined ? {} : { certificate };
      },
    ],
  ];
  for (const [index, [step, look]] of steps.entries()) {
    const begin = performance.now();
    let probed: Probed;
    try {
      const found = await look();
      probed = { step, state: "passed", milliseconds: performance.now() - begin, ...found };
    } catch (thrown) {
      signal.throwIfAborted();
      probed = { step, state: "failed", error: networkError(thrown, (proxy ?? url).host, "connecting") };
    }
    onStep(probed, steps[index + 1]?.[0]);
    if (probed.state === "failed") return;
  }
}

/** Opens a connection to see that it can be, and closes it. */
function reach(host: string, port: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal });
    socket.setTimeout(patience * 1000, () => socket.destroy(Object.assign(new Error(), { code: "ETIMEDOUT" })));
    socket.once("connect", () => {
      resolve();
      socket.destroy();
    });
    socket.on("error", reject);
  });
}

function certificateOf(socket: TLSSocket): Probed["certificate"] {
  const { issuer, valid_to } = socket.getPeerCertificate();
  // A name may be given several times.
  const name = [issuer?.O ?? issuer?.CN].flat()[0];
  const until = new Date(valid_to);
  if (name === undefined || Number.isNaN(until.getTime())) return undefined;
  return { issuer: name, validUntil: until.toISOString().slice(0, 10) };
}
