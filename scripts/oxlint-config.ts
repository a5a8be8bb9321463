// Writes .oxlintrc.json: the architecture's arrows and doors live here as one table, the rest of the lint rules beside it.
// `node scripts/oxlint-config.ts --check` fails when the file on disk is not what this table says.
import { readFileSync, writeFileSync } from "node:fs";

/** What each folder of src may import besides itself. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  errors: [],
  io: ["errors"],
  config: ["core", "errors", "io"],
  security: ["core", "errors", "io", "config"],
  log: ["core", "errors", "io", "security"],
  mcp: ["core", "errors", "io", "config", "security"],
  workspaces: ["core", "errors", "io", "config", "log"],
  backends: ["core", "errors", "io", "config", "mcp", "security", "workspaces"],
  runtime: ["core", "errors", "io", "log", "mcp", "backends", "security", "workspaces"],
  telemetry: ["core", "io", "mcp"],
  session: ["core", "errors", "io", "config", "log", "mcp", "backends", "runtime", "security", "workspaces", "telemetry"],
  serve: ["core", "errors", "io", "config", "log", "mcp", "runtime", "session", "security"],
  benchmarks: ["core", "errors", "io", "config", "runtime", "session", "testing"],
  displays: ["core", "errors", "io", "log", "runtime", "security"],
  cli: ["core", "errors", "io", "config", "log", "mcp", "backends", "runtime", "session", "serve", "benchmarks", "displays", "security"],
  testing: ["core", "errors", "io", "config", "log", "mcp", "backends", "runtime", "session", "serve", "displays", "security", "cli"],
};
const FOLDERS = Object.keys(ARROWS);
const DOORS = ["index", "contract", "types", "result", "io"];

function importRules(folder: string): unknown {
  const others = FOLDERS.filter((name) => name !== folder);
  const closed = others.filter((name) => !(ARROWS[folder] ?? []).includes(name));
  const open = others.filter((name) => !closed.includes(name));
  const patterns: { group: string[]; message: string }[] = open.map((name) => ({
    group: [`**/../${name}/**`, ...DOORS.map((door) => `!**/../${name}/${door}.ts`)],
    message: "A folder is entered by its index.ts (types also by contract.ts, types.ts, result.ts).",
  }));
  if (closed.length > 0)
    patterns.push({
      group: closed.map((name) => `**/../${name}/**`),
      message: `src/${folder} may import only: ${[folder, ...(ARROWS[folder] ?? [])].join(", ")}.`,
    });
  if (folder === "core") patterns.push({ group: ["*", "!./*", "!../*"], message: "The core imports nothing but itself." });
  return { files: [`src/${folder}/**/*.ts`], rules: { "no-restricted-imports": ["error", { patterns }] } };
}

const TESTS = ["**/*.test.ts", "**/*.test-support.ts", "test/**", "bench/**", "scripts/**", "src/testing/**"];

const config = {
  $schema: "./node_modules/oxlint/configuration_schema.json",
  plugins: ["typescript", "unicorn", "import", "node", "oxc"],
  categories: { correctness: "error" },
  options: { typeAware: true },
  ignorePatterns: ["dist", "node_modules", ".cache", ".venv", "docs", "**/fixtures/**", "templates"],
  rules: {
    "max-lines": ["error", { max: 400 }],
    "max-lines-per-function": ["error", { max: 80 }],
    "max-params": ["error", { max: 3 }],
    "unicorn/filename-case": ["error", { case: "kebabCase" }],
    "import/no-default-export": "error",
    "import/no-cycle": ["error", { ignoreTypes: false }],
    "typescript/no-explicit-any": "error",
    "typescript/consistent-type-imports": "error",
    "typescript/no-floating-promises": "error",
    "typescript/no-misused-promises": "error",
    "typescript/await-thenable": "error",
    "typescript/unbound-method": "off",
    "typescript/no-base-to-string": "off",
    "typescript/restrict-template-expressions": "off",
    "no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
    "no-control-regex": "off",
    eqeqeq: "error",
    "no-console": "error",
    "no-var": "error",
    "prefer-const": "error",
  },
  overrides: [
    {
      files: ["src/**/*.ts"],
      rules: {
        "node/no-process-env": "error",
        "no-restricted-globals": [
          "error",
          { name: "fetch", message: "Take it from Io." },
          { name: "setTimeout", message: "Use Io.clock." },
          { name: "setInterval", message: "Use Io.clock." },
        ],
        "no-restricted-properties": [
          "error",
          { object: "Date", property: "now", message: "Use Io.clock." },
          { object: "Math", property: "random", message: "Use Io.random." },
          { object: "process", property: "stdout", message: "Use Io.terminal." },
          { object: "process", property: "stderr", message: "Use Io.terminal." },
        ],
      },
    },
    ...FOLDERS.map(importRules),
    {
      files: ["src/io/**", "src/cli/bin.ts", ...TESTS],
      rules: { "node/no-process-env": "off", "no-restricted-globals": "off", "no-restricted-properties": "off", "no-console": "off" },
    },
    { files: TESTS, rules: { "max-lines": ["error", { max: 600 }], "max-lines-per-function": "off", "no-restricted-imports": "off" } },
    { files: ["test/servers/**"], rules: { "typescript/no-misused-promises": "off", "no-unused-expressions": "off" } },
    {
      files: ["*.config.ts", "site/.vitepress/config.ts"],
      rules: {
        "import/no-default-export": "off",
        "unicorn/filename-case": "off",
        "node/no-process-env": "off",
        "no-restricted-properties": "off",
      },
    },
  ],
};

const target = new URL("../.oxlintrc.json", import.meta.url);
const text = `${JSON.stringify(config, null, 2)}\n`;
if (process.argv.includes("--check")) {
  if (readFileSync(target, "utf8") !== text) {
    console.error(".oxlintrc.json does not match scripts/oxlint-config.ts: run `node scripts/oxlint-config.ts`.");
    process.exitCode = 1;
  }
} else {
  writeFileSync(target, text);
}
