// Who may call what: the operator's rules, the entry's stricter ones, what a server calls destructive, and what was granted before.
import { matches } from "../findings.ts";
import type { CallFinding, CallRule, CallSubject, Decision, Grant, PermissionRule } from "../types.ts";

const inFiles = { server: "files", tool: "write_file" } as const;

export const callPermission: CallRule = {
  id: "call-permission",
  about:
    "allow, ask and deny by agent, server, tool and argument patterns (deny beats ask beats allow; an entry can only add strictness); unannotated tools are allowed, destructive ones ask where a person is there, and under `writes: ask` so does every call that is not known to only read.",
  examples: [
    { given: {}, verdict: "allow" },
    { given: { question: { effect: "destructive" }, interactive: true }, verdict: "ask" },
    { given: { question: { effect: "destructive" }, interactive: false }, verdict: "allow" },
    { given: { question: { effect: "destructive" }, policy: { destructive: "deny" } }, verdict: "deny" },
    {
      given: { question: { effect: "destructive" }, interactive: true, policy: { permissions: [{ decision: "allow", server: "s" }] } },
      verdict: "allow",
    },
    {
      given: {
        question: { effect: "destructive" },
        interactive: true,
        grants: [{ server: "s", tool: "t", agent: null, scope: "run" }],
      },
      verdict: "allow",
    },
    { given: { policy: { permissions: [{ decision: "ask", tool: "t" }] }, interactive: true }, verdict: "ask" },
    { given: { policy: { permissions: [{ decision: "ask", tool: "t" }] }, interactive: false }, verdict: "deny" },
    {
      given: { policy: { permissions: [{ decision: "allow" }, { decision: "ask", server: "s" }, { decision: "deny", tool: "t*" }] } },
      verdict: "deny",
    },
    { given: { policy: { permissions: [{ decision: "deny", agent: "bob" }] } }, verdict: "allow" },
    { given: { asksForWrites: true, interactive: true, policy: { permissions: [{ decision: "allow", tool: "t" }] } }, verdict: "ask" },
    { given: { asksForWrites: true, interactive: false }, verdict: "allow" },
    { given: { asksForWrites: true, interactive: true, question: { effect: "read-only" } }, verdict: "allow" },
    { given: { asksForWrites: true, interactive: true, entryRules: [{ decision: "deny", tool: "t" }] }, verdict: "deny" },
    {
      given: { asksForWrites: true, interactive: true, grants: [{ server: "s", tool: "t", agent: null, scope: "run" }] },
      verdict: "allow",
    },
    { given: { entryRules: [{ decision: "deny", tool: "t" }], policy: { permissions: [{ decision: "allow" }] } }, verdict: "deny" },
    { given: { entryRules: [{ decision: "ask", tool: "t" }], question: { effect: "destructive" }, interactive: false }, verdict: "deny" },
    { given: { entryRules: [{ decision: "allow" }], policy: { permissions: [{ decision: "deny", tool: "t" }] } }, verdict: "deny" },
    {
      given: {
        policy: { permissions: [{ decision: "deny", tool: "t" }] },
        grants: [{ server: "s", tool: "t", agent: null, scope: "always" }],
      },
      verdict: "deny",
    },
    {
      given: {
        question: { ...inFiles, input: { path: "/srv/a.txt" } },
        policy: {
          permissions: [
            { decision: "deny", server: "files" },
            { decision: "allow", server: "files", arguments: { path: "/srv/*" } },
          ],
        },
      },
      verdict: "deny",
    },
    {
      given: {
        question: { ...inFiles, input: { path: "/etc//./passwd" } },
        policy: { permissions: [{ decision: "deny", arguments: { path: "/etc/*" } }] },
      },
      verdict: "deny",
    },
    {
      given: {
        question: { ...inFiles, input: { path: "/srv/../etc/passwd" } },
        policy: { permissions: [{ decision: "deny", arguments: { path: "/etc/*" } }] },
      },
      verdict: "deny",
    },
    {
      given: {
        question: { ...inFiles, effect: "destructive", input: { path: "/srv/../etc/passwd" } },
        policy: { destructive: "deny", permissions: [{ decision: "allow", arguments: { path: "/srv/*" } }] },
      },
      verdict: "deny",
    },
    {
      given: {
        question: { ...inFiles, effect: "destructive", input: { path: "/srv/a" } },
        policy: { destructive: "deny", permissions: [{ decision: "allow", arguments: { path: "/srv/*" } }] },
      },
      verdict: "allow",
    },
    {
      given: {
        question: { ...inFiles, input: { paths: ["/srv/a", "/etc/b"] } },
        policy: { permissions: [{ decision: "deny", arguments: { paths: "/etc/*" } }] },
      },
      verdict: "deny",
    },
    {
      given: {
        question: { input: { options: { mode: "force" } } },
        policy: { permissions: [{ decision: "deny", arguments: { "options.mode": "force" } }] },
      },
      verdict: "deny",
    },
  ],
  check(subject) {
    const operator = decide(subject.policy.permissions, subject) ?? byEffect(subject);
    const entry = byEntry(subject);
    const strictest = entry !== null && ORDER.indexOf(entry.decision) > ORDER.indexOf(operator?.decision ?? "allow") ? entry : operator;
    if (strictest?.decision !== "ask") return strictest?.decision === "deny" ? strictest : null;
    const { question } = subject;
    if (subject.grants.some((grant) => covers(grant, question))) return null;
    if (subject.interactive) return strictest;
    const ruled = [operator, entry].find((judged) => judged?.decision === "ask" && !judged.byEffect);
    if (!ruled) return UNASKED;
    return {
      decision: "deny",
      reason: `${ruled.reason}, and nobody is there to be asked`,
      next: "Run it in a terminal, or allow the call in the operator's policy.",
    };
  },
};

