import i18next from "i18next";

export interface FieldError {
  field: string;
  message: string;
}

/** A refusal, as the server's problem document tells it (RFC 9457), or a failure to reach it. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  /** The fields at fault, each with a sentence in the user's language. */
  readonly fields: readonly FieldError[];
  /** The whole document: some codes carry more, for example `proposal`. */
  readonly document: Readonly<Record<string, unknown>>;

  constructor(status: number, code: string, detail: string, document: Record<string, unknown>) {
    super(detail);
    this.name = "ApiProblem";
    this.status = status;
    this.code = code;
    this.document = document;
    this.fields = fieldErrors(document, detail);
  }

  /** A name that is free, when the refusal was that one is taken. */
  get proposal(): string | undefined {
    return typeof this.document.proposal === "string" ? this.document.proposal : undefined;
  }
}

function fieldErrors(document: Record<string, unknown>, detail: string): FieldError[] {
  if (Array.isArray(document.errors)) return document.errors as FieldError[];
  return typeof document.field === "string" ? [{ field: document.field, message: detail }] : [];
}

function isDocument(body: unknown): body is Record<string, unknown> & { detail: string } {
  return (
    typeof body === "object" && body !== null && "detail" in body && typeof body.detail === "string"
  );
}

/** Make a problem of what came with a status that is no success. */
export function problemFrom(status: number, body: unknown): ApiProblem {
  if (!isDocument(body)) {
    return new ApiProblem(
      status,
      "page.unexpected",
      i18next.t("common.errors.unexpected", { status }),
      {},
    );
  }
  const code = typeof body.code === "string" ? body.code : "page.unexpected";
  return new ApiProblem(status, code, body.detail, body);
}

export function networkProblem(): ApiProblem {
  return new ApiProblem(0, "page.network", i18next.t("common.errors.network"), {});
}

/** Whatever was thrown, as something that can be shown. */
export function asProblem(thrown: unknown): ApiProblem {
  if (thrown instanceof ApiProblem) return thrown;
  return new ApiProblem(0, "page.broken", i18next.t("common.errors.broken"), {});
}
