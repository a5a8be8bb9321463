// `npm run api`: writes docs/api.md, every name that `massgen` and `massgen/mcp` export, with its declaration. With `--check` nothing is written; it
// fails where the document is not what the code exports, so that no change of the public API goes unseen.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { root } from "./stages.ts";

const DOCUMENT = join(root, "docs/api.md");
const DOORS = { massgen: "src/index.d.ts", "massgen/mcp": "src/mcp/published.d.ts" } as const;

/** Names a door exports, each with the text of its declaration. */
type Api = Map<string, string>;

const sourceOf = (file: string): string => readFileSync(file, "utf8").replaceAll(/\/\*\*[\s\S]*?\*\/\s*/g, "");
const linked = (from: string, target: string): string => join(dirname(from), target.replace(/\.ts$/, ".d.ts"));

/** The declaration of `name` in a file of declarations: to the `;` or `}` that closes it, at no depth. */
function declarationOf(text: string, name: string): string | null {
  const start = new RegExp(`^(?:export )?(?:declare )?(?:abstract )?(?:type|interface|class|function|const) ${name}\\b`, "m").exec(
    text,
  )?.index;
  if (start === undefined) return null;
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const sign = text[at] ?? "";
    if ("{([".includes(sign)) depth += 1;
    if ("})]".includes(sign)) depth -= 1;
    const isBlockEnd =
      sign === "}" && depth === 0 && /^(?:export )?(?:declare )?(?:abstract )?(?:interface|class) /.test(text.slice(start, start + 60));
    if (depth === 0 && (sign === ";" || isBlockEnd)) return text.slice(start, at + 1);
  }
  return null;
}

function exportsOf(file: string, into: Api = new Map()): Api {
  const text = sourceOf(file);
  for (const [, target = ""] of text.matchAll(/^export \* from "(\.[^"]+)";$/gm)) exportsOf(linked(file, target), into);
  for (const [, names = "", target = ""] of text.matchAll(/^export (?:type )?\{([^}]*)\} from "(\.[^"]+)";$/gm)) {
    const found = exportsOf(linked(file, target));
    for (const [own, outer] of namesIn(names)) into.set(outer, found.get(own) ?? declarationOf(sourceOf(linked(file, target)), own) ?? "");
  }
  for (const [, name = ""] of text.matchAll(/^export (?:declare )?(?:abstract )?(?:type|interface|class|function|const) (\w+)/gm))
    into.set(name, declarationOf(text, name) ?? "");
  return into;
}

const namesIn = (list: string): readonly (readonly [own: string, outer: string])[] =>
  list
    .split(",")
    .map((name) => name.trim().replace(/^type /, ""))
    .filter((name) => name !== "")
    .map((name) => {
      const [own = "", outer = own] = name.split(" as ");
      return [own, outer];
    });

function chapter(door: keyof typeof DOORS, emitted: string): string {
  const all = exportsOf(join(emitted, DOORS[door]));
  const empty = [...all].filter(([, text]) => text === "").map(([name]) => name);
  if (empty.length > 0) throw new Error(`The declarations of ${empty.join(", ")} were not found.`);
  const blocks = [...all].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text.replaceAll(/^export (declare )?/gm, ""));
  return `## ${door}\n\n\`\`\`text\n${blocks.join("\n")}\n\`\`\`\n`;
}

const head =
  "# Public API\n\nEvery name that the package exports, made from the code by `npm run api`; a change here is a change for those who build on it.\n" +
  "How to use it is in [the library guide](library.md).\n";

/** The document as the code has it now. Whether the types are right is for another stage to say. */
function written(): string {
  const emitted = mkdtempSync(join(tmpdir(), "massgen-api-"));
  try {
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    execFileSync(process.execPath, [tsc, "-p", "tsconfig.types.json", "--noCheck", "--outDir", emitted], { cwd: root, stdio: "inherit" });
    return [head, chapter("massgen", emitted), chapter("massgen/mcp", emitted)].join("\n");
  } finally {
    rmSync(emitted, { recursive: true, force: true });
  }
}

const text = written();
const isCurrent = existsSync(DOCUMENT) && readFileSync(DOCUMENT, "utf8") === text;
if (!process.argv.includes("--check")) {
  writeFileSync(DOCUMENT, text);
  console.log(isCurrent ? "docs/api.md is current." : "Wrote docs/api.md.");
} else if (!isCurrent) {
  console.log(
    "The public API is not what docs/api.md says. Run `npm run api`, look at the difference, and name what breaks in CHANGELOG.md.",
  );
  process.exitCode = 1;
}
