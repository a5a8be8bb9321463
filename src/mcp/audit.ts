// The audit trail: every decision and call as one line of JSON, each bound to the one before by its hash, so that a changed byte is found.
import { isRecord, canonicalJson, type EventOf, type RunEvent } from "../core/index.ts";
import type { AppendFile, Files } from "../io/index.ts";
import { systemErrorCode, type Clock } from "../io/index.ts";
import { sha256 } from "./digests.ts";

export type AuditEntry = {
  readonly v: 1;
  /** Dense, from 1. */
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The hash of the line before; 64 zeros for the first. */
  readonly prev: string;
  readonly what:
    | "call"
    | "verdict"
    | "permission"
    | "result"
    | "intent"
    | "intent-started"
    | "intent-executed"
    | "server"
    | "breaker"
    | "end";
  readonly agent?: string;
  readonly call?: string;
  readonly server?: string;
  readonly tool?: string;
  readonly effect?: string;
  /** SHA-256 of the arguments' canonical JSON; the arguments themselves are in the run's log. */
  readonly input?: string;
  readonly verdict?: string;
  readonly rule?: string;
  readonly outcome?: string;
  readonly durationMs?: number;
  readonly state?: string;
  /** SHA-256 of the canonical JSON of everything else in the line. */
  readonly hash: string;
};

export type AuditLog = {
  /** Resolves when the line is in the file. Rejects when it cannot be written, and for every later line too. Events of no interest resolve at once. */
  add(event: RunEvent): Promise<void>;
  /** A decision on a server, before anything of it is started; as `add`. */
  judged(decision: { readonly agent: string; readonly server: string; readonly verdict: string; readonly rule: string }): Promise<void>;
  /** Writes the closing line. A trail without one was cut off or its program was killed. */
  close(): Promise<void>;
};

const NOTHING_BEFORE = "0".repeat(64);
type Body = Omit<AuditEntry, "v" | "seq" | "at" | "prev" | "hash">;

export type AuditOptions = { readonly files: Files; readonly clock: Pick<Clock, "now">; readonly path: string };

/** Opens a trail and continues it where it exists. Rejects when its last line is damaged: nothing may be added to a broken trail. */
export async function openAuditLog({ files, clock, path }: AuditOptions): Promise<AuditLog> {
  const last = await lastEntry(files, path);
  return new ChainedLog(await files.openAppend(path, "if-missing"), clock, last);
}

class ChainedLog implements AuditLog {
  readonly #file: AppendFile;
  readonly #clock: Pick<Clock, "now">;
  #seq: number;
  #prev: string;
  #writing: Promise<void> = Promise.resolve();
  #waiting = "";
  #next: Promise<void> | null = null;
  #closing: Promise<void> | null = null;

  constructor(file: AppendFile, clock: Pick<Clock, "now">, last: { readonly seq: number; readonly hash: string }) {
    this.#file = file;
    this.#clock = clock;
    this.#seq = last.seq;
    this.#prev = last.hash;
  }

  add(event: RunEvent): Promise<void> {
    const body = describeEvent(event);
    return body ? this.#append(body) : Promise.resolve();
  }

  judged(decision: Parameters<AuditLog["judged"]>[0]): Promise<void> {
    return this.#append({ what: "verdict", ...decision });
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#finish());
  }

  async #finish(): Promise<void> {
    try {
      await this.#append({ what: "end" });
      await this.#file.sync();
    } finally {
      await this.#file.close();
    }
  }

  /** Lines that come in the same moment, or while others are written, go into the file together; after a failure nothing more, because the chain would have a hole. */
  #append(body: Body): Promise<void> {
    this.#waiting += this.#line(body);
    if (this.#next) return this.#next;
    this.#next = this.#writing = Promise.all([this.#writing, thisMoment()]).then(() => this.#write());
    this.#writing.catch(() => {}); // Every caller gets the rejection from its own promise.
    return this.#writing;
  }

  #write(): Promise<void> {
    const lines = this.#waiting;
    this.#waiting = "";
    this.#next = null;
    return this.#file.write(lines);
  }

  #line(body: Body): string {
    this.#seq += 1;
    const entry = { v: 1 as const, seq: this.#seq, at: this.#clock.now(), prev: this.#prev, ...body };
    this.#prev = sha256(canonicalJson(entry));
    return `${JSON.stringify({ ...entry, hash: this.#prev } satisfies AuditEntry)}\n`;
  }
}

