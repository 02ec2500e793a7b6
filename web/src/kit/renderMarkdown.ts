import DOMPurify from "dompurify";
import { Marked, type Tokens } from "marked";

const allowed = {
  ALLOWED_TAGS: [
    ..."p br hr h2 h3 h4 h5 h6 ul ol li blockquote pre code em strong del a".split(" "),
    ..."table thead tbody tr th td".split(" "),
  ],
  ALLOWED_ATTR: ["href", "align", "start"],
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|#|\/(?!\/))/i,
};

const marked = new Marked({
  gfm: true,
  async: false,
  walkTokens(token) {
    // The page itself has the first and second levels.
    if (token.type === "heading") {
      const heading = token as Tokens.Heading;
      heading.depth = Math.min(heading.depth + 2, 6);
    }
  },
  renderer: {
    // Pictures come from elsewhere and would tell there who reads this page.
    image({ href, text }) {
      const link = document.createElement("a");
      link.setAttribute("href", href);
      link.textContent = text || href;
      return link.outerHTML;
    },
  },
});

/** Markdown as HTML in which nothing runs, nothing is loaded and no style is set. */
export function renderMarkdown(text: string): string {
  const made = marked.parse(text) as string;
  const clean = DOMPurify.sanitize(made, { ...allowed, RETURN_DOM_FRAGMENT: true });
  for (const link of clean.querySelectorAll("a")) {
    link.setAttribute("rel", "noopener noreferrer nofollow");
    link.setAttribute("target", "_blank");
  }
  const holder = document.createElement("div");
  holder.append(clean);
  return holder.innerHTML;
}
