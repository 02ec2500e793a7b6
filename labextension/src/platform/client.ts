import { URLExt } from "@jupyterlab/coreutils";
import { ServerConnection } from "@jupyterlab/services";

import type { ServiceStatus } from "./model";

const AWAY = 503;

/** A refusal of the platform: a sentence in the user's language, and a stable code. */
export class PlatformProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
  ) {
    super(detail);
  }
}

type Query = Record<string, string | number | undefined>;

/** Asks the platform through the service's own server; no token of the platform is ever here. */
export class PlatformClient {
  constructor(
    private readonly server: ServerConnection.ISettings,
    private readonly language: string,
    private readonly awaySentence: string,
  ) {}

  get<T>(path: string, query: Query = {}): Promise<T> {
    const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
    const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
    const tail = given.length ? `?${text.toString()}` : "";
    return this.ask<T>("GET", `api/${path}${tail}`);
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.ask<T>("POST", `api/${path}`, body);
  }

  patch<T>(path: string, body: unknown): Promise<T> {
    return this.ask<T>("PATCH", `api/${path}`, body);
  }

  delete(path: string): Promise<unknown> {
    return this.ask("DELETE", `api/${path}`);
  }

  /** What the service uses, and how long it may stay idle. */
  status(): Promise<ServiceStatus> {
    return this.ask<ServiceStatus>("GET", "status");
  }

  /** Somebody uses the page: the service is not idle. */
  async touch(): Promise<void> {
    await this.ask("POST", "activity");
  }

  private async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const url = URLExt.join(this.server.baseUrl, "opsforge", path);
    const init: RequestInit = {
      method,
      headers: { "Accept-Language": this.language, "Content-Type": "application/json" },
    };
    if (body !== undefined) {
      init.body = JSON.stringify(body);
    }
    let answer: Response;
    try {
      answer = await ServerConnection.makeRequest(url, init, this.server);
    } catch {
      throw new PlatformProblem(AWAY, "lab.service_away", this.awaySentence);
    }
    const text = await answer.text();
    if (!answer.ok) {
      throw problemOf(answer.status, text, this.awaySentence);
    }
    return (text ? JSON.parse(text) : undefined) as T;
  }
}

/** The refusal in an answer, whatever answered. */
export function problemOf(status: number, text: string, otherwise: string): PlatformProblem {
  try {
    const found = JSON.parse(text) as {
      code?: string;
      detail?: string;
      errors?: { field: string; message: string }[];
    };
    const fields = (found.errors ?? []).map((one) => `${one.field}: ${one.message}`);
    // Sentences that the service's own server makes are in English only.
    if (found.detail && found.code && !found.code.startsWith("lab.")) {
      return new PlatformProblem(status, found.code, [found.detail, ...fields].join("\n"));
    }
    return new PlatformProblem(status, found.code ?? "", otherwise);
  } catch {
    return new PlatformProblem(status, "", otherwise);
  }
}
