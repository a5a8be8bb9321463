// Shells: what they are given as text is code nobody looked at.
import { byLevel, quote } from "../findings.ts";
import type { ServerRule } from "../types.ts";

export const shell: ServerRule = {
  id: "shell",
  about:
    "A shell may run a script file (not at strict) and, on Windows, a plain command after `cmd /c`; commands as text and shells that read their input are refused.",
  examples: [
    { given: { argv: ["cmd", "/c", "npx", "-y", "pkg@1.0.0"] }, verdict: "allow" },
    { given: { argv: ["bash", "/opt/server/run.sh", "--verbose"] }, verdict: "allow" },
    { given: { argv: ["powershell", "-ExecutionPolicy", "Bypass", "-File", "run.ps1"] }, verdict: "allow" },
    { given: { argv: ["bash", "/opt/server/run.sh"], policy: { level: "strict" } }, verdict: "deny" },
    { given: { argv: ["bash", "-c", "touch /tmp/pwned"] }, verdict: "deny" },
    { given: { argv: ["/bin/zsh", "-lic", "npx x"] }, verdict: "deny" },
    { given: { argv: ["BASH", "-c", "id"] }, verdict: "deny" },
    { given: { argv: ["bash"] }, verdict: "deny" },
    { given: { argv: ["bash", "--rcfile", "/tmp/x", "run.sh"] }, verdict: "deny" },
    { given: { argv: ["env", "A=1", "sh", "-c", "id"] }, verdict: "deny" },
    { given: { argv: ["uv", "run", "bash", "-c", "id"] }, verdict: "deny" },
    { given: { argv: ["wsl.exe", "bash", "-c", "id"] }, verdict: "deny" },
    { given: { argv: ["cmd", "/c", "del", "/q", "C:\\data", "&", "npx", "x"] }, verdict: "deny" },
    { given: { argv: ["cmd.exe", "/C", "npx x & calc"] }, verdict: "deny" },
    { given: { argv: ["powershell", "-EncodedCommand", "SQBFAFgA"] }, verdict: "deny" },
    { given: { argv: ["pwsh", "-NoProfile", "/enc", "SQBFAFgA"] }, verdict: "deny" },
    { given: { argv: ["powershell", "Get-Content", "x"] }, verdict: "deny" },
    { given: { argv: ["bash", "-c", "exec my-server"], policy: { level: "permissive" } }, verdict: "warn" },
  ],
  check({ launch, settings }) {
    for (const layer of launch) {
      if (layer.family?.kind !== "shell") continue;
      const hasCode = layer.options.some(({ name }) =>
        [...(layer.family?.code ?? []), ...(layer.family?.preload ?? []), "/c", "-command"].includes(name),
      );
      const wraps = layer.family.name === "cmd" && layer.subcommand === "/c" && layer.rest.length > 0;
      const readsInput = layer.rest.length === 0 || layer.rest[0] === "-" || layer.options.some(({ name }) => name === "-s");
      if (hasCode || (readsInput && !wraps)) {
        return byLevel(
          settings,
          { strict: "deny", moderate: "deny", permissive: "warn" },
          {
            reason: `${quote(layer.command)} is given commands as text, which can do anything`,
            next: "Start the program directly with `command`, `args`, `env` and `cwd`.",
          },
        );
      }
      if (!wraps) {
        const finding = byLevel(
          settings,
          { strict: "deny", moderate: "allow", permissive: "allow" },
          {
            reason: `strict starts no shells, not even for a script (${quote(layer.rest[0] ?? "")})`,
            next: "Start the program the script starts.",
          },
        );
        if (finding !== null) return finding;
      }
    }
    return null;
  },
};
