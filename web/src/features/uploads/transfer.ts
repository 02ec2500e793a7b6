import { asProblem, type ApiProblem } from "@/api/problems";
import {
  discardUpload,
  isLineLost,
  sendResumably,
  UploadPaused,
  type Sending,
  type SendRequest,
} from "@/api/uploads";
import { secondsLeft } from "@/kit/upload/progress";
import { Line } from "./line";
import type { PlannedFile } from "./plan";

const atOnce = 3;
const tellEveryMs = 200;

type Phase = "waiting" | "sending" | "done" | "failed";

export interface TransferFile {
  path: string;
  sizeBytes: number;
  sentBytes: number;
  phase: Phase;
  problem: ApiProblem | null;
}

export interface TransferState {
  files: readonly TransferFile[];
  totalBytes: number;
  sentBytes: number;
  secondsLeft: number | null;
  isPaused: boolean;
  /** The line was lost; it goes on by itself when that is there again. */
  isOffline: boolean;
  /** Nothing moves any more, and nothing will by itself. */
  isOver: boolean;
}

interface Entry extends TransferFile {
  planned: PlannedFile;
  location: string | null;
  sending: Sending | null;
}

type Send = (request: SendRequest) => Sending;

/** Sends files, some at once; can be paused, and goes on where each file is. */
export class Transfer {
  private readonly entries: Entry[];
  private readonly listeners = new Set<() => void>();
  private isPaused = false;
  private isEnded = false;
  private startedAt = performance.now();
  private startedWith: number;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private state: TransferState;
  private readonly line = new Line({
    onLost: () => {
      this.lose();
    },
    onTry: () => {
      this.goOn();
    },
  });

  constructor(
    private readonly target: string,
    files: readonly PlannedFile[],
    private readonly send: Send = sendResumably,
  ) {
    this.entries = files.map((planned) => ({
      planned,
      path: planned.path,
      sizeBytes: planned.file.size,
      sentBytes: planned.sentBytes,
      phase: "waiting",
      problem: null,
      location: planned.location,
      sending: null,
    }));
    this.startedWith = this.sentBytes();
    this.state = this.look();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): TransferState => this.state;

  start(): void {
    this.line.listen();
    this.fill();
    this.tell();
  }

  pause(): void {
    this.isPaused = true;
    this.line.found();
    this.interrupt();
    this.tell();
  }

  /** Go on, also with what failed. */
  resume(): void {
    this.isPaused = false;
    this.line.found();
    for (const entry of this.entries) {
      if (entry.phase === "failed") Object.assign(entry, { phase: "waiting", problem: null });
    }
    this.goOn();
  }

  /** Stop for good, and let the server forget what is not whole. */
  async discard(): Promise<void> {
    const begun = this.entries
      .filter(({ phase }) => phase !== "done")
      .map(({ sending, location }) => sending?.location() ?? location)
      .filter((location) => location !== null);
    this.end();
    await Promise.allSettled(
      begun.map((location) => discardUpload(location.split("/").at(-1) ?? "")),
    );
  }

  /** Stop, and leave what has arrived to be gone on with. */
  end(): void {
    this.isEnded = true;
    this.line.close();
    this.pause();
  }

  private goOn(): void {
    this.startedAt = performance.now();
    this.startedWith = this.sentBytes();
    this.fill();
    this.tell();
  }

  private interrupt(): void {
    for (const entry of this.entries) entry.sending?.pause();
  }

  /** What is being sent stops where it is, until the line is tried again. */
  private lose(): void {
    if (this.isPaused || this.look().isOver) return;
    this.line.lose();
    this.interrupt();
    this.tell();
  }

  private fill(): void {
    if (this.isPaused || this.isEnded || this.line.isWaiting) return;
    const free = atOnce - this.entries.filter(({ phase }) => phase === "sending").length;
    const next = this.entries.filter(({ phase }) => phase === "waiting").slice(0, free);
    for (const entry of next) void this.run(entry);
  }

  private async run(entry: Entry): Promise<void> {
    const { path, file, onClash, unpack } = entry.planned;
    entry.phase = "sending";
    const sending = this.send({
      target: this.target,
      path,
      file,
      onClash,
      unpack,
      location: entry.location,
      onProgress: (sentBytes) => {
        entry.sentBytes = sentBytes;
        this.line.found();
        this.tellSoon();
      },
    });
    entry.sending = sending;
    try {
      await sending.finished;
      Object.assign(entry, { phase: "done", sentBytes: entry.sizeBytes });
      this.line.found();
    } catch (thrown) {
      entry.location = sending.location();
      if (thrown instanceof UploadPaused) entry.phase = "waiting";
      else this.fail(entry, asProblem(thrown));
    }
    entry.sending = null;
    this.fill();
    this.tell();
  }

  private fail(entry: Entry, problem: ApiProblem): void {
    if (isLineLost(problem)) {
      entry.phase = "waiting";
      this.lose();
      return;
    }
    entry.phase = "failed";
    entry.problem = problem;
  }

  private sentBytes(): number {
    return this.entries.reduce((sum, { sentBytes }) => sum + sentBytes, 0);
  }

  private look(): TransferState {
    const totalBytes = this.entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const sentBytes = this.sentBytes();
    const elapsedMs = performance.now() - this.startedAt;
    return {
      files: this.entries.map(({ path, sizeBytes, sentBytes: sent, phase, problem }) => ({
        path,
        sizeBytes,
        sentBytes: sent,
        phase,
        problem,
      })),
      totalBytes,
      sentBytes,
      secondsLeft:
        this.isPaused || this.line.isLost
          ? null
          : secondsLeft(sentBytes - this.startedWith, totalBytes - this.startedWith, elapsedMs),
      isPaused: this.isPaused,
      isOffline: this.line.isLost,
      isOver: this.entries.every(({ phase }) => phase === "done" || phase === "failed"),
    };
  }

  private tellSoon(): void {
    this.timer ??= setTimeout(() => {
      this.tell();
    }, tellEveryMs);
  }

  private tell(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.state = this.look();
    for (const listener of this.listeners) listener();
  }
}
