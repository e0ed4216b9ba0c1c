// Does work in small slices while the page has nothing better to do.

/** A slice ends after this, or earlier if the browser wants to draw. */
const longestSlice = 8;
/** Idle time may not come while an answer streams; then a slice is taken all the same. */
const longestWait = 300;

/** A task says with every `yield` that it may be interrupted, and asks `hasTime` when a step of its own may be long. */
export type Task = (hasTime: () => boolean) => Generator<undefined, void, void>;

export class IdleQueue {
  private readonly window: Window;
  private readonly urgent: Generator<undefined, void, void>[] = [];
  private readonly patient: Generator<undefined, void, void>[] = [];
  private deadline = 0;
  private cancelScheduled: (() => void) | undefined;
  private waiting: (() => void)[] = [];

  constructor(window: Window) {
    this.window = window;
  }

  add(task: Task, urgent = false): void {
    const running = task(() => performance.now() < this.deadline);
    (urgent ? this.urgent : this.patient).push(running);
    if (urgent) this.cancel();
    this.schedule();
  }

  /** Resolves when nothing is left to do. */
  drained(): Promise<void> {
    if (!this.busy) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  dispose(): void {
    this.cancel();
    this.urgent.length = 0;
    this.patient.length = 0;
    this.settle();
  }

  private cancel(): void {
    this.cancelScheduled?.();
    this.cancelScheduled = undefined;
  }

  private get busy(): boolean {
    return this.urgent.length + this.patient.length > 0;
  }

  private schedule(): void {
    if (this.cancelScheduled || !this.busy) return;
    const { window } = this;
    // Not every browser that VS Code for the Web runs in has idle callbacks; and urgent work does not wait for them.
    if (this.urgent.length > 0 || !("requestIdleCallback" in window)) {
      const id = window.setTimeout(() => this.work(longestSlice));
      this.cancelScheduled = () => window.clearTimeout(id);
      return;
    }
    const id = window.requestIdleCallback(
      (idle) => this.work(idle.didTimeout ? longestSlice / 2 : Math.min(longestSlice, idle.timeRemaining())),
      { timeout: longestWait },
    );
    this.cancelScheduled = () => window.cancelIdleCallback(id);
  }

  private work(milliseconds: number): void {
    this.cancelScheduled = undefined;
    this.deadline = performance.now() + milliseconds;
    try {
      while (this.busy) {
        const queue = this.urgent.length > 0 ? this.urgent : this.patient;
        if (queue[0]!.next().done) queue.shift();
        if (performance.now() >= this.deadline) break;
      }
    } finally {
      // Also behind a task that failed, which is over by that.
      if (this.busy) this.schedule();
      else this.settle();
    }
  }

  private settle(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}
