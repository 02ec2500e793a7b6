const firstPauseMs = 1_000;
const longestPauseMs = 30_000;

interface Wishes {
  /** The browser says that it is offline. */
  onLost: () => void;
  /** It may be there again: what was being sent should be tried once more. */
  onTry: () => void;
}

/**
 * The line to the server. Once it is lost it is tried again when the browser is online again, and,
 * since a browser knows nothing of servers that are away, after longer and longer pauses.
 */
export class Line {
  isLost = false;
  private pauseMs = firstPauseMs;
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly wishes: Wishes) {}

  /** Nothing should be sent before the next try. */
  get isWaiting(): boolean {
    return this.timer !== null;
  }

  listen(): void {
    window.addEventListener("offline", this.wishes.onLost);
    window.addEventListener("online", this.tryNow);
  }

  close(): void {
    window.removeEventListener("offline", this.wishes.onLost);
    window.removeEventListener("online", this.tryNow);
    this.found();
  }

  lose(): void {
    this.isLost = true;
    if (this.timer !== null) return;
    this.timer = setTimeout(this.tryNow, this.pauseMs);
    this.pauseMs = Math.min(2 * this.pauseMs, longestPauseMs);
  }

  /** Something came through. */
  found(): void {
    this.stopTimer();
    this.isLost = false;
    this.pauseMs = firstPauseMs;
  }

  private readonly tryNow = (): void => {
    if (!this.isLost) return;
    this.stopTimer();
    this.wishes.onTry();
  };

  private stopTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }
}
