// What the tests of the runtime share: a run on a fake clock with scripted agents, and questions to its log.
import { agentId, DEFAULT_SETTINGS, runId, type AgentId, type CoordinationSettings, type Entry, type RunEvent } from "../core/index.ts";
import { createMemoryLog, type RunLog } from "../log/index.ts";
import { fakeClock, scriptedBackend, type FakeClock, type Moment, type Script, type ScriptedBackend, type ScriptedStep } from "../testing/index.ts";
import { startRun, type AgentSpec, type Run, type RunResult, type StartOptions } from "./index.ts";

export type Scripts = { readonly [agent: string]: Script | readonly (readonly ScriptedStep[])[] };
export type TestRun = {
  readonly clock: FakeClock;
  readonly log: RunLog;
  readonly run: Run;
  readonly backends: { readonly [agent: string]: ScriptedBackend };
  /** Lets the run go to its end. */
  finish(): Promise<RunResult>;
  entries(): Promise<readonly Entry[]>;
};
export type TestRunOptions = Partial<Omit<StartOptions, "agents" | "settings">> & {
  readonly settings?: Partial<CoordinationSettings>;
  readonly secrets?: readonly string[];
  readonly presents?: boolean;
};

export const RUN = runId("20260102030405-0123abcd");
export const id = agentId;

export function testRun(scripts: Scripts, options: TestRunOptions = {}): TestRun {
  const clock = fakeClock();
  const backends = Object.fromEntries(Object.entries(scripts).map(([name, script]) => [name, scriptedBackend(script, { clock })]));
  const { settings, secrets = [], presents = true, resumeFrom, ...rest } = options;
  const log = rest.log ?? createMemoryLog({ run: RUN, io: { clock }, secrets, ...(resumeFrom === undefined ? {} : { resumeFrom }) });
  const run = startRun({
    question: "What is 7 + 5?", history: [], program: "massgen test", clock, ...rest, log,
    ...(resumeFrom === undefined ? {} : { resumeFrom }),
    settings: { ...DEFAULT_SETTINGS, ...settings },
    agents: Object.entries(backends).map(([name, backend]): AgentSpec => ({
      id: agentId(name), backendName: "scripted", model: "scripted-1", systemMessage: null, presents, backend,
    })),
  });
  return { clock, log, run, backends, finish: () => clock.run(run.result), entries: () => entriesOf(log) };
}

export async function entriesOf(log: RunLog): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of log.entries()) entries.push(entry);
  return entries;
}

export function ofType<Type extends RunEvent["type"]>(entries: readonly Entry[], type: Type): readonly Extract<Entry, { type: Type }>[] {
  return entries.filter((entry): entry is Extract<Entry, { type: Type }> => entry.type === type);
}

/** A model that answers first, votes for the first label it is offered that `votesFor` accepts, and presents. */
export function council(answer: string, votesFor: (content: string) => boolean, extra: ScriptedStep = {}): Script {
  return ({ request }: Moment) => {
    if (request.kind === "presentation") return { text: `Presented: ${answer}`, ...extra };
    if (request.ballot === null) return { text: "Thinking.", answer, ...extra };
    const chosen = request.ballot.candidates.find(({ content }) => votesFor(content)) ?? request.ballot.candidates[0];
    return { vote: chosen?.label ?? "none", ...extra };
  };
}

export const requests = (test: TestRun): number => Object.values(test.backends).reduce((sum, { asked }) => sum + asked.length, 0);
export type { AgentId };
