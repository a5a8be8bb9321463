// Code that is loaded before the program itself, and doors left open into it.
import { byLevel, quote } from "../findings.ts";
import type { Option } from "../launch/scan.ts";
import type { Finding, ServerRule, Settings } from "../types.ts";

export const preload: ServerRule = {
  id: "preload",
  about:
    "Nothing is loaded before the server by option (`--require`, `--import`, `-javaagent`), except, below strict, packages by their plain name; no debugger is opened.",
  examples: [
    { given: { argv: ["node", "--enable-source-maps", "s.js"], policy: { level: "strict" } }, verdict: "allow" },
    { given: { argv: ["node", "--import", "tsx", "src/index.ts"] }, verdict: "allow" },
    { given: { argv: ["node", "-r", "dotenv/config", "s.js"] }, verdict: "allow" },
    { given: { argv: ["node", "s.js", "--require", "/x.js"] }, verdict: "allow" },
    { given: { argv: ["node", "--import", "tsx", "src/index.ts"], policy: { level: "strict" } }, verdict: "deny" },
    { given: { argv: ["node", "--require", "/tmp/evil.js", "s.js"] }, verdict: "deny" },
    { given: { argv: ["node", "--experimental_loader=./x.mjs", "s.js"] }, verdict: "deny" },
    { given: { argv: ["node", "--import=data:text/javascript,1", "s.js"] }, verdict: "deny" },
    { given: { argv: ["node", "--import", "https://x.example/a.mjs", "s.js"] }, verdict: "deny" },
    { given: { argv: ["bun", "--preload", "../x.ts", "s.ts"] }, verdict: "deny" },
    { given: { argv: ["java", "-javaagent:/tmp/a.jar", "-jar", "s.jar"] }, verdict: "deny" },
    { given: { argv: ["java", "@options.txt", "-jar", "s.jar"], policy: { level: "strict" } }, verdict: "deny" },
    { given: { argv: ["php", "-d", "auto_prepend_file=/tmp/x", "s.php"] }, verdict: "deny" },
    { given: { argv: ["php", "-d", "memory_limit=1G", "s.php"] }, verdict: "allow" },
    { given: { argv: ["node", "--inspect=0.0.0.0:9229", "s.js"] }, verdict: "warn" },
    { given: { argv: ["node", "--inspect-brk", "s.js"], policy: { level: "strict" } }, verdict: "deny" },
  ],
  check({ launch, settings }) {
    for (const { family, options, command } of launch) {
      if (family === null || family.kind === "shell") continue;
      for (const option of options) {
        const finding =
          family.preload?.includes(option.name) === true ? judge(option, family.name, settings) : judgeOther(option, family.name, settings);
        if (finding !== null) return { ...finding, reason: `${quote(command)} ${finding.reason}` };
      }
    }
    return null;
  },
};

const HARMLESS_SETTINGS = /^(?:memory_limit|max_execution_time|display_errors|error_reporting|date\.timezone|opcache\.[a-z_]+)(?:=|$)/;

function judge({ name, value }: Option, family: string, settings: Settings): Finding | null {
  if (family === "php" && HARMLESS_SETTINGS.test(value ?? "")) return null;
  const isPackage =
    family !== "php" && family !== "java" && /^(?:@[\w.-]+\/)?\w[\w.-]*(?:\/[\w.-]+)*$/.test(value ?? "") && !(value ?? "").includes("..");
  return byLevel(
    settings,
    { strict: "deny", moderate: isPackage ? "allow" : "deny", permissive: isPackage ? "allow" : "warn" },
    {
      reason: `loads ${quote(value ?? "")} before the server (${name})`,
      next: "Start the server without it, or import it in the server's own code.",
    },
  );
}

function judgeOther({ name }: Option, family: string, settings: Settings): Finding | null {
  if (["node", "tsx", "bun", "deno"].includes(family) && /^--inspect(?:-brk|-wait)?$/.test(name)) {
    return byLevel(
      settings,
      { strict: "deny", moderate: "warn", permissive: "warn" },
      {
        reason: `opens a debugger (${name}), through which any local program can run code in it`,
        next: "Take the option out when you are done.",
      },
    );
  }
  if (family === "java" && name.startsWith("@")) {
    return byLevel(
      settings,
      { strict: "deny", moderate: "warn", permissive: "warn" },
      { reason: `takes its options from the file ${quote(name.slice(1))}`, next: "Write the options into `args`." },
    );
  }
  return null;
}