/** The one allowance that is said: without a person, what the configuration names may also destroy. */
const UNASKED: CallFinding = {
  decision: "allow",
  reason: "The server says that the tool destroys or overwrites; nobody is there to be asked, and the configuration names the server",
  next: "`destructive: deny` in the operator's policy refuses such calls.",
};

const ORDER: readonly Decision[] = ["allow", "ask", "deny"];
type Judged = CallFinding & { readonly byEffect: boolean };

function byEffect({ question, policy }: CallSubject): Judged | null {
  if (question.effect !== "destructive" || policy.destructive === "allow") return null;
  return {
    decision: policy.destructive,
    byEffect: true,
    reason: `The server ${question.server} says that ${question.tool} destroys or overwrites`,
    next: "Allow it once it is asked for, or by a rule in the operator's policy.",
  };
}

/** The entry's rules, and `writes: ask`: both can only make the decision stricter. */
function byEntry(subject: CallSubject): Judged | null {
  const ruled = decide(subject.entryRules, subject);
  const { asksForWrites, interactive, question } = subject;
  const isAsked = asksForWrites && interactive && question.effect !== "read-only";
  if (!isAsked || (ruled !== null && ruled.decision !== "allow")) return ruled;
  return {
    decision: "ask",
    byEffect: false,
    reason: `\`writes: ask\` is set, and ${question.tool} of ${question.server} is not known to only read`,
    next: "Allow it once it is asked for, or name the tool in the server's `read_only_tools` if it only reads.",
  };
}

function decide(rules: readonly PermissionRule[], subject: CallSubject): Judged | null {
  const matching = rules.filter((rule) => applies(rule, subject.question));
  const strictest = ORDER.toReversed()
    .map((decision) => matching.find((rule) => rule.decision === decision))
    .find((rule) => rule !== undefined);
  if (strictest === undefined) return null;
  const { decision, ...scope } = strictest;
  const said = JSON.stringify(scope);
  return {
    decision,
    byEffect: false,
    reason: `A permission rule says ${decision}${said === "{}" ? " for every call" : ` for ${said.slice(0, 200)}`}`,
    next: "Change the rule in `permissions`.",
  };
}

function applies(rule: PermissionRule, { agent, server, tool, input }: CallSubject["question"]): boolean {
  const fits = (pattern: string | undefined, text: string) => pattern === undefined || matches(pattern, text);
  return (
    fits(rule.agent, agent) &&
    fits(rule.server, server) &&
    fits(rule.tool, tool) &&
    Object.entries(rule.arguments ?? {}).every(([path, pattern]) => fitsArgument(pattern, valuesAt(input, path), rule.decision))
  );
}

/** One value is enough to forbid, all are needed to allow; a path that climbs (`..`) is allowed only by a pattern that says so. */
function fitsArgument(pattern: string, values: readonly string[], decision: Decision): boolean {
  if (values.length === 0) return false;
  if (decision === "allow")
    return values.every((value) => matches(pattern, value) && (pattern.includes("..") || !value.split(/[\\/]/).includes("..")));
  return values.some((value) => matches(pattern, value) || matches(pattern, plainPath(value)));
}

/** `/a//./b/../c` → `/a/c`. */
function plainPath(text: string): string {
  const parts: string[] = [];
  for (const part of text
    .replaceAll("\\", "/")
    .split("/")
    .slice(text.startsWith("/") ? 1 : 0)) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return `${/^[\\/]/.test(text) ? "/" : ""}${parts.join("/")}`;
}

function valuesAt(input: unknown, path: string): readonly string[] {
  let values: readonly unknown[] = [input];
  for (const part of path.split(".")) {
    values = values
      .flatMap((value) => (Array.isArray(value) ? value : [value]))
      .flatMap((value) =>
        typeof value === "object" && value !== null && Object.hasOwn(value, part) ? [(value as Record<string, unknown>)[part]] : [],
      );
  }
  return values
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .map((value) => (typeof value === "string" ? value : JSON.stringify(value)));
}

function covers(grant: Grant, question: CallSubject["question"]): boolean {
  return grant.server === question.server && grant.tool === question.tool && (grant.agent === null || grant.agent === question.agent);
}
