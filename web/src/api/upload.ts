import { requestHeaders, sessionEndNotice } from "./client";
import { networkProblem, problemFrom } from "./problems";

/** A file and the path that it gets, which may have sub-folders. */
export interface UploadFile {
  path: string;
  file: File;
}

export interface Upload<Result> {
  /** Settles with the server's answer, with a thrown `ApiProblem`, or with `UploadCanceled`. */
  finished: Promise<Result>;
  cancel: () => void;
}

export class UploadCanceled extends Error {}

interface UploadRequest {
  fields?: Record<string, string>;
  files: readonly UploadFile[];
  /** Called with the files' bytes that have been sent so far. */
  onProgress: (sentBytes: number) => void;
}

export function totalBytes(files: readonly UploadFile[]): number {
  return files.reduce((sum, { file }) => sum + file.size, 0);
}

function formOf({ fields = {}, files }: UploadRequest): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  for (const { path, file } of files) form.append("files", file, path);
  return form;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

/** Send files as one form. XMLHttpRequest, since fetch tells nothing of an upload's progress. */
export function startUpload<Result>(url: string, request: UploadRequest): Upload<Result> {
  const xhr = new XMLHttpRequest();
  const noticeEnd = sessionEndNotice();
  const filesBytes = totalBytes(request.files);
  const finished = new Promise<Result>((resolve, reject) => {
    xhr.upload.onprogress = (event) => {
      // The form around the files is sent as well; it must not make 101 %.
      request.onProgress(event.total ? (event.loaded / event.total) * filesBytes : 0);
    };
    xhr.onload = () => {
      const body = parse(xhr.responseText);
      if (xhr.status >= 200 && xhr.status < 300) {
        resolve(body as Result);
        return;
      }
      const problem = problemFrom(xhr.status, body);
      noticeEnd(problem);
      reject(problem);
    };
    xhr.onerror = () => {
      reject(networkProblem());
    };
    xhr.onabort = () => {
      reject(new UploadCanceled());
    };
  });
  xhr.open("POST", url);
  for (const [name, value] of Object.entries(requestHeaders())) xhr.setRequestHeader(name, value);
  xhr.send(formOf(request));
  return {
    finished,
    cancel: () => {
      xhr.abort();
    },
  };
}
