/** How a connection gets to its server: through which proxy, and whose certificates it trusts. */
import { type Environment, type HttpProxy, isLoopback, type NetworkSettings, proxyFor, readProxy } from "./proxy.ts";
import type { Trust } from "./trust.ts";

/** What one provider has of its own instead. */
export interface OwnNetwork {
  /** The address of a proxy, or "none". */
  proxy?: string;
  /** A file with certificates (PEM) to trust as well. */
  ca?: string;
}

export interface Route {
  proxy: HttpProxy | undefined;
  trust: Trust;
  /** Equal for equal routes. It may hold a password. */
  key: string;
}

export type RouteTo = (url: URL, own?: OwnNetwork) => Route;

/** Both are asked for each request, so that a changed setting holds from the next one on. */
export function createRouteTo(settings: () => NetworkSettings, environment: Environment): RouteTo {
  return (url, own = {}) => {
    const network = settings();
    const proxy = own.proxy === undefined ? proxyFor(url, network, environment) : ownProxy(url, own.proxy);
    const trust = { verify: network.verifyCertificates, system: network.trustSystem, file: own.ca };
    return { proxy, trust, key: JSON.stringify([proxy, trust]) };
  };
}

function ownProxy(url: URL, address: string): HttpProxy | undefined {
  return address === "none" || isLoopback(url.hostname) ? undefined : readProxy(address);
}
