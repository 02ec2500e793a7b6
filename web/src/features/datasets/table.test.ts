import { describe, expect, it } from "vitest";
import { delimiterOf, parseTable } from "./table";

describe("parseTable", () => {
  it("parts cells, empty ones too", () => {
    expect(parseTable(["a,b,c", "1,,3"], ",")).toEqual([
      ["a", "b", "c"],
      ["1", "", "3"],
    ]);
  });

  it("takes quotes off, and keeps what they protect", () => {
    expect(parseTable(['"a, b","say ""hi"""', '"two\r', 'lines",x'], ",")).toEqual([
      ["a, b", 'say "hi"'],
      ["two\nlines", "x"],
    ]);
  });

  it("leaves out a row whose quotes end further down", () => {
    expect(parseTable(["a,b", '1,"begun'], ",")).toEqual([["a", "b"]]);
  });

  it("takes a quote inside a cell as it stands", () => {
    expect(parseTable(['5" disk\tx'], "\t")).toEqual([['5" disk', "x"]]);
  });
});

it("knows tables by their names", () => {
  expect(["a/b.CSV", "x.tsv", "x.csv.gz", "README.md"].map(delimiterOf)).toEqual([
    ",",
    "\t",
    null,
    null,
  ]);
});
