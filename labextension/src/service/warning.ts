/** What to do about the notice of an idle stop. */
export type Step = "warn" | "update" | "withdraw" | "leave";

/** Whether to warn, given what was seen last and whether a notice is on the screen. */
export function nextStep(secondsLeft: number | null, warnSeconds: number, isWarned: boolean): Step {
  const isClose = secondsLeft !== null && secondsLeft <= warnSeconds;
  if (isClose) {
    return isWarned ? "update" : "warn";
  }
  return isWarned ? "withdraw" : "leave";
}

/** Says when it is time again for something that shall not be done too often. */
export class Throttle {
  private last = -Infinity;

  constructor(
    private readonly everyMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Whether to do it now. */
  isDue(): boolean {
    const now = this.now();
    if (now - this.last < this.everyMs) {
      return false;
    }
    this.last = now;
    return true;
  }
}
