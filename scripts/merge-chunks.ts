// Joins the chunks that a run always loads together: the bundler makes one for each set of entry points, and every file costs about a millisecond to load.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";

/** A file to make, `chunks/NAME.js`, of everything that these sources load statically and no earlier group holds. */
export type ChunkGroup = { readonly name: string; readonly sources: readonly string[] };

type Outputs = Metafile["outputs"];
type Member = { readonly path: string; readonly exports: readonly string[]; readonly entry: boolean };
type Group = {
  readonly file: string;
  readonly members: readonly Member[];
  readonly names: ReadonlyMap<string, ReadonlyMap<string, string>>;
};

function closureOf(path: string, outputs: Outputs, found: Set<string>): void {
  if (found.has(path)) return;
  found.add(path);
  for (const { path: next, kind, external } of outputs[path]?.imports ?? []) {
    if (kind === "import-statement" && external !== true) closureOf(next, outputs, found);
  }
}

function membersOf(group: ChunkGroup, outputs: Outputs, taken: ReadonlySet<string>): Member[] {
  const found = new Set<string>();
  const paths = Object.keys(outputs);
  for (const source of group.sources) {
    const root = paths.find((path) => outputs[path]?.entryPoint?.endsWith(source) === true);
    if (root === undefined) throw new Error(`No output has the entry point ${source}`);
    closureOf(root, outputs, found);
  }
  // What is in dist/ itself is named by package.json and stays where it is.
  const loose = [...found].filter((path) => path.includes("/chunks/") && !taken.has(path));
  return loose.map((path) => ({ path, exports: outputs[path]?.exports ?? [], entry: outputs[path]?.entryPoint !== undefined }));
}

/** The name in the group of each member's exports. What is loaded dynamically keeps its names; others make way. */
function namesOf(members: readonly Member[]): Map<string, ReadonlyMap<string, string>> {
  const used = new Set<string>();
  const names = new Map<string, ReadonlyMap<string, string>>();
  for (const member of members.toSorted((a, b) => Number(b.entry) - Number(a.entry))) {
    const own = new Map<string, string>();
    for (const name of member.exports) {
      let free = name;
      for (let n = 2; used.has(free); n += 1) free = `${name}$${n}`;
      if (member.entry && free !== name) throw new Error(`${member.path} and another part of its group both export ${name}`);
      used.add(free);
      own.set(name, free);
    }
    names.set(basename(member.path), own);
  }
  return names;
}

/** Inside a group its members are bundled; a member loaded dynamically is the group itself, everything else stays a file of its own. */
function boundary({ file, names }: Group): Plugin {
  return {
    name: "boundary",
    setup({ onResolve }) {
      onResolve({ filter: /.*/ }, ({ path, kind }) => {
        if (kind === "entry-point" || (kind === "import-statement" && names.has(basename(path)))) return undefined;
        return { path: names.has(basename(path)) ? `./${file}` : path, external: true };
      });
    },
  };
}

async function bundleGroup(group: Group, root: string): Promise<string> {
  const lines = group.members.map(({ path }) => {
    const list = [...(group.names.get(basename(path)) ?? [])].map(([name, as]) => `${name} as ${as}`).join(", ");
    return list === "" ? `import "./${basename(path)}";` : `export { ${list} } from "./${basename(path)}";`;
  });
  const { outputFiles } = await build({
    stdin: { contents: lines.join("\n"), resolveDir: join(root, "dist/chunks"), loader: "js" },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node22.19",
    plugins: [boundary(group)],
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: "none",
    logLevel: "warning",
  });
  return outputFiles[0]?.text ?? "";
}

const STATIC = /\b(import|export)\{([^{}]*)\}from"(\.[^"]*)"/g;
const PLAIN = /\bimport(\(?)"(\.[^"]*\/)([^"/]+\.js)"/g;

/** Importers of a member ask the group, by the names it has there. */
function redirect(text: string, group: Group): string {
  const named = text.replace(STATIC, (all, ...[verb = "", list = "", from = ""]: string[]) => {
    const names = group.names.get(basename(from));
    if (names === undefined) return all;
    const renamed = list
      .split(",")
      .filter((part) => part !== "")
      .map((part) => {
        const [name = "", as = name] = part.split(" as ");
        const there = names.get(name) ?? name;
        return there === as ? there : `${there} as ${as}`;
      });
    return `${verb}{${renamed.join(",")}}from"${from.replace(basename(from), group.file)}"`;
  });
  return named.replace(PLAIN, (all, ...[open = "", folder = "", name = ""]: string[]) =>
    group.names.has(name) ? `import${open}"${folder}${group.file}"` : all,
  );
}

/** Rewrites the files that `metafile` lists. */
export async function mergeChunks(root: string, metafile: Metafile, groups: readonly ChunkGroup[]): Promise<void> {
  const left = new Set(Object.keys(metafile.outputs).filter((path) => path.endsWith(".js")));
  const taken = new Set<string>();
  for (const wanted of groups) {
    const members = membersOf(wanted, metafile.outputs, taken);
    const group: Group = { file: `${wanted.name}.js`, members, names: namesOf(members) };
    const text = await bundleGroup(group, root);
    for (const { path } of members) {
      taken.add(path);
      left.delete(path);
      rmSync(join(root, path));
    }
    const made = `dist/chunks/${group.file}`;
    writeFileSync(join(root, made), text);
    for (const path of left) writeFileSync(join(root, path), redirect(readFileSync(join(root, path), "utf8"), group));
    left.add(made);
  }
}
