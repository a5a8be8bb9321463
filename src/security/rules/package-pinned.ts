// A package fetched by name alone is whatever its owner, or whoever took the name over, published last.
import { deny, quote, warn } from "../findings.ts";
import { packagesOf } from "../launch/package-spec.ts";
import { imageOf } from "../launch/container.ts";
import type { ServerRule } from "../types.ts";

export const packagePinned: ServerRule = {
  id: "package-pinned",
  about: "A fetched package or image without an exact version is warned about at every level and refused under --locked.",
  examples: [
    { given: { argv: ["npx", "-y", "@modelcontextprotocol/server-filesystem@2026.8.31", "/srv"] }, verdict: "allow" },
    { given: { argv: ["uvx", "mcp-server-time==1.2.3"], policy: { locked: true } }, verdict: "allow" },
    { given: { argv: ["uvx", "mcp-server-time@1.2.3"] }, verdict: "allow" },
    { given: { argv: ["npx", "--no-install", "./local"] }, verdict: "allow" },
    {
      given: { argv: ["docker", "run", "-i", "--rm", "mcp/time@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"] },
      verdict: "allow",
    },
    { given: { argv: ["docker", "run", "-i", "--rm", "mcp/time:1.4"] }, verdict: "allow" },
    { given: { argv: ["npx", "-y", "@modelcontextprotocol/server-filesystem", "/srv"] }, verdict: "warn" },
    { given: { argv: ["npx", "@playwright/mcp@latest"], policy: { level: "permissive" } }, verdict: "warn" },
    { given: { argv: ["npx", "-y", "x@^1.0.0"] }, verdict: "warn" },
    { given: { argv: ["uvx", "mcp-server-time"] }, verdict: "warn" },
    { given: { argv: ["uvx", "--from", "x>=1", "x"] }, verdict: "warn" },
    { given: { argv: ["cmd", "/c", "npx", "-y", "x"] }, verdict: "warn" },
    { given: { argv: ["pnpm", "dlx", "x"] }, verdict: "warn" },
    { given: { argv: ["deno", "run", "-A", "npm:x"] }, verdict: "warn" },
    { given: { argv: ["docker", "run", "-i", "mcp/time:latest"] }, verdict: "warn" },
    { given: { argv: ["npx", "-y", "x"], policy: { locked: true, level: "permissive" } }, verdict: "deny" },
    { given: { argv: ["uvx", "-w", "good==1.0.0", "evil"], policy: { locked: true } }, verdict: "deny" },
    { given: { argv: ["uvx", "--constraints", "good==1.0.0", "evil"], policy: { locked: true } }, verdict: "deny" },
    { given: { argv: ["docker", "run", "mcp/time"], policy: { locked: true } }, verdict: "deny" },
  ],
  check({ launch, settings }) {
    const specs = launch.flatMap((layer) => [...packagesOf(layer), ...imageOf(layer)]);
    const loose = specs.find(({ pinned }) => !pinned);
    if (loose === undefined) return null;
    const say = settings.locked ? deny : warn;
    return say(
      `${quote(loose.text)} is not pinned: each start may run other code`,
      "Add the exact version (`name@1.2.3`, `name==1.2.3`, `image:1.2.3`).",
    );
  },
};
