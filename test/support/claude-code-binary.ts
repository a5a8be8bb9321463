// The real Claude Code program where its set-up step brought it; without it a test file says so in one line and leaves out what needs it.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "./run-cli.ts";

export const claudeCodeBinary = join(
  projectRoot,
  ".cache/claude-code/node_modules",
  `@anthropic-ai/claude-agent-sdk-${process.platform}-${process.arch}`,
  "claude",
);

export const hasClaudeCode = existsSync(claudeCodeBinary);
if (!hasClaudeCode) console.log("skipped: what needs Claude Code, because its binary is absent (npm run setup:claude-code)");
