// Lets the bundler see through the doors of the folders: who takes one thing from a door then loads the file it is in, and not all that the door shows.
import { existsSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import type { Plugin } from "esbuild";

type Home = { readonly file: string; readonly name: string };

const REEXPORT = /^export (\*|\{[^}]*\}) from "([^"]+)";/gm;
const DECLARATION = /^export (?:async )?(?:function\*?|const|class) (\w+)/gm;
const DOOR_IMPORT = /^import \{([^}]*)\} from "([^"]*\/index\.ts)";/gm;

/** `a, type B, c as d` without the types: what is taken and how it is called here. */
function namesIn(list: string): { readonly name: string; readonly as: string }[] {
  const parts = list.split(",").map((part) => part.trim());
  return parts
    .filter((part) => part !== "" && !part.startsWith("type "))
    .map((part) => {
      const [name = "", as = name] = part.split(/\s+as\s+/);
      return { name, as };
    });
}

const doors = new Map<string, ReadonlyMap<string, Home>>();

/** Where each value that a file exports is written. */
function homesOf(file: string): ReadonlyMap<string, Home> {
  const known = doors.get(file);
  if (known !== undefined) return known;
  const homes = new Map<string, Home>();
  // A missing file is for the bundler to report, with the place of the import.
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  for (const [, name = ""] of text.matchAll(DECLARATION)) homes.set(name, { file, name });
  for (const [, what = "", from = ""] of text.matchAll(REEXPORT)) {
    if (!from.startsWith(".")) continue;
    const behind = homesOf(resolve(dirname(file), from));
    if (what === "*") for (const [name, home] of behind) homes.set(name, home);
    else
      for (const { name, as } of namesIn(what.slice(1, -1)))
        homes.set(as, behind.get(name) ?? { file: resolve(dirname(file), from), name });
  }
  doors.set(file, homes);
  return homes;
}

/** The same import, from the files behind the door; as it was where a name is not found. */
function seeThrough(list: string, { door, from }: { readonly door: string; readonly from: string }): string {
  const homes = homesOf(resolve(dirname(from), door));
  return namesIn(list)
    .map(({ name, as }) => {
      const home = homes.get(name);
      if (home === undefined) return `import { ${name} as ${as} } from "${door}";`;
      const path = relative(dirname(from), home.file).replaceAll("\\", "/");
      return `import { ${home.name} as ${as} } from "${path.startsWith(".") ? path : `./${path}`}";`;
    })
    .join(" ");
}

export const THROUGH_DOORS: Plugin = {
  name: "through-doors",
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]src[/\\].*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      return {
        contents: text.replace(DOOR_IMPORT, (_all, list: string, door: string) => seeThrough(list, { door, from: path })),
        loader: "ts",
      };
    });
  },
};
