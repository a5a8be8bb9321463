// `npm run docs`: writes the parts of docs/ that are made from the program's own tables (between `<!-- generated … -->` marks), and docs/llms.txt.
// With `--check` nothing is written; it fails where a part is stale.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { BACKEND_TABLE, configSchema } from "../src/config/index.ts";
import { COMMANDS } from "../src/cli/commands/index.ts";
import { RUN_OPTIONS } from "../src/cli/commands/run-options.ts";
import { MCP_COMMANDS } from "../src/cli/commands/mcp/index.ts";
import { commandHelp, programHelp } from "../src/cli/help.ts";
import { DEFAULT_BREAKER } from "../src/mcp/index.ts";
import { FAULTS, KEPT_14, KEPT_15, type Row } from "../test/compatibility.ts";
import { REQUIREMENTS } from "../test/requirements.ts";
import { root } from "./stages.ts";

type Node = { readonly [key: string]: unknown };
const DOCS = join(root, "docs");
const schema = configSchema() as Node;
const part = (node: Node, ...path: readonly string[]): Node => path.reduce((at, key) => at[key] as Node, node);
const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

const BREAKER = Object.entries(DEFAULT_BREAKER).map(
  ([key, value]) =>
    `${key.replace(/Ms$/, "").replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)} ${key.endsWith("Ms") ? Number(value) / 1000 : value}`,
);
/** Words for keys whose values the schema leaves to the part of the program that reads them. */
const REMARKS: Readonly<Record<string, string>> = {
  "server.breaker": `When a failing server is held back: ${BREAKER.join(", ")} (times in seconds).`,
  "server.cache":
    "`ttl`: seconds a list of tools is fresh (3600); `read_ttl`: seconds the result of a read-only call may be given to another agent (60); `reads`: false = never; `disk`: whether lists of tools are kept between runs (true).",
};

function typeOf(node: Node): string {
  if (Array.isArray(node["enum"])) return node["enum"].map((word) => `\`${String(word)}\``).join(", ");
  if (Array.isArray(node["anyOf"])) return node["anyOf"].map((branch: Node) => typeOf(branch)).join(" or ");
  const type = node["type"];
  const known =
    Array.isArray(type) && type.includes("object")
      ? "mapping"
      : Array.isArray(type)
        ? type.join(" or ")
        : typeof type === "string"
          ? type
          : typeof node["$ref"] === "string"
            ? "mapping"
            : "anything";
  const bounds = [
    ["minimum", "≥"],
    ["exclusiveMinimum", ">"],
    ["maximum", "≤"],
  ].flatMap(([key = "", sign = ""]) => (node[key] === undefined ? [] : [`${sign} ${String(node[key])}`]));
  return `${known === "object" ? "mapping" : known === "array" ? "list" : known}${bounds.length === 0 ? "" : ` ${bounds.join(", ")}`}`;
}

function row(prefix: string, key: string, node: Node): readonly string[] {
  if (node["deprecated"] === true) return [];
  const name = `${prefix}${key}`;
  const value = node["default"];
  const byDefault = value === undefined ? "" : `\`${typeof value === "object" ? JSON.stringify(value) : String(value)}\``;
  const text = REMARKS[name] ?? String(node["description"] ?? "");
  return [`| \`${key}\` | ${cell(typeOf(node))} | ${cell(byDefault)} | ${cell(text)} |`];
}

function table(prefix: string, properties: Node): string {
  const rows = Object.entries(properties).flatMap(([key, node]) => row(prefix, key, node as Node));
  return ["| key | value | default | meaning |", "|---|---|---|---|", ...rows].join("\n");
}

const section = (name: string): string => table(`${name}.`, part(schema, "properties", name, "properties"));

function deprecatedKeys(): string {
  const places: readonly (readonly [string, Node])[] = [
    ["top of the file", part(schema, "properties")],
    ["`ui`", part(schema, "properties", "ui", "properties")],
    ["`backend`", part(schema, "$defs", "backend", "properties")],
  ];
  const rows = places.flatMap(([place, properties]) =>
    Object.entries(properties).flatMap(([key, node]) =>
      (node as Node)["deprecated"] === true ? [`| \`${key}\` | ${place} | ${cell(String((node as Node)["description"]))} |`] : [],
    ),
  );
  return ["| key | where | what happens |", "|---|---|---|", ...rows].join("\n");
}

