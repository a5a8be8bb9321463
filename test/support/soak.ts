// The fault soak: eight agents call five servers through the real broker while calls, pipes and processes fail by the draw of a seed.
import { getEventListeners } from "node:events";
import { appendFileSync } from "node:fs";
import path from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { agentId, callId, turnId, type AgentId, type RunEvent } from "../../src/core/index.ts";
import { createIo } from "../../src/io/index.ts";
import { createBroker, openAuditLog, type BrokerPolicy, type McpBroker, type ToolOutcome } from "../../src/mcp/index.ts";
import { createGate, DEFAULT_POLICY } from "../../src/security/index.ts";
import { draws } from "./fault-proxy.ts";
import { MemoryWatch, openFiles, type MemoryTrend } from "./memory-watch.ts";
import { HTTP_FAULTS, OUTSIDE_FAULTS, soakWorld, STDIO_FAULTS, type SoakWorld } from "./soak-world.ts";

export type SoakPlan = {
  readonly seed: number;
  readonly folder: string;
  /** True once enough has happened; then everything must heal. */
  readonly enough: (happened: { readonly faults: number; readonly ms: number }) => boolean;
};

/** One line per call in the soak's own notes. */
export type CallNote = {
  readonly id: string;
  readonly server: string;
  readonly tool: "read" | "write";
  readonly fault: string;
  /** "ok", a failure code, or "LOST" for a call that never came back. */
  readonly outcome: string;
  /** The text of an "ok" names the call. */
  readonly own: boolean;
  readonly ms: number;
};

export type SoakRun = {
  readonly notes: string;
  readonly audit: string;
  readonly logs: ReadonlyMap<string, string>;
  readonly memory: MemoryTrend;
  /** Open files before there was a broker and after it was closed. */
  readonly fds: readonly [before: number, after: number];
  /** Still listening to the agents' signals after every call came back. */
  readonly listeners: number;
  /** Milliseconds the event loop was held up, collections of the memory watch included. */
  readonly lag: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly breakers: ReadonlyMap<string, number>;
  /** Servers, by agent, that answered nobody although they were well again. */
  readonly unhealed: readonly string[];
  /** Calls with a record that began and never ended, or ended without having begun. */
  readonly unmatched: readonly string[];
  readonly servers: readonly { readonly server: string; readonly starts: number; readonly losses: number; readonly state: string }[];
};

const AGENTS = 8;
const FAULT_SHARE = 0.12;
const OUTSIDE_SHARE = 0.01;
const ABORT_SHARE = 0.03;
const THINK_MS = 30;
/** Far beyond `max_total_timeout`: a call that is not back by then never will be. */
const LOST_MS = 30_000;
const HEAL_MS = 60_000;
const SAMPLE_MS = 1_000;

export async function soak({ seed, folder, enough }: SoakPlan): Promise<SoakRun> {
  const fds = openFiles();
  const world = await soakWorld(folder);
  const books = new Books(path.join(folder, "notes.jsonl"));
  const io = createIo();
  const audit = path.join(folder, "audit.jsonl");
  const trail = await openAuditLog({ files: io.files, clock: io.clock, path: audit });
  const ids = Array.from({ length: AGENTS }, (_, at) => agentId(`agent-${at}`));
  const broker = createBroker({
    agents: ids.map((id) => ({ id, servers: world.servers })),
    io,
    record: async (event) => books.record(event),
    stateDir: path.join(folder, "state"),
    cacheDir: path.join(folder, "cache"),
    policy: everyCheck(world),
    audit: trail,
  });
  await broker.forAgent(agentId("agent-0")).settled(60_000, new AbortController().signal);
  const agents: readonly Agent[] = ids.map((id) => ({ id, broker, books, world, turn: new AbortController().signal }));
  const memory = new MemoryWatch();
  const sampling = setInterval(() => memory.sample(), SAMPLE_MS);
  const lag = monitorEventLoopDelay({ resolution: 10 });
  lag.enable();
  const began = performance.now();
  const ended = (): boolean => enough({ faults: books.faults, ms: performance.now() - began });
  await Promise.all(agents.map((agent, at) => work(agent, { random: draws(seed + at), ended })));
  clearInterval(sampling);
  lag.disable();
  await world.calm();
  const healed = await Promise.all(agents.map(heal));
  memory.sample();
  const servers = broker.servers().map(({ server, starts, losses, breaker }) => ({ server, starts, losses, state: breaker.state }));
  const listeners = agents.flatMap(({ turn }) => getEventListeners(turn, "abort")).length;
  await broker.close();
  await trail.close();
  await world.close();
  return {
    notes: books.file,
    audit,
    logs: world.logs,
    memory: memory.trend(),
    fds: [fds, openFiles()],
    listeners,
    lag: { p50: lag.percentile(50) / 1e6, p99: lag.percentile(99) / 1e6, max: lag.max / 1e6 },
    breakers: books.breakers,
    unhealed: healed.flat(),
    unmatched: books.unmatched(),
    servers,
  };
}

