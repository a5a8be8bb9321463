// Makes HTML out of text that models and servers wrote: nothing of it can act as markup, and nothing in it is invisible.
import { neutralise } from "../../security/index.ts";
import { STYLE } from "./style.ts";

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Safe between tags and inside quoted attributes. */
export const escaped = (text: string): string => neutralise(text).replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? "");

/** A text of any length as it was written, line breaks included. */
export const pre = (text: string): string => `<pre>${escaped(text)}</pre>`;

export const row = (cells: readonly string[], tag: "td" | "th" = "td"): string =>
  `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join("")}</tr>`;

export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  return `<div class="wide"><table><thead>${row(heads, "th")}</thead><tbody>${rows.map((cells) => row(cells)).join("\n")}</tbody></table></div>`;
}

/** One whole page: it loads nothing, runs nothing and tells no other page of itself. `body` is HTML already. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}
