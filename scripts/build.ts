// Builds dist/: one bundle with shared chunks (so that start-up loads only what a command needs), type declarations and the licences of what is inside.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync, chmodSync } from "node:fs";
import { join } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";
import { leanModules, REQUIRE_BANNER } from "./lean-modules.ts";
import { mergeChunks, type ChunkGroup } from "./merge-chunks.ts";
import { root } from "./stages.ts";
import { THROUGH_DOORS } from "./through-doors.ts";

const dist = join(root, "dist");

/** Loaded from where the user installed them, never bundled: native binaries or licences of their own. */
const EXTERNAL = ["node-llama-cpp", "@node-llama-cpp/*", "@anthropic-ai/claude-agent-sdk", "@napi-rs/keyring", "koffi", "vitest"];

/**
 * `import { z }` names zod's whole namespace as one object, which keeps all of it, forty languages of messages included.
 * The same import as a namespace lets the bundler keep only what is used: 580 KB less to load for every provider.
 */
const PRUNE_ZOD: Plugin = {
  name: "prune-zod",
  setup({ onLoad }) {
    onLoad({ filter: /node_modules[/\\](@ai-sdk|@modelcontextprotocol)[/\\].*\.m?js$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      const contents = text.replace(
        /import \{ z(?: as (\w+))? \} from "(zod(?:\/v4)?)"/g,
        (_all, alias: string | undefined, from: string) => `import * as ${alias ?? "z"} from "${from}"`,
      );
      if (!path.includes("@ai-sdk") || !/\bnew Headers\b/.test(contents)) return { contents, loader: "js" };
      return { contents: `import { HttpHeaders as Headers } from ${JSON.stringify(LIGHT_HEADERS)};\n${contents}`, loader: "js" };
    });
  },
};

/** Of package.json the program wants its version alone; the rest is read with every start otherwise. */
const VERSION_ONLY: Plugin = {
  name: "version-only",
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]package\.json$/ }, ({ path }) => {
      if (path !== join(root, "package.json")) return undefined;
      const { version } = JSON.parse(readFileSync(path, "utf8")) as { version: string };
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
  },
};

/** The platform's `Headers` loads a whole HTTP client for the one name, `user-agent`, that providers put into theirs. */
const LIGHT_HEADERS = join(root, "src/io/http/http-headers.ts");

/** In this order: what starts, what every run needs, and what providers of the AI SDK share. */
const GROUPS: readonly ChunkGroup[] = [
  { name: "start", sources: ["src/cli/bin.ts"] },
  {
    name: "run",
    sources: [
      "src/cli/commands/run.ts",
      "src/cli/team.ts",
      "src/session/index.ts",
      "src/displays/simple.ts",
      "src/backends/chat-completion.ts",
      "src/io/http/http-fetch.ts",
    ],
  },
  { name: "provider", sources: ["@ai-sdk/openai-compatible/dist/index.js"] },
];

async function bundle(): Promise<Metafile> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: { cli: "src/cli/bin.ts", index: "src/index.ts", mcp: "src/mcp/published.ts", testing: "src/testing/index.ts" },
    outdir: dist,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22.19",
    external: EXTERNAL,
    plugins: [PRUNE_ZOD, VERSION_ONLY, THROUGH_DOORS],
    // Loaded on first use, a CommonJS package loses its named exports behind a chunk; this is the same code as a module.
    alias: { yaml: join(root, "node_modules/yaml/browser/index.js") },
    chunkNames: "chunks/[name]-[hash]",
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
    banner: { js: REQUIRE_BANNER },
  });
  return result.metafile;
}

function declarations(): void {
  execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.types.json"], {
    cwd: root,
    stdio: "inherit",
  });
}

/** The packages whose code is inside the bundle, by the folder each input file came from. */
function bundledPackages(metafile: Metafile): string[] {
  const names = new Set<string>();
  for (const input of Object.keys(metafile.inputs)) {
    const match = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(input);
    if (match?.[1] !== undefined) names.add(input.slice(0, (match.index ?? 0) + "node_modules/".length + match[1].length));
  }
  return [...names].sort();
}

function licenceOf(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as {
    name: string;
    version: string;
    license?: string;
  };
  const file = readdirSync(join(root, folder)).find((name) => /^(licen[cs]e|copying)/i.test(name));
  const text = file === undefined ? "" : `\n\n${readFileSync(join(root, folder, file), "utf8").trim()}`;
  return `## ${manifest.name} ${manifest.version} (${manifest.license ?? "see text"})${text}\n`;
}

rmSync(dist, { recursive: true, force: true });
const metafile = await bundle();
leanModules(
  root,
  Object.keys(metafile.outputs).filter((path) => path.endsWith(".js")),
);
await mergeChunks(root, metafile, GROUPS);
declarations();
writeFileSync(
  join(dist, "THIRD-PARTY-LICENCES.md"),
  `# Licences of the packages inside this bundle\n\n${bundledPackages(metafile).map(licenceOf).join("\n")}`,
);
const bin = join(dist, "cli.js");
if (existsSync(bin)) chmodSync(bin, 0o755);
