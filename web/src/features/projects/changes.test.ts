import { describe, expect, it } from "vitest";
import type { Project } from "@/api/types";
import { changesOf, deletedLinks, initialSettings } from "./changes";

const project = {
  name: "alerts",
  description: "of a test",
  datasets: [
    { id: 4, name: "cpu", is_public: 0 },
    { id: 7, name: "disk", is_public: 1 },
    { id: null, name: "gone", is_public: 1 },
  ],
} as Project;

describe("changesOf", () => {
  it("sends nothing of what stays", () => {
    const settings = initialSettings(project);
    expect(changesOf(project, settings)).toEqual({ share_flag: 0 });
    expect(changesOf(project, { ...settings, dataset_ids: [7, 4] })).toEqual({ share_flag: 0 });
  });

  it("sends what changes, and publishes when asked to", () => {
    const settings = { ...initialSettings(project), name: "alarms", description: "" };
    expect(changesOf(project, { ...settings, publish: true })).toEqual({
      name: "alarms",
      description: "",
      share_flag: 1,
    });
  });

  it("sends all links when one of them changes", () => {
    const settings = { ...initialSettings(project), dataset_ids: [4, 9] };
    expect(changesOf(project, settings)).toMatchObject({
      dataset_ids: [4, 9],
      drop_deleted: false,
    });
  });

  it("keeps links to deleted data sets until asked to drop them", () => {
    expect(deletedLinks(project).map(({ name }) => name)).toEqual(["gone"]);
    const settings = { ...initialSettings(project), drop_deleted: true };
    expect(changesOf(project, settings)).toMatchObject({
      dataset_ids: [4, 7],
      drop_deleted: true,
    });
  });
});
