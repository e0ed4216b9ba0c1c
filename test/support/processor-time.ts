/** How long this process was at work, which other programs on the machine do not lengthen. */

/** Milliseconds since it began; only differences mean something. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
