import { describe, expect, it } from "vitest";
import { hitsOf, step } from "./results";

const hit = {
  id: 7,
  name: "磁盘",
  description: "Line one\nline two",
  owner: "bob",
  updated_at: "",
};

describe("hitsOf", () => {
  it("leads to each kind's own page and names the owner of what is public", () => {
    const found = hitsOf({
      projects: [hit],
      public_projects: [hit],
      datasets: [],
      public_datasets: [],
      snippets: [
        { id: 3, kind: "snippet", title: "Drain", description: "", folders: ["Logs", "A"] },
      ],
    });
    expect(found.map(([kind]) => kind)).toEqual(["projects", "public_projects", "snippets"]);
    expect(found.flatMap(([, hits]) => hits.map(({ to, hint }) => [to, hint]))).toEqual([
      ["/projects/7", "Line one"],
      ["/projects/public/7", "bob · Line one"],
      ["/snippets?id=3", "Logs / A"],
    ]);
  });
});

describe("step", () => {
  it("goes round", () => {
    expect([step(3, 2, 1), step(3, 0, -1), step(0, 0, 1)]).toEqual([0, 2, 0]);
  });
});
