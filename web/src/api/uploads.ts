import type { Upload as TusUpload } from "tus-js-client";
import { api, requestHeaders, sessionEndNotice, unwrap } from "./client";
import { networkProblem, problemFrom, type ApiProblem } from "./problems";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type WaitingUpload = Schemas["UploadView"];
export type CheckedFiles = Schemas["CheckedFiles"];
export type CheckedFile = Schemas["CheckedFile"];
export type ClashChoice = WaitingUpload["on_clash"];
export type Usage = Schemas["UsageView"];

const checkedAtOnce = 10_000;
/** Files up to this size travel with the request that announces them. */
const inOneRequestBytes = 1024 * 1024;
const retryDelays = [500, 1000, 2000, 4000, 8000];

/** The caller's uploads that are not whole yet. */
export function listUploads(): Promise<WaitingUpload[]> {
  return unwrap(api.GET("/api/v1/uploads"));
}

export async function discardUpload(id: string): Promise<void> {
  const params = { path: { upload_id: id }, header: { "tus-resumable": "1.0.0" } };
  await unwrap(api.DELETE("/api/v1/uploads/{upload_id}", { params }));
}

/** What would happen to files before they are sent; at most some thousand at once. */
export function checkUploads(
  target: string,
  files: readonly { path: string; size_bytes: number }[],
): Promise<CheckedFiles> {
  const body = { target, files: files.slice(0, checkedAtOnce) };
  return unwrap(api.POST("/api/v1/uploads/checks", { body }));
}

export function getUsage(userId: number): Promise<Usage> {
  const params = { path: { user_id: userId } };
  return unwrap(api.GET("/api/v1/users/{user_id}/usage", { params }));
}

export interface SendRequest {
  target: string;
  path: string;
  file: File;
  onClash: ClashChoice;
  unpack: boolean;
  /** Where it goes on; none for a new one. */
  location: string | null;
  onProgress: (sentBytes: number) => void;
}

export interface Sending {
  finished: Promise<void>;
  /** Stop sending; what has arrived stays, and `location` leads to it. */
  pause: () => void;
  location: () => string | null;
}

export class UploadPaused extends Error {}

function metadataOf({ target, path, file, onClash, unpack }: SendRequest): Record<string, string> {
  return {
    target,
    path,
    on_clash: onClash,
    unpack: unpack ? "1" : "0",
    last_modified: String(file.lastModified),
  };
}

/** The digest of a file that is sent at once: the server stores it only if all of it came right. */
async function digestOf(file: File): Promise<Record<string, string>> {
  // Browsers have this for secure pages only.
  if (file.size > inOneRequestBytes || !window.isSecureContext) return {};
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  const bytes = [...new Uint8Array(digest)];
  return { sha256: bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("") };
}

interface TusFailure {
  originalResponse?: { getStatus: () => number; getBody: () => string } | null;
}

function problemOf(thrown: unknown): ApiProblem {
  const answer = (thrown as TusFailure).originalResponse;
  if (!answer || answer.getStatus() === 0) return networkProblem();
  try {
    return problemFrom(answer.getStatus(), JSON.parse(answer.getBody()));
  } catch {
    return problemFrom(answer.getStatus(), null);
  }
}

/** Whether nobody answered, or a proxy in the place of the server: who sends should wait. */
export function isLineLost({ status }: { status: number }): boolean {
  return status === 0 || (status >= 502 && status <= 504);
}

/** Whether another try may help at once: a busy upload, an offset that was guessed wrong. */
function isPassing({ status, code }: ApiProblem): boolean {
  return status === 423 || status === 500 || code === "uploads.offset_mismatch";
}

/** Send a file by tus, from where it is; what passes soon is tried again for some seconds. */
export function sendResumably(request: SendRequest): Sending {
  const noticeEnd = sessionEndNotice();
  let upload: TusUpload | null = null;
  let isPaused = false;
  let refuse: (reason: Error) => void = () => undefined;
  const finished = new Promise<void>((resolve, reject) => {
    refuse = reject;
    const begin = async () => {
      const { Upload } = await import("tus-js-client");
      const digest = request.location ? {} : await digestOf(request.file);
      if (isPaused) return;
      upload = new Upload(request.file, {
        endpoint: `${window.location.origin}/api/v1/uploads`,
        uploadUrl: request.location && `${window.location.origin}${request.location}`,
        metadata: { ...metadataOf(request), ...digest },
        headers: requestHeaders(),
        retryDelays,
        uploadDataDuringCreation: request.file.size <= inOneRequestBytes,
        storeFingerprintForResuming: false,
        onShouldRetry: (thrown) => isPassing(problemOf(thrown)),
        onProgress: request.onProgress,
        onSuccess: () => {
          resolve();
        },
        onError: (thrown) => {
          const problem = problemOf(thrown);
          noticeEnd(problem);
          reject(problem);
        },
      });
      upload.start();
    };
    begin().catch(reject);
  });
  return {
    finished,
    pause: () => {
      isPaused = true;
      void upload?.abort();
      refuse(new UploadPaused());
    },
    location: () => upload?.url?.replace(window.location.origin, "") ?? request.location,
  };
}
