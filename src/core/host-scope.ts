/** Where a host is, by its name alone: nothing is looked up. */

/** Where a host is: on this machine, in a network that only its owner reaches, or anywhere. */
export type HostScope = "loopback" | "private" | "public";

export function hostScope(hostname: string): HostScope {
  const host = hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "");
  if (host === "localhost" || host.endsWith(".localhost") || host === "::1" || host === "0.0.0.0" || host === "::") {
    return "loopback";
  }
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host);
  if (mapped) {
    const high = Number.parseInt(mapped[1]!, 16);
    const low = Number.parseInt(mapped[2]!, 16);
    return hostScope(`${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`);
  }
  const octets = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(host)?.slice(1).map(Number);
  if (octets) return addressScope(octets[0]!, octets[1]!);
  if (host.includes(":")) return /^(f[cd]|fe[89ab])/.test(host) ? "private" : "public";
  // A name without a dot resolves only in the own network; the others are reserved for such networks.
  if (!host.includes(".") || /\.(local|lan|internal|intranet|home|home\.arpa|test)$/.test(host)) return "private";
  return "public";
}

function addressScope(first: number, second: number): HostScope {
  if (first === 127) return "loopback";
  const isPrivate =
    first === 10 ||
    (first === 172 && second >= 16 && second <= 31) ||
    (first === 192 && second === 168) ||
    (first === 169 && second === 254) ||
    // Shared address space (RFC 6598), which Tailscale uses.
    (first === 100 && second >= 64 && second <= 127);
  return isPrivate ? "private" : "public";
}
