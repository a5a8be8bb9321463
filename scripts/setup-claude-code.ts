// Brings the Claude Code binary of the pinned SDK for the tests into .cache/claude-code; does nothing when it is there.
// Without it those tests print one skip line. The binary's licence is its maker's own: it is never part of this package.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./stages.ts";

const sdk = JSON.parse(readFileSync(join(root, "node_modules/@anthropic-ai/claude-agent-sdk/package.json"), "utf8")) as { version: string };
const platformPackage = `@anthropic-ai/claude-agent-sdk-${process.platform}-${process.arch}`;
const folder = join(root, ".cache/claude-code");
const binary = join(folder, "node_modules", platformPackage, process.platform === "win32" ? "claude.exe" : "claude");

if (existsSync(binary) && existsSync(join(folder, `version-${sdk.version}`))) {
  console.log("Claude Code is already there.");
} else {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true }));
  const npm = spawnSync(
    "npm",
    ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock", `${platformPackage}@${sdk.version}`],
    { cwd: folder, stdio: "inherit" },
  );
  if (npm.status === 0 && existsSync(binary)) writeFileSync(join(folder, `version-${sdk.version}`), "");
  // A machine without the binary still runs every other test.
  else console.log("Claude Code could not be installed; its tests will be skipped.");
}
