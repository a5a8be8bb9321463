// The guides are true: their commands run, their configurations load, their programs compile, their links lead somewhere.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { commandNamed } from "../src/cli/commands/index.ts";
import { RUN_OPTIONS } from "../src/cli/commands/run-options.ts";
import { readArguments } from "../src/cli/arguments.ts";
import { parseConfigText } from "../src/config/index.ts";
import { ERROR_REGISTRY } from "../src/errors/index.ts";
import { readPolicy } from "../src/security/index.ts";
import { anchorsOf, blocksOf, linksOf, proseOf, type Block } from "./support/docs-blocks.ts";
import { localModel, readersFolder, runShell, toolFolder, type Place } from "./support/docs-world.ts";
import { projectRoot, temporaryFolder } from "./support/run-cli.ts";
import { scriptedProviders, type ScriptedProviders } from "./support/scripted-providers.ts";

const DOCUMENTS = [
  "README.md",
  ...readdirSync(join(projectRoot, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];
const textOf = (document: string): string => readFileSync(join(projectRoot, document), "utf8");
const blocks = DOCUMENTS.flatMap((document) => blocksOf(textOf(document)).map((block) => ({ document, ...block })));
const MOST_SKIPPED = 10;

/** The file a block is, where its first line says so: `# team.yaml`, `// src/backends/echo.ts`. */
const fileOf = ({ text }: Block): string | null => /^(?:#|\/\/) ([\w./-]+\.\w+)$/.exec(text.split("\n")[0] ?? "")?.[1] ?? null;

describe("commands of the guides (REQ-DOCS-1)", () => {
  let providers: ScriptedProviders;
  beforeAll(async () => void (providers = await scriptedProviders()));
  afterAll(() => providers.close());

  test("few blocks are skipped, and each says why", () => {
    const skipped = blocks.filter(({ remark }) => remark?.kind === "skip");
    expect(skipped.length).toBeLessThanOrEqual(MOST_SKIPPED);
    expect(skipped.filter(({ remark }) => (remark?.reason.length ?? 0) < 10)).toEqual([]);
  });

  test.each(DOCUMENTS.filter((document) => blocks.some((block) => block.document === document && block.language === "sh")))(
    "%s",
    { timeout: 170_000 },
    async (document) => {
      const folder = temporaryFolder();
      const place: Place = { work: readersFolder(folder), bin: toolFolder(folder), env: providers.env };
      const mine = blocks.filter((block) => block.document === document);
      for (const block of mine) {
        const file = fileOf(block);
        if (block.language !== "sh" && file !== null && !file.includes("/")) writeFileSync(join(place.work, file), block.text);
      }
      for (const block of mine.filter(({ language }) => language === "sh")) await runBlock(block, place);
    },
  );
});

async function runBlock({ document, line, text, remark }: Block & { readonly document: string }, place: Place): Promise<void> {
  if (remark?.kind === "skip") return;
  const needsModel = localModel === null && /local_mcp/.test(text);
  if (remark?.kind === "dry-run" || needsModel) return checkArguments(text);
  const { code, stdout, stderr } = await runShell(text, place);
  const said = `${document}:${line}\n${text}\n--- ${stdout.slice(-2_000)}\n--- ${stderr.slice(-2_000)}`;
  expect(code, said).toBe(remark?.kind === "exit" ? remark.exit : 0);
  expect(stderr, said).not.toMatch(/\n\s+at /);
}

/** Every `massgen …` line names a command and options that exist. */
function checkArguments(text: string): void {
  const lines = text
    .split("\n")
    .map((line) => /^massgen\s+(.*)$/.exec(line)?.[1])
    .filter((line) => line !== undefined);
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) {
    const words = Array.from(
      line.replace(/\s#.*$/, "").matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g),
      ([, double, single, plain]) => double ?? single ?? plain ?? "",
    );
    const entry = commandNamed(words[0] ?? "");
    if (entry === undefined) expect(() => readArguments(words, RUN_OPTIONS)).not.toThrow();
  }
}

describe("configurations and programs of the guides (REQ-DOCS-2)", () => {
  const isPolicy = ({ language, text }: Block): boolean => language.startsWith("json") && !/"agents?"\s*:\s*[[{]/.test(text);
  const policies = blocks.filter(isPolicy);
  const configurations = blocks.filter((block) => block.language === "yaml" || (block.language.startsWith("json") && !isPolicy(block)));

  test.each(policies.map((block) => [`${block.document}:${block.line}`, block] as const))(
    "%s is an operator's policy",
    (_name, { text }) => {
      expect(readPolicy(JSON.parse(text.replace(/(^|\s)\/\/ .*$/gm, ""))).problems).toEqual([]);
    },
  );

  test.each(configurations.map((block) => [`${block.document}:${block.line}`, block] as const))(
    "%s loads without a warning",
    async (_name, { text }) => {
      const { config, problems } = await parseConfigText(text, null, { env: {}, mode: "check", strict: true });
      expect(problems.filter(({ code }) => code !== "unset-variable")).toEqual([]);
      expect(config).not.toBeNull();
    },
  );

  test("programs type-check against the sources", () => {
    const cache = join(projectRoot, ".cache");
    mkdirSync(cache, { recursive: true });
    const folder = mkdtempSync(join(cache, "docs-types-"));
    try {
      const src = relative(folder, join(projectRoot, "src"));
      const paths = {
        massgen: [`${src}/index.ts`],
        "massgen/mcp": [`${src}/mcp/published.ts`],
        "massgen/testing": [`${src}/testing/index.ts`],
      };
      writeFileSync(
        join(folder, "tsconfig.json"),
        JSON.stringify({ extends: "../../tsconfig.json", compilerOptions: { paths, incremental: false }, include: ["*.ts"] }),
      );
      const programs = blocks.filter(({ language }) => language === "ts");
      expect(programs.length).toBeGreaterThan(5);
      for (const block of programs)
        writeFileSync(join(folder, `${block.document.replace(/\W/g, "-")}-${block.line}.ts`), programOf(block, folder));
      const { status, stdout } = spawnSync(join(projectRoot, "node_modules/.bin/tsc"), ["-p", join(folder, "tsconfig.json")], {
        cwd: folder,
        encoding: "utf8",
      });
      expect(stdout).toBe("");
      expect(status).toBe(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** A block that is a file of the project imports its neighbours as if it stood there. */
function programOf(block: Block, folder: string): string {
  const file = fileOf(block);
  if (file === null) return `${block.text}\nexport {};\n`;
  const place = dirname(join(projectRoot, file));
  return block.text.replace(
    /from "(\.[^"]+)"/g,
    (_all, target: string) => `from ${JSON.stringify(relative(folder, resolve(place, target)))}`,
  );
}

describe("links (REQ-DOCS-3)", () => {
  const linking = [...DOCUMENTS, "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"];

  test.each(linking)("%s links to what exists", (document) => {
    for (const target of linksOf(textOf(document))) {
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? join(projectRoot, document) : resolve(projectRoot, dirname(document), path);
      expect(existsSync(file), `${document}: ${target}`).toBe(true);
      if (anchor !== undefined) expect([...anchorsOf(readFileSync(file, "utf8"))], `${document}: ${target}`).toContain(anchor);
    }
  });

  test("every guide is in llms.txt, and examples that are named exist", () => {
    const list = readFileSync(join(projectRoot, "docs/llms.txt"), "utf8");
    for (const document of DOCUMENTS.slice(1)) expect(list).toContain(`](${document.replace("docs/", "")})`);
    for (const document of DOCUMENTS) {
      for (const [, name = ""] of textOf(document).matchAll(/examples\/(\w+\.yaml)/g))
        expect(existsSync(join(projectRoot, "examples", name)), `${document}: ${name}`).toBe(true);
    }
  });
});

describe("the troubleshooting guide (REQ-DOCS-4)", () => {
  const text = textOf("docs/troubleshooting.md");

  test.each(Object.keys(ERROR_REGISTRY))("%s has cause, check and cure", (code) => {
    const section = text.split(/^#{2,3} /m).find((part) => part.startsWith(`${code}\n`)) ?? "";
    for (const word of ["Cause", "Check", "Cure"]) expect(section).toContain(`**${word}:**`);
  });

  test("names no code that does not exist", () => {
    const named = DOCUMENTS.flatMap((document) => textOf(document).match(/\bE_[A-Z_]+\b/g) ?? []);
    expect(named.filter((code) => !Object.hasOwn(ERROR_REGISTRY, code))).toEqual([]);
  });
});

describe("references (REQ-DOCS-5)", () => {
  test("what is made from the program's tables is current", () => {
    const { status, stdout } = spawnSync(process.execPath, ["scripts/docs.ts", "--check"], { cwd: projectRoot, encoding: "utf8" });
    expect(stdout).toBe("");
    expect(status).toBe(0);
  });
});

describe("coming from Python (REQ-DOCS-7)", () => {
  const text = textOf("docs/from-python.md");
  const FLAGS = [
    "--config",
    "--backend",
    "--model",
    "--system-message",
    "--base-url",
    "--no-display",
    "--no-logs",
    "--debug",
    "--orchestrator-timeout",
  ];
  const corpus = join(process.env["MASSGEN_CORPUS"] ?? join(projectRoot, "../shared/data"), "massgen-configs");

  test("every flag is named and exists here", () => {
    for (const flag of FLAGS) {
      expect(text).toContain(`\`${flag}\``);
      expect(Object.keys(RUN_OPTIONS)).toContain(flag.slice(2));
    }
  });

  test.skipIf(!existsSync(corpus))("every key of the old configurations is named", () => {
    const keys = new Set(
      readdirSync(corpus)
        .filter((name) => name.endsWith(".yaml"))
        .flatMap((name) => keysOf(parse(readFileSync(join(corpus, name), "utf8")), "")),
    );
    expect([...keys].filter((key) => !new RegExp(`\\b${key}\\b`).test(text))).toEqual([]);
  });

  test("the files of this program that are named exist", () => {
    const named = Array.from(proseOf(text).matchAll(/`((?:src|examples)\/[\w./-]+)`/g), ([, path = ""]) => path);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((path) => !existsSync(join(projectRoot, path)))).toEqual([]);
  });
});

/** Names of keys; below free maps (`env`, `mcp_servers`, `headers`) the names are the person's own. */
function keysOf(value: unknown, above: string): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => keysOf(item, ""));
  if (typeof value !== "object" || value === null) return [];
  const free = ["env", "mcp_servers", "headers"].includes(above);
  return Object.entries(value).flatMap(([key, below]) => [...(free ? [] : [key]), ...keysOf(below, key)]);
}
