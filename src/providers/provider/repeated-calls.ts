/** Tells whole calls that a server sends once more from others of the same name. */

interface WholeCall {
  /** The server's; undefined where it gave none. */
  id?: string | undefined;
  index?: number | undefined;
  name: string;
  arguments: string | undefined;
}

/**
 * Whether an event's calls begin with all the calls before it, in their order: then it says what there is so far. Ids
 * and indexes tell calls apart that are otherwise the same.
 */
export function isSnapshot(calls: readonly WholeCall[], known: readonly WholeCall[]): boolean {
  if (known.length === 0 || calls.length < known.length) return false;
  return known.every((each, index) => {
    const call = calls[index]!;
    const isOther = (call.id !== undefined && call.id !== each.id) || call.index !== each.index;
    return !isOther && call.name === each.name && call.arguments === each.arguments;
  });
}
