// Commands that install, publish or change packages instead of starting a server.
import { byLevel, quote } from "../findings.ts";
import type { Launch } from "../launch/read-launch.ts";
import type { ServerRule } from "../types.ts";

const MANAGES = new Set(
  `install i in add ci isntall update up upgrade remove uninstall un rm r link ln unlink publish login adduser logout config set token owner access cache
  init create rebuild rb prune dedupe audit pack version install-test it pip sync lock export venv python self tool build get mod env generate download wheel inject ensurepath
  reinstall upgrade-all uninstall-all new clean fix vet test bench nuget restore workload push fetch vendor`.split(/\s+/),
);
/** `cargo r` is `cargo run`. */
const STARTS: Readonly<Record<string, readonly string[]>> = { cargo: ["r", "run"], npm: ["test"], go: ["tool"], uv: ["tool run"] };
const MODULES = new Set(["pip", "ensurepip", "easy_install", "venv", "virtualenv", "pipx", "conda", "build", "twine", "setuptools"]);

export const packageManager: ServerRule = {
  id: "package-manager",
  about: "A server is started, not installed: commands that change packages are refused.",
  examples: [
    { given: { argv: ["npm", "run", "start", "--silent"] }, verdict: "allow" },
    { given: { argv: ["npm", "--prefix", "/srv/x", "start"] }, verdict: "allow" },
    { given: { argv: ["yarn", "mcp"] }, verdict: "allow" },
    { given: { argv: ["uv", "--directory", "/srv/x", "run", "server.py", "install"] }, verdict: "allow" },
    { given: { argv: ["uv", "tool", "run", "mcp-server-time@1.0.0"] }, verdict: "allow" },
    { given: { argv: ["pnpm", "dlx", "install@1.0.0"] }, verdict: "allow" },
    { given: { argv: ["cargo", "run", "--release"] }, verdict: "allow" },
    { given: { argv: ["pip", "install", "--index-url", "http://x.example", "evil"] }, verdict: "deny" },
    { given: { argv: ["python", "-m", "pip", "install", "evil"] }, verdict: "deny" },
    { given: { argv: ["npm", "install", "evil"] }, verdict: "deny" },
    { given: { argv: ["npm", "--silent", "i", "evil"] }, verdict: "deny" },
    { given: { argv: ["uv", "pip", "install", "evil"] }, verdict: "deny" },
    { given: { argv: ["uv", "tool", "install", "evil"] }, verdict: "deny" },
    { given: { argv: ["go", "install", "example.com/x@latest"] }, verdict: "deny" },
    { given: { argv: ["env", "A=1", "cargo", "install", "evil"] }, verdict: "deny" },
  ],
  check({ launch, settings }) {
    const layer = launch.find(manages);
    if (layer === undefined) return null;
    return byLevel(
      settings,
      { strict: "deny", moderate: "deny", permissive: "warn" },
      {
        reason: `${quote([layer.command, layer.subcommand ?? ""].join(" ").trim())} changes packages and starts no server`,
        next: "Install once by hand and let the entry start what was installed.",
      },
    );
  },
};

function manages({ family, subcommand, options }: Launch): boolean {
  if (family?.name === "pip") return true;
  if (family?.name === "python") return options.some(({ name, value }) => name === "-m" && MODULES.has((value ?? "").split(".")[0] ?? ""));
  if (family?.kind !== "manager" || subcommand === null) return false;
  if (STARTS[family.name]?.includes(subcommand) === true || family.wraps?.includes(subcommand) === true) return false;
  return MANAGES.has(subcommand);
}
