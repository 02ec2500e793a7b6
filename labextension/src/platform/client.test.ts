import { ServerConnection } from "@jupyterlab/services";
import { describe, expect, it } from "vitest";

import { PlatformClient, problemOf } from "./client";
import { CurrentProject } from "./currentProject";
import type { Project } from "./model";

interface Asked {
  method: string;
  path: string;
  language: string | null;
  body: string;
}

/** A client of a service whose answers the test gives. */
function clientOf(answer: (path: string) => Response): { client: PlatformClient; asked: Asked[] } {
  const asked: Asked[] = [];
  const settings = ServerConnection.makeSettings({
    baseUrl: "http://lab.test/user/alice/",
    token: "",
    fetch: async (given) => {
      const request = given as Request;
      const path = request.url.replace("http://lab.test/user/alice/opsforge/", "");
      asked.push({
        method: request.method,
        path: path.replace(/[?&]\d+$/, ""),
        language: request.headers.get("Accept-Language"),
        body: await request.text(),
      });
      return answer(path);
    },
  });
  return { client: new PlatformClient(settings, "zh-CN", "away"), asked };
}

const json = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), { status });
const project = (name: string): Project => ({ name, path: `work/${name}` }) as Project;

describe("PlatformClient", () => {
  it("asks the service's own server, in the user's language", async () => {
    const { client, asked } = clientOf(() => json({ items: [] }));
    await client.get("projects", { query: "a b", cursor: undefined });
    await client.post("snippets", { title: "x" });
    await client.delete("snippets/7");
    expect(asked).toEqual([
      { method: "GET", path: "api/projects?query=a+b", language: "zh-CN", body: "" },
      { method: "POST", path: "api/snippets", language: "zh-CN", body: '{"title":"x"}' },
      { method: "DELETE", path: "api/snippets/7", language: "zh-CN", body: "" },
    ]);
  });

  it("tells a refusal in the platform's words", async () => {
    const { client } = clientOf(() => json({ code: "snippets.title_taken", detail: "有了" }, 409));
    await expect(client.post("snippets", {})).rejects.toMatchObject({
      message: "有了",
      code: "snippets.title_taken",
      status: 409,
    });
  });

  it("says that the service is away when it is", async () => {
    const { client } = clientOf(() => {
      throw new TypeError("network");
    });
    await expect(client.status()).rejects.toMatchObject({ message: "away", status: 503 });
  });

  it("takes an answer without a body", async () => {
    const { client, asked } = clientOf(() => new Response(null, { status: 204 }));
    await client.touch();
    expect(asked[0]).toMatchObject({ method: "POST", path: "activity" });
  });
});

describe("problemOf", () => {
  it.each(["<html>", "{}", '{"code":"lab.platform_away","detail":"English"}'])(
    "has a sentence of its own for %s",
    (text) => {
      expect(problemOf(502, text, "away").message).toBe("away");
    },
  );

  it("names the fields at fault", () => {
    const errors = [{ field: "title", message: "too long" }];
    const text = JSON.stringify({ code: "request.invalid", detail: "No.", errors });
    expect(problemOf(422, text, "").message).toBe("No.\ntitle: too long");
  });
});

describe("CurrentProject", () => {
  it("finds the project of the document in front, on whatever page of the list it is", async () => {
    const { client, asked } = clientOf((path) =>
      path.includes("cursor=two")
        ? json({ items: [project("alerts")], next_cursor: null })
        : json({ items: [project("alerts-2")], next_cursor: "two" }),
    );
    const current = new CurrentProject(client);
    current.follow("work/alerts/alerts.ipynb");
    expect(current.found.kind).toBe("loading");
    await new Promise<void>((done) => {
      current.changed.connect((_, found) => found.kind !== "loading" && done());
    });
    expect(current.own?.name).toBe("alerts");
    current.follow("work/alerts/other.py");
    expect(asked).toHaveLength(2);
    current.follow("input/x.csv");
    expect(current.found).toEqual({ kind: "none" });
  });

  it("forgets an answer that comes after another document was chosen", async () => {
    const { client } = clientOf(() => json({ items: [project("late")] }));
    const current = new CurrentProject(client);
    current.follow("work/late/late.ipynb");
    const answered = current.refresh();
    current.follow("top.ipynb");
    await answered;
    expect(current.found).toEqual({ kind: "none" });
  });
});
