// The rules as a person reads them: what each is about, and the examples that the tests run.
import { CALL_RULES } from "./check-call.ts";
import { neutraliseLine } from "./neutralise.ts";
import { SERVER_RULES } from "./rules/index.ts";
import type { CallSketch, ServerSketch } from "./types.ts";

export type DescribedRule = {
  readonly id: string;
  readonly about: string;
  readonly applies: "server" | "call";
  readonly examples: readonly { readonly given: string; readonly verdict: string }[];
};

/** For `massgen security rules`; texts are one line each and safe to print. */
export function describeRules(): readonly DescribedRule[] {
  const servers = SERVER_RULES.map(({ id, about, examples }) => ({
    id,
    about,
    applies: "server" as const,
    examples: examples.map(({ given, verdict }) => ({ given: sayServer(given), verdict })),
  }));
  const calls = CALL_RULES.map(({ id, about, examples }) => ({
    id,
    about,
    applies: "call" as const,
    examples: examples.map(({ given, verdict }) => ({ given: sayCall(given), verdict })),
  }));
  return [...servers, ...calls];
}

function sayServer({ argv, url, name, env, cwd, headers, security, policy, context }: ServerSketch): string {
  const command = argv === undefined ? [] : [argv.map((word) => (/^[\w@%+=:,./\\-]+$/.test(word) ? word : JSON.stringify(word))).join(" ")];
  return line([...command, ...(url === undefined ? [] : [url]), ...named({ name, env, cwd, headers, security, policy, ...context })]);
}

function sayCall({ question, ...rest }: CallSketch): string {
  return line(named({ ...question, ...rest }));
}

function named(parts: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(parts).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}: ${typeof value === "string" ? JSON.stringify(value) : (JSON.stringify(value) ?? "none")}`],
  );
}

function line(parts: readonly string[]): string {
  return parts.length === 0 ? "an ordinary call" : neutraliseLine(parts.join("  "), 160);
}