/** The default policy as a run has it, but for the limit on an agent's calls. */
function everyCheck({ servers }: SoakWorld): BrokerPolicy {
  const policy = { ...DEFAULT_POLICY, limits: { ...DEFAULT_POLICY.limits, callsPerAgent: null } };
  const gate = createGate({ policy, secrets: ["a-secret-of-the-run"], interactive: () => false });
  const named = new Map(servers.map((server) => [server.name, server]));
  return {
    checkServer: (server) => {
      const { verdict, rule, reason } = gate.checkServer(server);
      return { verdict: verdict === "deny" ? "deny" : "allow", rule, reason };
    },
    checkCall: (question) => gate.checkCall(question, named.get(question.server)),
  };
}

type Agent = {
  readonly id: AgentId;
  readonly broker: McpBroker;
  readonly books: Books;
  readonly world: SoakWorld;
  /** Of all its calls but those that are aborted on their own. */
  readonly turn: AbortSignal;
};
type Course = { readonly random: () => number; readonly ended: () => boolean };

/** Calls without pause but for some thought; what goes wrong is drawn, not chosen. */
async function work(agent: Agent, { random, ended }: Course): Promise<void> {
  const { broker, books, world } = agent;
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  while (!ended()) {
    const server = pick(world.servers);
    const mayFail = server.name !== "good";
    const tool = random() < 0.5 ? "read" : "write";
    const fault = mayFail && random() < FAULT_SHARE ? pick(server.transport.type === "stdio" ? STDIO_FAULTS : HTTP_FAULTS) : "none";
    const abortAfter = mayFail && random() < ABORT_SHARE ? random() * 100 : null;
    if (mayFail && random() < OUTSIDE_SHARE) {
      const outside = pick(OUTSIDE_FAULTS);
      books.happened(outside);
      world.strike(server.name, outside, broker);
    }
    await callOnce(agent, { server: server.name, tool, fault, abortAfter });
    await wait(random() * THINK_MS);
  }
}

/** Asks every server until it answers. */
async function heal(agent: Agent): Promise<readonly string[]> {
  const until = performance.now() + HEAL_MS;
  const asked = agent.world.servers.map(async ({ name }) => {
    while (performance.now() < until) {
      if ((await callOnce(agent, { server: name, tool: "read", fault: "none", abortAfter: null })) === "ok") return [];
      await wait(50);
    }
    return [`${name} for ${agent.id}`];
  });
  return (await Promise.all(asked)).flat();
}

type Wanted = {
  readonly server: string;
  readonly tool: "read" | "write";
  readonly fault: string;
  readonly abortAfter: number | null;
};

async function callOnce({ id: agent, broker, books, turn: whole }: Agent, { server, tool, fault, abortAfter }: Wanted): Promise<string> {
  const n = books.next();
  const id = `${agent}/${n}`;
  const turn = turnId(agent, 1);
  const aborting = new AbortController();
  const timer = abortAfter === null ? null : setTimeout(() => aborting.abort(new Error("No longer wanted.")), abortAfter);
  if (fault !== "none") books.happened(fault);
  if (abortAfter !== null) books.happened("abort");
  const began = performance.now();
  const call = broker.forAgent(agent).call({
    turn,
    step: 1,
    call: callId(turn, 1, n),
    providerCall: id,
    name: `mcp__${server}__${tool}`,
    input: { id, ...(fault === "none" ? {} : { fault }) },
    signal: abortAfter === null ? whole : aborting.signal,
  });
  const limit = new AbortController();
  const outcome = await Promise.race([call, wait(LOST_MS, null, { signal: limit.signal, ref: false }).catch(() => null)]);
  limit.abort();
  if (timer) clearTimeout(timer);
  const said = outcome === null ? "LOST" : outcome.ok ? "ok" : outcome.code;
  books.note({ id, server, tool, fault, outcome: said, own: tellsOf(outcome, `${tool} ${id}`), ms: performance.now() - began });
  return said;
}

const tellsOf = (outcome: ToolOutcome | null, text: string): boolean =>
  outcome?.ok === true && outcome.content.length === 1 && outcome.content[0]?.type === "text" && outcome.content[0].text === text;

/** What happened; calls go to a file, so that the books themselves do not grow in memory. */
class Books {
  readonly file: string;
  readonly breakers = new Map<string, number>();
  faults = 0;
  #calls = 0;
  readonly #open = new Set<string>();
  readonly #strangers: string[] = [];

  constructor(file: string) {
    this.file = file;
  }

  next(): number {
    return (this.#calls += 1);
  }

  happened(fault: string): void {
    this.faults += 1;
    if (fault === "kill" || fault === "freeze" || fault === "abort") appendFileSync(this.file, `${JSON.stringify({ outside: fault })}\n`);
  }

  note(note: CallNote): void {
    appendFileSync(this.file, `${JSON.stringify(note)}\n`);
  }

  record(event: RunEvent): void {
    if (event.type === "breaker-state") {
      const key = `${event.scope} ${event.state}`;
      this.breakers.set(key, (this.breakers.get(key) ?? 0) + 1);
    } else if (event.type === "tool-call") this.#open.add(event.call);
    else if (event.type === "tool-result" && !this.#open.delete(event.call)) this.#strangers.push(event.call);
  }

  unmatched(): readonly string[] {
    return [...this.#open, ...this.#strangers];
  }
}
