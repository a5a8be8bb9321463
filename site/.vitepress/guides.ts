// The order in which the guides are read; a document that no group names stands under "More", so that none is lost.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const DOCS = join(import.meta.dirname, "../../docs");
const FIRST: Readonly<Record<string, readonly string[]>> = {
  "Start here": ["quick-start", "concepts", "terminal", "local-model", "faq"],
  MCP: ["gemini-mcp", "mcp-integration", "serving", "security", "best-practices", "troubleshooting"],
  Reference: ["configuration", "cli", "library", "api", "telemetry", "benchmarks"],
  "Coming from Python": ["from-python", "compatibility"],
  Inside: ["ARCHITECTURE", "extending", "contracts", "dependencies"],
};

const markdownIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".md"))
    .map((name) => name.slice(0, -".md".length))
    .toSorted();

function rest(): readonly string[] {
  const named = new Set(Object.values(FIRST).flat());
  return markdownIn(DOCS).filter((name) => !named.has(name));
}

const present = new Set(markdownIn(DOCS));
const decisions = markdownIn(join(DOCS, "decisions")).map((name) => `decisions/${name}`);

/** Groups of the side bar, each with the documents that exist. */
export const GUIDES: readonly { readonly title: string; readonly pages: readonly string[] }[] = [
  ...Object.entries(FIRST).map(([title, pages]) => ({ title, pages: pages.filter((page) => present.has(page)) })),
  { title: "More", pages: rest() },
  { title: "Decisions", pages: decisions },
].filter(({ pages }) => pages.length > 0);

const titleOf = (page: string): string => /^# (.+)$/mu.exec(readFileSync(join(DOCS, `${page}.md`), "utf8"))?.[1] ?? page;

/** The entries of one group, named by their first heading. */
export const readingOrder = (pages: readonly string[]): { text: string; link: string }[] =>
  pages.map((page) => ({ text: titleOf(page), link: page === "quick-start" ? "/" : `/${page}` }));
