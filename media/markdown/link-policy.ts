// Decides which addresses of a model's links may be followed, and what a link must show of where it leads.

const longestAddress = 4000;
const shownAddress = 120;

/** The normalised address of a link that may be followed; nothing for every other scheme and for relative paths. */
export function followableAddress(address: string): string | undefined {
  if (address.length > longestAddress || !/^(?:https?:\/\/|mailto:)[^\s\p{Cc}]+$/iu.test(address)) return undefined;
  if (!URL.canParse(address)) return undefined;
  const { href, protocol } = new URL(address);
  return protocol === "mailto:" || protocol === "http:" || protocol === "https:" ? href : undefined;
}

/** An address as it is shown in the text: short, on one line. */
export function shortAddress(address: string): string {
  const line = address.replace(/\s+/g, " ").trim();
  return line.length > shownAddress ? `${[...line.slice(0, shownAddress)].join("")}…` : line;
}

/**
 * The host to show behind a link whose text looks like another address. Only where the text has a scheme, `www.` or a
 * well-known top-level domain: `node.js` and `README.md` are names.
 */
export function contradictedHost(text: string, address: string): string | undefined {
  const claimed = /^(?:https?:\/\/|www\.)?([\p{L}\p{N}.-]+\.\p{L}{2,})(?:[/?#:]|$)/iu.exec(text.trim());
  if (!claimed) return undefined;
  const explicit = /^(?:https?:\/\/|www\.)/i.test(text.trim());
  if (!explicit && !/\.(?:com|org|net|gov|edu|kr)$/i.test(claimed[1]!)) return undefined;
  const { hostname } = new URL(address);
  const bare = (name: string) => name.toLowerCase().replace(/^www\./, "");
  const claimedAddress = `http://${claimed[1]}`;
  const claimedHost = URL.canParse(claimedAddress) ? new URL(claimedAddress).hostname : claimed[1]!;
  return bare(claimedHost) === bare(hostname) ? undefined : hostname;
}
