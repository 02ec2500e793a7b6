import createClient, { type Middleware } from "openapi-fetch";
import { currentLanguage } from "@/i18n";
import { ApiProblem, networkProblem, problemFrom } from "./problems";
import type { paths } from "./schema";

/** What every request carries: refusals come in this language, and no other site can send it. */
export function requestHeaders(): Record<string, string> {
  return { "Accept-Language": currentLanguage(), "X-OpsForge-Request": "1" };
}

const carryHeaders: Middleware = {
  onRequest({ request }) {
    for (const [name, value] of Object.entries(requestHeaders())) request.headers.set(name, value);
    return request;
  },
};

export const api = createClient<paths>({
  baseUrl: window.location.origin,
  credentials: "same-origin",
});
api.use(carryHeaders);

let onSessionEnded: () => void = () => undefined;

/** Say what happens when a request is answered with "sign in first". */
export function whenSessionEnds(listener: () => void): void {
  onSessionEnded = listener;
}

/** Counts sign-ins: an answer that comes late must not end a session that began after its request. */
let sessionNumber = 0;

export function beginSession(): void {
  sessionNumber += 1;
}

/** What to call with a request's refusal, so that the end of its session is noticed. */
export function sessionEndNotice(): (problem: ApiProblem) => void {
  const begunIn = sessionNumber;
  return (problem) => {
    if (problem.code === "auth.unauthenticated" && begunIn === sessionNumber) onSessionEnded();
  };
}

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** The data of an answer; a refusal or a failed connection is thrown as `ApiProblem`. */
export async function unwrap<Data>(call: Promise<Answer<Data>>): Promise<Data> {
  const noticeEnd = sessionEndNotice();
  const answer = await call.catch((reason: unknown) => {
    if (reason instanceof DOMException && reason.name === "AbortError") throw reason;
    if (reason instanceof SyntaxError) throw problemFrom(200, null);
    throw networkProblem();
  });
  if (answer.response.ok) return answer.data as Data;
  const problem = problemFrom(answer.response.status, answer.error);
  noticeEnd(problem);
  throw problem;
}