/** Resolves once everything that was already due has run: the call and its verdict are then one write instead of two. */
const thisMoment = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function describeEvent(event: RunEvent): Body | null {
  switch (event.type) {
    case "tool-call":
      return {
        what: "call",
        agent: event.agent,
        call: event.call,
        ...(event.server === null ? {} : { server: event.server }),
        tool: event.tool,
        effect: event.effect,
        input: sha256(canonicalJson(event.input)),
      };
    case "tool-verdict":
      return { what: "verdict", agent: event.agent, call: event.call, verdict: event.verdict, rule: event.rule };
    case "permission-answered":
      return { what: "permission", agent: event.agent, call: event.call, verdict: event.allow ? "allow" : "deny", rule: event.by };
    case "form-answered":
      return {
        what: "permission",
        agent: event.agent,
        call: event.call,
        tool: "elicitation",
        verdict: event.action === "accept" ? "allow" : "deny",
        rule: "person",
      };
    case "tool-result":
      return describeResult(event);
    case "intent-recorded":
      return {
        what: "intent",
        agent: event.agent,
        call: event.call,
        server: event.server,
        tool: event.tool,
        input: sha256(canonicalJson(event.input)),
      };
    case "intent-started":
      return { what: "intent-started", call: event.call };
    case "intent-executed":
      return { what: "intent-executed", call: event.call, outcome: event.code ?? (event.isError ? "error" : "ok") };
    case "mcp-server-state":
      return { what: "server", server: event.server, state: event.state, ...(event.agent === null ? {} : { agent: event.agent }) };
    case "breaker-state":
      return { what: "breaker", server: event.scope, state: event.state };
    default:
      return null;
  }
}

function describeResult({ agent, call, cached, code, durationMs }: EventOf<"tool-result">): Body {
  return { what: "result", agent, call, outcome: cached ? "ok (shared answer)" : (code ?? "ok"), durationMs };
}

async function lastEntry(files: Files, path: string): Promise<{ seq: number; hash: string }> {
  const text = await readText(files, path);
  if (text === "") return { seq: 0, hash: NOTHING_BEFORE };
  const line = text.trimEnd().split("\n").at(-1) ?? "";
  const entry = readEntry(line);
  if (!entry || !text.endsWith("\n")) throw new Error(`The audit trail ${path} is damaged at its end; keep it and start another.`);
  return { seq: entry.seq, hash: entry.hash };
}

async function readText(files: Files, path: string): Promise<string> {
  try {
    return Buffer.from(await files.read(path)).toString("utf8");
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return "";
    throw error;
  }
}

/** Null for a line that is no entry or whose hash does not fit. */
function readEntry(line: string): AuditEntry | null {
  try {
    const value: unknown = JSON.parse(line);
    if (!isRecord(value) || typeof value["hash"] !== "string" || typeof value["seq"] !== "number") return null;
    const { hash, ...rest } = value;
    return sha256(canonicalJson(rest)) === hash ? (value as AuditEntry) : null;
  } catch {
    return null; // Not even JSON: damaged, which is what is being looked for.
  }
}

export type AuditVerdict = {
  readonly ok: boolean;
  readonly entries: readonly AuditEntry[];
  /** The first line that is not what was written, from 1; null when all are. */
  readonly brokenAt: number | null;
  readonly reason: string | null;
  /** The last line closes the trail. */
  readonly complete: boolean;
};

/** Checks a whole trail: every hash, every link, no number missing. Rejects only when the file cannot be read. */
export async function verifyAudit(files: Files, path: string): Promise<AuditVerdict> {
  const lines = Buffer.from(await files.read(path))
    .toString("utf8")
    .split("\n");
  const rest = lines.pop();
  const entries: AuditEntry[] = [];
  const broken = (reason: string): AuditVerdict => ({ ok: false, entries, brokenAt: entries.length + 1, reason, complete: false });
  for (const line of lines) {
    const entry = readEntry(line);
    const before = entries.at(-1);
    if (!entry) return broken("the line is not what was written");
    if (JSON.stringify(entry) !== line) return broken("the line is not spelt as it was written");
    if (entry.seq !== (before?.seq ?? 0) + 1 || entry.prev !== (before?.hash ?? NOTHING_BEFORE))
      return broken("a line before it is missing or was replaced");
    entries.push(entry);
  }
  if (rest !== "") return broken("the last line is cut off");
  return { ok: true, entries, brokenAt: null, reason: null, complete: entries.at(-1)?.what === "end" };
}