function backends(): string {
  const rows = Object.values(BACKEND_TABLE).map(
    ({ type, title, keyVariables, defaultModel, builtins, maxTools, notes }) =>
      `| \`${type}\` | ${title} | ${keyVariables.map((name) => `\`${name}\``).join(" or ") || "none"} | ${defaultModel === null ? "" : `\`${defaultModel}\``} | ${builtins.join(", ").replaceAll("_", " ")} | ${maxTools} | ${cell(notes)} |`,
  );
  return ["| `type` | provider | key | default model | built in | most tools | notes |", "|---|---|---|---|---|---|---|", ...rows].join(
    "\n",
  );
}

const fenced = (text: string): string => ["```text", text.trimEnd(), "```"].join("\n");

async function commands(): Promise<string> {
  const groups = await Promise.all(
    COMMANDS.map(async (entry) => {
      const own = `## massgen ${entry.name}\n\n${fenced(commandHelp(entry, await entry.load()))}`;
      if (entry.name !== "mcp") return [own];
      const below = await Promise.all(
        MCP_COMMANDS.map(
          async (sub) => `### massgen mcp ${sub.name}\n\n${fenced(commandHelp({ ...sub, name: `mcp ${sub.name}` }, await sub.load()))}`,
        ),
      );
      return [own, ...below];
    }),
  );
  return groups.flat().join("\n\n");
}

function features(rows: Readonly<Record<string, Row>>): string {
  const lines = Object.values(rows).map(({ what, ids, reason }) => {
    const held = ids.map((id) => `${REQUIREMENTS[id] ?? ""} (${id})`).join("<br>");
    return `| ${cell(what)} | ${cell([reason ?? "", held].filter((text) => text !== "").join("<br>"))} |`;
  });
  return ["| Python MassGen | what holds here |", "|---|---|", ...lines].join("\n");
}

const PARTS: Readonly<Record<string, () => string | Promise<string>>> = {
  root: () => table("", part(schema, "properties")),
  ui: () => section("ui"),
  orchestrator: () => section("orchestrator"),
  timeout_settings: () => section("timeout_settings"),
  budget: () => section("budget"),
  agent: () => table("agent.", part(schema, "$defs", "agent", "properties")),
  backend: () => table("backend.", part(schema, "$defs", "backend", "properties")),
  server: () => table("server.", part(schema, "$defs", "mcpServer", "properties")),
  deprecated: deprecatedKeys,
  backends,
  features_14: () => features(KEPT_14),
  features_15: () => features(KEPT_15),
  faults: () => features(FAULTS),
  program: () => fenced(programHelp(COMMANDS, RUN_OPTIONS)),
  commands,
};

/** The document with every generated part made anew. Throws for a mark without a part, and for a part that is not closed. */
async function renewed(text: string): Promise<string> {
  const pieces = text.split(/^<!-- generated: (\w+) -->$/m);
  const out = [pieces[0] ?? ""];
  for (let index = 1; index < pieces.length; index += 2) {
    const name = pieces[index] ?? "";
    const rest = pieces[index + 1] ?? "";
    const make = PARTS[name];
    const end = rest.indexOf("<!-- end -->");
    if (make === undefined || end < 0) throw new Error(`The generated part ${name} is unknown or not closed by <!-- end -->.`);
    out.push(`<!-- generated: ${name} -->\n\n${await make()}\n\n${rest.slice(end)}`);
  }
  return out.join("");
}

/** Title and first sentence of every guide, for models that look for the right one. */
function llmsText(): string {
  const first = ["README.md", "quick-start.md", "concepts.md"];
  const files = readdirSync(DOCS)
    .filter((name) => name.endsWith(".md"))
    .toSorted();
  const ordered = [...first.filter((name) => files.includes(name)), ...files.filter((name) => !first.includes(name))];
  const lines = ordered.map((name) => {
    const text = readFileSync(join(DOCS, name), "utf8");
    const title = /^# (.+)$/m.exec(text)?.[1] ?? basename(name, ".md");
    const paragraph =
      text
        .slice(text.indexOf("\n"))
        .split(/\n\s*\n/)
        .map((piece) => piece.trim())
        .find((piece) => /^[A-Z`]/.test(piece)) ?? "";
    return `- [${title}](${name}): ${(/^[\s\S]*?(?:\.(?=\s|$)|:$)/.exec(paragraph)?.[0] ?? paragraph)
      .replaceAll("\n", " ")
      .replace(/:$/, ".")
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .replaceAll("**", "")}`;
  });
  return `# MassGen\n\n> Several AI agents work on one question side by side, see each other's answers under anonymous labels, improve or vote, and one presents the\n> result. Every agent can use MCP servers. Command line and TypeScript library.\n\n## Guides\n\n${lines.join("\n")}\n`;
}

async function outputs(): Promise<readonly (readonly [path: string, text: string])[]> {
  const documents = readdirSync(DOCS)
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(DOCS, name));
  const texts = await Promise.all(documents.map(async (path) => [path, await renewed(readFileSync(path, "utf8"))] as const));
  return [...texts, [join(DOCS, "llms.txt"), llmsText()]];
}

const textAt = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
};

const stale = (await outputs()).filter(([path, text]) => textAt(path) !== text);
if (process.argv.includes("--check")) {
  for (const [path] of stale) console.log(`stale: docs/${basename(path)}; run \`npm run docs\``);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [path, text] of stale) writeFileSync(path, text);
  console.log(stale.length === 0 ? "docs/ is current." : `Wrote ${stale.map(([path]) => basename(path)).join(", ")}.`);
}
