// Reads the tasks of a page's main thread from a browser trace.

export interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  /** Microseconds on the clock, and of the processor. */
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** The longest task in milliseconds of processor time, on the main thread that ran the most tasks. */
export function longestTask(events: readonly TraceEvent[]): number {
  const threads = new Map<string, TraceEvent[]>();
  for (const event of events) {
    if (event.ph !== "X" || !event.name.endsWith("RunTask")) continue;
    const key = `${event.pid} ${event.tid}`;
    const tasks = threads.get(key) ?? [];
    tasks.push(event);
    threads.set(key, tasks);
  }
  const main = events
    .filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain")
    .map(({ pid, tid }) => threads.get(`${pid} ${tid}`) ?? [])
    .sort((one, other) => other.length - one.length)[0];
  if (!main || main.length === 0) throw new Error("the trace holds no tasks of a page");
  return main.reduce((longest, { tdur, dur }) => Math.max(longest, tdur ?? dur ?? 0), 0) / 1000;
}
