// Where the code of a fetched package comes from.
import { byLevel, quote } from "../findings.ts";
import { packagesOf } from "../launch/package-spec.ts";
import type { Launch } from "../launch/read-launch.ts";
import type { Finding, ServerRule, Settings } from "../types.ts";

/** Other registries than the ordinary ones, unless they are those. */
const INDEX_OPTIONS = new Set([
  "--registry",
  "--index",
  "--index-url",
  "--default-index",
  "--extra-index-url",
  "--find-links",
  "-i",
  "-f",
  "--source",
  "--add-source",
]);
const ORDINARY = /^https:\/\/(?:registry\.npmjs\.org|registry\.yarnpkg\.com|pypi\.org\/simple)\/?$/;

export const packageSource: ServerRule = {
  id: "package-source",
  about:
    "Packages come from the ordinary registry; other https registries and repositories are named in a warning (refused at strict), and nothing is fetched without encryption or as a loose file from the web.",
  examples: [
    { given: { argv: ["npx", "-y", "@scope/server@1.2.3"], policy: { level: "strict" } }, verdict: "allow" },
    { given: { argv: ["npx", "--registry=https://registry.npmjs.org/", "x@1.0.0"], policy: { level: "strict" } }, verdict: "allow" },
    { given: { argv: ["npx", "/home/me/server"] }, verdict: "allow" },
    { given: { argv: ["uvx", "--from", "git+https://github.com/oraios/serena", "serena-mcp-server"] }, verdict: "warn" },
    {
      given: { argv: ["uvx", "--from", "git+https://github.com/oraios/serena", "serena-mcp-server"], policy: { level: "strict" } },
      verdict: "deny",
    },
    { given: { argv: ["npx", "-y", "github:user/repo"] }, verdict: "warn" },
    { given: { argv: ["uvx", "--extra-index-url", "https://pypi.corp.example/simple", "x==1.0"] }, verdict: "warn" },
    { given: { argv: ["npx", "--package=http://x.example/x.tgz", "x"] }, verdict: "deny" },
    { given: { argv: ["npx", "https://x.example/x.tgz"] }, verdict: "deny" },
    { given: { argv: ["npx", "--registry", "http://127.0.0.1.x.example", "x@1.0.0"] }, verdict: "deny" },
    { given: { argv: ["uvx", "--from", "git+http://x.example/r", "x"] }, verdict: "deny" },
    { given: { argv: ["deno", "run", "-A", "https://x.example/mod.ts"] }, verdict: "deny" },
    { given: { argv: ["uv", "run", "https://x.example/s.py"] }, verdict: "deny" },
    { given: { argv: ["npx", "https://x.example/x.tgz"], policy: { level: "permissive" } }, verdict: "warn" },
  ],
  check({ launch, settings }) {
    for (const layer of launch) {
      const finding = judgePackages(layer, settings) ?? judgeIndex(layer, settings);
      if (finding !== null) return finding;
    }
    return null;
  },
};

const NEXT = "Use the package's name in the registry with its version, or install it once and start it from there.";

function judgePackages(layer: Launch, settings: Settings): Finding | null {
  for (const { text, from } of packagesOf(layer)) {
    const open = /(?:^|[@+])(?:http|git|svn):/i.test(text) || /git\+(?:http|git):/i.test(text);
    if (from === "address" || open) {
      const trusted = layer.family?.name === "deno" && /^https:\/\/(?:deno\.land|esm\.sh|jsr\.io)\//.test(text);
      return byLevel(
        settings,
        { strict: "deny", moderate: trusted ? "warn" : "deny", permissive: "warn" },
        { reason: `${quote(text)} is code fetched from an address of the web`, next: NEXT },
      );
    }
    if (from === "repository")
      return byLevel(
        settings,
        { strict: "deny", moderate: "warn", permissive: "warn" },
        { reason: `${quote(text)} is whatever its repository holds today`, next: NEXT },
      );
  }
  const script = layer.family?.name === "uv" && layer.subcommand === "run" ? layer.rest[0] : undefined;
  return script !== undefined && /^https?:/i.test(script)
    ? byLevel(
        settings,
        { strict: "deny", moderate: "deny", permissive: "warn" },
        { reason: `${quote(script)} is code fetched from an address of the web`, next: NEXT },
      )
    : null;
}

function judgeIndex({ options, family }: Launch, settings: Settings): Finding | null {
  const other = options.find(
    ({ name, value }) =>
      family?.source?.includes(name) === true &&
      INDEX_OPTIONS.has(name) &&
      /^[a-z]+:\/\//i.test(value ?? "") &&
      !ORDINARY.test(value ?? ""),
  );
  if (other === undefined) return null;
  const encrypted = /^https:/i.test(other.value ?? "");
  return byLevel(
    settings,
    { strict: "deny", moderate: encrypted ? "warn" : "deny", permissive: "warn" },
    {
      reason: `Packages are fetched from ${quote(other.value ?? "")} (${other.name})`,
      next: "Leave the option out, or set the registry in the user's own configuration.",
    },
  );
}
