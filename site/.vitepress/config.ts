// The site of the guides: `docs/` as it is, with a side bar and a search that needs no server. `npm run site` builds it into `site/dist`.
import { defineConfig } from "vitepress";
import { GUIDES, readingOrder } from "./guides.ts";

export default defineConfig({
  title: "MassGen",
  description: "Several AI agents work on one question side by side, see each other's answers, vote, and one presents the result.",
  lang: "en",
  srcDir: "./pages",
  outDir: "./dist",
  cacheDir: "./.cache",
  // Pages open from a folder of a file server as well as from the root of a host.
  base: process.env["MASSGEN_SITE_BASE"] ?? "/",
  cleanUrls: false,
  rewrites: { "quick-start.md": "index.md" },
  // Nothing is fetched from elsewhere: a page about private councils must not tell others who reads it.
  head: [["meta", { name: "referrer", content: "no-referrer" }]],
  markdown: { theme: { light: "github-light", dark: "github-dark" } },
  themeConfig: {
    search: {
      provider: "local",
      options: {
        miniSearch: {
          searchOptions: {
            combineWith: "AND",
            // Tables that name everything come after the guides that explain it. The function is sent to the page as its text.
            boostDocument: (id: string) =>
              /\/(?:api|cli|compatibility|configuration|contracts|dependencies|from-python)\.html/.test(id) ? 0.05 : 1,
          },
        },
      },
    },
    outline: [2, 3],
    sidebar: GUIDES.map(({ title, pages }) => ({ text: title, items: readingOrder(pages) })),
    docFooter: { prev: "Before", next: "Next" },
  },
});
