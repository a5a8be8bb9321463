// The vocabulary of the security part: what a rule looks at, what it says, and what an operator may decide.
import type { AgentId, Effect, Json } from "../core/index.ts";
import type { McpServerConfig, VariableReference } from "../config/types.ts";
import type { Launch } from "./launch/read-launch.ts";

/**
 * strict: only known launchers, pinned down; moderate: anything a person would ordinarily write, nothing that hides what runs;
 * permissive: everything is said, only what cannot be meant (control characters, no command, hidden text) is refused.
 */
export type Level = "strict" | "moderate" | "permissive";

/** The operator's part of the policy. A server entry can narrow it and never widen it. */
export type OperatorPolicy = {
  readonly level: Level;
  /** Nothing unpinned may be started. */
  readonly locked: boolean;
  /** Names or absolute paths; null = as the level says. */
  readonly allowedExecutables: readonly string[] | null;
  /** Server names; null = all. */
  readonly allowedServers: readonly string[] | null;
  readonly deniedServers: readonly string[];
  /** Whether http and https may reach this machine itself. `asked`: where the entry says `allow_localhost: true`. */
  readonly localhost: "never" | "asked" | "always";
  /** The same for private networks (`allow_private_ips`). */
  readonly privateNetworks: "never" | "asked" | "always";
  /** Host names, `*.example.com` for all below; null = all public ones. A host listed here may also be private. */
  readonly allowedHosts: readonly string[] | null;
  /** Ports refused by the rule that may be used all the same. */
  readonly allowedPorts: readonly number[];
  readonly environment: {
    /** Names a server may be given although the table refuses them. */
    readonly allowed: readonly string[];
    readonly denied: readonly string[];
  };
  readonly credentials: {
    /** Per server, variables it may refer to wherever it likes, provider keys included. */
    readonly allowed: Readonly<Record<string, readonly string[]>>;
    readonly denied: readonly string[];
  };
  readonly permissions: readonly PermissionRule[];
  /** What a call the server marks as destructive needs. `ask` asks a person where one is there, and allows where none is. */
  readonly destructive: "allow" | "ask" | "deny";
  readonly limits: CallLimits;
};

export type CallLimits = {
  /** Levels of nesting in a call's arguments. */
  readonly argumentDepth: number;
  /** Bytes of a call's arguments as JSON. */
  readonly argumentBytes: number;
  /** Bytes of a result a model is given; the rest goes to a file. */
  readonly resultBytes: number;
  /** Calls of one agent in one run; null = no limit. */
  readonly callsPerAgent: number | null;
  /** Times in a row one agent may make the very same call. */
  readonly sameCallInARow: number;
};

export type Decision = "allow" | "ask" | "deny";

/** Absent fields match everything; texts may hold `*`. Where several rules match, deny beats ask beats allow. */
export type PermissionRule = {
  readonly decision: Decision;
  readonly agent?: string;
  readonly server?: string;
  readonly tool?: string;
  /** Path of an argument (`path`, `options.mode`) → pattern its value must match as text. */
  readonly arguments?: Readonly<Record<string, string>>;
};

/** Where an entry refers to a variable, before its value was put in. */
export type Reference = VariableReference;

/** What the outside knows of an entry; absent facts make no rule stricter than its level. */
export type ServerContext = {
  readonly platform: NodeJS.Platform;
  /** `named`: in a configuration a person passed; `implicit`: picked up from a folder. */
  readonly source: "named" | "implicit";
  readonly references: readonly Reference[];
  /** What the command was found to be; undefined = not looked up, null = looked for and not found. */
  readonly executable?: { readonly path: string; readonly writableByOthers: boolean; readonly inWorkingFolder: boolean } | null;
};

/** The policy as it applies to one server: the operator's, narrowed by the entry. */
export type Settings = OperatorPolicy & {
  /** The entry's own list of executables, which must hold the command as well. */
  readonly entryExecutables: readonly string[] | null;
  readonly entryHosts: readonly string[] | null;
  readonly entryEnvironment: { readonly allowed: readonly string[] | null; readonly denied: readonly string[] };
  /** What is wrong with the entry's `security` block. */
  readonly problems: readonly string[];
};

export type ServerSubject = {
  readonly server: McpServerConfig;
  readonly settings: Settings;
  readonly context: ServerContext;
  /** The command and what it starts in turn; empty for a remote server. */
  readonly launch: readonly Launch[];
};

export type Finding = { readonly verdict: "warn" | "deny"; readonly reason: string; readonly next: string };

/** What is decided: the worst finding, with the others behind it. */
export type Verdict = {
  readonly verdict: "allow" | "warn" | "deny";
  /** Id of the rule; `default` where none spoke. */
  readonly rule: string;
  readonly reason: string;
  /** What a person can do about it. */
  readonly next: string;
  readonly findings: readonly (Finding & { readonly rule: string })[];
};

/** A server, in short, for an example: whatever is absent is ordinary. */
export type ServerSketch = {
  readonly name?: string;
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly url?: string;
  readonly type?: "streamable-http" | "sse";
  readonly headers?: Readonly<Record<string, string>>;
  readonly security?: Readonly<Record<string, Json>>;
  readonly policy?: Partial<OperatorPolicy>;
  readonly context?: Partial<ServerContext>;
};
export type ServerExample = { readonly given: ServerSketch; readonly verdict: "allow" | "warn" | "deny" };

/** One rule about servers: pure, and with its own examples, which a test runs and `massgen security rules` prints. */
export type ServerRule = {
  readonly id: string;
  /** One sentence a person understands. */
  readonly about: string;
  readonly examples: readonly ServerExample[];
  /** null = nothing to say. A throw counts as deny. */
  check(subject: ServerSubject): Finding | null;
};

export type CallQuestion = {
  readonly agent: AgentId | string;
  readonly server: string;
  readonly tool: string;
  readonly effect: Effect;
  readonly input: Json;
};

/** What was allowed before: narrower fields win nothing, a grant only turns "ask" into "allow". */
export type Grant = {
  readonly server: string;
  readonly tool: string;
  /** null = every agent. */
  readonly agent: string | null;
  /** `run` ends with the run, `always` is kept by the caller. */
  readonly scope: "run" | "always";
};

/** What one agent did so far in this run. */
export type CallHistory = { readonly calls: number; readonly lastDigest: string | null; readonly sameInARow: number };

export type CallSubject = {
  readonly question: CallQuestion;
  readonly policy: OperatorPolicy;
  /** Permission rules of the server's entry; they can only make the decision stricter. */
  readonly entryRules: readonly PermissionRule[];
  readonly grants: readonly Grant[];
  readonly history: CallHistory;
  /** Secret values this server was not given. */
  readonly foreignSecrets: readonly string[];
  /** A person can be asked. */
  readonly interactive: boolean;
  /** `writes: ask`: every call that is not known to only read is asked for, where somebody can be. */
  readonly asksForWrites: boolean;
};

export type CallFinding = { readonly decision: Decision; readonly reason: string; readonly next: string };
export type CallVerdict = { readonly verdict: Decision; readonly rule: string; readonly reason: string; readonly next: string };
export type CallSketch = Partial<Omit<CallSubject, "question" | "policy">> & {
  readonly question?: Partial<CallQuestion>;
  readonly policy?: Partial<OperatorPolicy>;
};
export type CallExample = { readonly given: CallSketch; readonly verdict: Decision };

/** One rule about calls. `null` = nothing to say; a throw counts as deny. */
export type CallRule = {
  readonly id: string;
  readonly about: string;
  readonly examples: readonly CallExample[];
  check(subject: CallSubject): CallFinding | null;
};
