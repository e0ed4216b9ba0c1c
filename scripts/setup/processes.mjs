// Starts child processes, remembers them, and ends exactly those, by their id, whatever way this process goes.
import { spawn } from "node:child_process";

const windows = process.platform === "win32";
/** Set for a process whose own children shall stay in its group, so that they end with it even when it hangs. */
export const inOneGroup = { RUNNEL_ONE_PROCESS_GROUP: "1" };
const leadsGroups = !windows && !process.env.RUNNEL_ONE_PROCESS_GROUP;
const running = new Set();
const cleanups = new Set();
let stopping;

/**
 * Starts a process in a group of its own, so that ending it also ends what it started, and so that a Ctrl+C in the
 * terminal reaches only us: we then end the children in order instead of all at once.
 */
export function start(command, args, options = {}) {
  const child = spawn(command, args, { detached: leadsGroups, stdio: ["ignore", "pipe", "pipe"], ...options });
  running.add(child);
  child.once("exit", () => running.delete(child));
  child.once("error", () => running.delete(child));
  watchSignals();
  return child;
}

/** Runs a process to its end; `output` is what it printed when its streams are piped (the default). */
export async function run(command, args, { timeout, ...options } = {}) {
  const child = start(command, args, options);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  let late = false;
  const giveUp = () => {
    late = true;
    stop(child);
  };
  const deadline = timeout && setTimeout(giveUp, timeout);
  const [code, error] = await new Promise((resolve) => {
    child.once("error", (failure) => resolve([-1, failure]));
    child.once("close", (exitCode) => resolve([exitCode ?? -1, undefined]));
  });
  clearTimeout(deadline);
  return { code, late, output: error ? `${error.message}\n` : output };
}

/** Ends one process and its group: asks first, and insists after three seconds. */
export async function stop(child) {
  if (child.pid === undefined) return;
  if (child.exitCode === null && child.signalCode === null) {
    const gone = new Promise((resolve) => child.once("exit", resolve));
    signal(child, "SIGTERM");
    const patience = setTimeout(() => signal(child, "SIGKILL"), 3000);
    await gone;
    clearTimeout(patience);
  }
  running.delete(child);
}

/** Adds something to do before this process ends on a signal, such as closing a browser. Gives a function that takes it back. */
export function beforeExit(cleanup) {
  cleanups.add(cleanup);
  watchSignals();
  return () => cleanups.delete(cleanup);
}

/** Ends everything that was started and still runs. */
export async function stopAll() {
  stopping ??= (async () => {
    await Promise.allSettled([...cleanups].map((cleanup) => cleanup()));
    await Promise.allSettled([...running].map(stop));
    stopping = undefined;
  })();
  await stopping;
}

function signal(child, name) {
  try {
    if (windows) spawn("taskkill", ["/pid", String(child.pid), "/T", "/F"], { stdio: "ignore" });
    else process.kill(leadsGroups ? -child.pid : child.pid, name);
  } catch {
    // It has ended in the meantime.
  }
}

let watching = false;
function watchSignals() {
  if (watching) return;
  watching = true;
  for (const [name, number] of Object.entries({ SIGINT: 2, SIGTERM: 15, SIGHUP: 1 })) {
    process.on(name, () => void stopAll().finally(() => process.exit(128 + number)));
  }
  // The last resort when this process ends without having asked: nothing may stay behind.
  process.on("exit", () => {
    for (const child of running) signal(child, "SIGKILL");
  });
}
