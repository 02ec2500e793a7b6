// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { renderMarkdown } from "./renderMarkdown";

describe("renderMarkdown", () => {
  it("knows headings, lists, tables and code, below the page's own headings", () => {
    const html = renderMarkdown("# CPU\n\n- a\n\n|x|y|\n|-|-|\n|1|2|\n\n`code`");
    for (const part of ["<h3>CPU</h3>", "<li>a</li>", "<td>1</td>", "<code>code</code>"]) {
      expect(html).toContain(part);
    }
  });

  it.each([
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](//elsewhere.example/)",
    "<iframe src=/></iframe>",
    "<form action=/api><input name=x></form>",
    "<style>body { display: none }</style>",
    "<p style='position:fixed' onclick=alert(1) id=root class=x>x</p>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
  ])("leaves nothing that runs, loads or styles: %s", (text) => {
    const holder = document.createElement("div");
    holder.innerHTML = renderMarkdown(text);
    for (const element of holder.querySelectorAll("*")) {
      expect(["P", "A", "TABLE", "TBODY"]).toContain(element.tagName);
      const names = element.getAttributeNames();
      expect(names.filter((name) => !["href", "rel", "target"].includes(name))).toEqual([]);
      expect(element.getAttribute("href")).toBeNull();
    }
  });

  it("makes links of pictures, so that reading loads nothing from elsewhere", () => {
    const html = renderMarkdown('![a "plot"](https://elsewhere.example/x.png)');
    expect(html).not.toContain("<img");
    expect(html).toContain('href="https://elsewhere.example/x.png"');
  });

  it("opens links beside the page", () => {
    expect(renderMarkdown("[x](https://a.example/)")).toContain('target="_blank"');
  });
});
