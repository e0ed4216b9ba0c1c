/** Tells whether a process of this machine is there. */

/** Also of another person's. Numbers are given anew: it may be another process than the one that was meant. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
