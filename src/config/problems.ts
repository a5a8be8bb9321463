// What leaves this folder about mistakes: in the order of the file, each once, free of secrets, and as an error where one is due.
import { formatProblem, UsageError, type ErrorCode, type Problem } from "../errors/index.ts";
import { isSensitive, mayBeKey, type Reading } from "./reading.ts";
import type { Tree } from "./tree.ts";

/** A file with more mistakes than this is most probably no configuration. */
const MOST_PROBLEMS = 100;

/** The problems as people get them. `tree` tells which texts of the file may be secret. */
export function finish(reading: Reading, tree: Tree | null): readonly Problem[] {
  const hide = hiding([...reading.secrets, ...(tree === null ? [] : sensitiveTexts(tree, "no"))]);
  const seen = new Set<string>();
  const clean = reading.problems
    .map((problem) => ({
      ...problem,
      path: hide(problem.path),
      message: hide(problem.message),
      suggestion: problem.suggestion === null ? null : hide(problem.suggestion),
    }))
    .filter((problem) => {
      const mark = JSON.stringify([problem.line, problem.column, problem.code, problem.path, problem.message]);
      return !seen.has(mark) && seen.add(mark);
    })
    .toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  return clean.slice(0, MOST_PROBLEMS);
}

/** A last safeguard: the rules that build messages already leave secrets out. */
function hiding(texts: readonly string[]): (text: string) => string {
  const secrets = [...new Set(texts)].filter((secret) => secret.length >= 6).toSorted((a, b) => b.length - a.length);
  return (text) => secrets.reduce((clean, secret) => clean.replaceAll(secret, "[hidden]"), text);
}

/** What stands under keys that speak of secrets; of addresses, commands and arguments, which are mostly plain words, the parts that look drawn at random. */
function sensitiveTexts(tree: Tree, sensitive: "no" | "partly" | "whole"): readonly string[] {
  if (tree.kind === "list") return tree.items.flatMap((item) => sensitiveTexts(item, sensitive));
  if (tree.kind === "mapping")
    return tree.entries.flatMap(({ key, value }) => sensitiveTexts(value, sensitive === "no" ? sensitivityOf(key) : sensitive));
  if (sensitive === "no" || typeof tree.value !== "string") return [];
  return [...(sensitive === "whole" ? [tree.value] : []), ...tree.value.split(/[^A-Za-z0-9]+/).filter(mayBeKey)];
}

const PARTLY: ReadonlySet<string> = new Set(["args", "command", "url", "base_url", "azure_endpoint", "extra_body", "security"]);

function sensitivityOf(key: string): "no" | "partly" | "whole" {
  if (PARTLY.has(key)) return "partly";
  return isSensitive(key) ? "whole" : "no";
}

/** The error for a configuration with these problems: a missing key and an unknown backend have codes of their own where nothing else is wrong. */
export function usageErrorFor(problems: readonly Problem[]): UsageError {
  const errors = problems.filter((problem) => problem.severity === "error");
  const only = (code: string): boolean => errors.length > 0 && errors.every((problem) => problem.code === code);
  const code: ErrorCode = only("key-missing") ? "E_KEY_MISSING" : only("unknown-backend") ? "E_BACKEND_UNKNOWN" : "E_CONFIG_INVALID";
  return new UsageError(code, problems.map(formatProblem).join("\n"), { problems });
}
