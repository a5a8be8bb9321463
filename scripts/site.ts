// `npm run site`: builds the guides of docs/ into the static, searchable site `site/dist`. The site's own packages are installed on first use, so that
// nobody pays for them who does not build it.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "./stages.ts";

const site = join(root, "site");
const pages = join(site, "pages");

function run(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { cwd: site, stdio: ["ignore", "inherit", "inherit"] }).status === 0;
}

/** The guides beside the site's packages: the generator looks for its own modules from where a page lies. */
function gatherPages(): void {
  rmSync(pages, { recursive: true, force: true });
  cpSync(join(root, "docs"), pages, { recursive: true });
}

const isInstalled = existsSync(join(site, "node_modules/vitepress"));
if (isInstalled || run("npm", ["install", "--no-audit", "--no-fund"])) {
  gatherPages();
  process.exitCode = run(process.execPath, ["node_modules/vitepress/bin/vitepress.js", "build", "."]) ? 0 : 1;
} else {
  console.error("The packages of the site could not be installed; see the lines above.");
  process.exitCode = 1;
}
