// Markdown as styled lines, in the colours of the theme.
import { Markdown, truncateToWidth, visibleWidth, type MarkdownTheme } from "@earendil-works/pi-tui";
import { neutralise } from "../../security/index.ts";
import type { Style, Theme } from "../view/theme.ts";

/** Lines of at most `columns`. The text is made harmless first: what a model wrote can format, not act. */
export function renderMarkdown(text: string, columns: number, theme: Theme): readonly string[] {
  const lines = new Markdown(neutralise(text), 0, 0, markdownTheme(theme), undefined, { preserveOrderedListMarkers: true }).render(
    Math.max(1, columns),
  );
  return lines.map((line) => (visibleWidth(line) <= columns ? line : truncateToWidth(line, columns, "…")));
}

function markdownTheme({ name, paint }: Theme): MarkdownTheme {
  const style = (as: Style) => (text: string) => paint(as, text);
  const attribute = (on: number, off: number) => (text: string) => (name === "plain" ? text : `\u001B[${on}m${text}\u001B[${off}m`);
  return {
    heading: style("title"),
    link: style("accent"),
    linkUrl: style("faint"),
    code: style("tool"),
    codeBlock: style("text"),
    codeBlockBorder: style("border"),
    quote: style("dim"),
    quoteBorder: style("border"),
    hr: style("border"),
    listBullet: style("accent"),
    bold: attribute(1, 22),
    italic: attribute(3, 23),
    strikethrough: attribute(9, 29),
    underline: attribute(4, 24),
  };
}
