// The tool behind the server: each call is one question to one team, told while it goes on, ended cleanly when nobody waits for it any more.
import type { Limits } from "../config/types.ts";
import type { FormAnswer } from "../core/index.ts";
import { MassgenError, UsageError } from "../errors/index.ts";
import type { Clock } from "../io/index.ts";
import type { LiveItem } from "../log/contract.ts";
import { CANCELLED, type ServedCall, type ServedResult } from "../mcp/index.ts";
import type { RunResult } from "../runtime/result.ts";
import type { OpenedSession } from "../session/index.ts";
import { neutraliseLine } from "../security/index.ts";
import { factsOf, failureOf, reportOf } from "./answer-report.ts";
import { declarationOf, readRequest, type AskRequest, type Offer } from "./ask-request.ts";
import { handedOn } from "./handed-on-form.ts";
import { permissionForm, permissionOf } from "./permission-form.ts";
import { progressOf } from "./progress-words.ts";
import { least, openPurse, type PurseOptions, type Seat } from "./purse.ts";

/** Clients give up on a call they hear nothing of; most wait a minute. */
const SIGN_OF_LIFE_MS = 15_000;

export type SessionWish = Pick<AskRequest, "team" | "agents"> & {
  readonly budget: Partial<Limits>;
  /** Null = the configuration's. */
  readonly timeoutMs: number | null;
  /** Somebody can be asked for permission now. */
  readonly interactive: () => boolean;
};

export type CouncilOptions = {
  readonly offer: Offer;
  readonly purse: PurseOptions;
  /** The server's limits of one question beside money; a client can only make them smaller. */
  readonly limits: Omit<Partial<Limits>, "maxCostUsd">;
  readonly timeoutMs: number | null;
  readonly clock: Clock;
  /** Throws UsageError where a team cannot work. */
  open(wish: SessionWish): Promise<OpenedSession>;
  /** Told to whoever runs the server. */
  note(line: string): void;
};

export type Council = {
  readonly declaration: ReturnType<typeof declarationOf>;
  /** Rejects for bugs only. */
  ask(call: ServedCall): Promise<ServedResult>;
};

export function openCouncil(options: CouncilOptions): Council {
  const purse = openPurse(options.purse);
  const declaration = declarationOf(options.offer);
  return {
    declaration,
    async ask(call) {
      const request = readRequest(call.input, options.offer);
      if ("problems" in request) return failureOf(request.problems);
      const seat = purse.enter(request.budget.maxCostUsd ?? null);
      if (typeof seat === "string") return failureOf([seat]);
      // Nothing until there is a run; then what nobody knows, until its result says it.
      let spent: number | null = 0;
      try {
        const result = await work({ request, call, seat, options, begun: () => void (spent = null) });
        spent = result.cost;
        options.note(`${neutraliseLine(call.client.name, 80) || "A client"}: ${endOf(result)}`);
        return reportOf(result);
      } catch (error) {
        if (!(error instanceof MassgenError)) throw error;
        return failureOf(wordsOf(error));
      } finally {
        seat.leave(spent);
      }
    },
  };
}

type Work = {
  readonly request: AskRequest;
  readonly call: ServedCall;
  readonly seat: Seat;
  readonly options: CouncilOptions;
  /** From now on money may be spent. */
  readonly begun: () => void;
};

async function work({ request, call, seat, options, begun }: Work): Promise<RunResult> {
  const { client, signal } = call;
  const session = await options.open({
    team: request.team,
    agents: request.agents,
    budget: { ...smallest(options.limits, request.budget), ...(seat.maxCostUsd === null ? {} : { maxCostUsd: seat.maxCostUsd }) },
    timeoutMs: least(request.timeoutMs, options.timeoutMs),
    interactive: () => client.canAsk,
  });
  const life = signOfLife(call, options.clock);
  try {
    const answers: Answers = {
      permit: (asking, { allow, remember }) => asked.steering.permission(asking, allow, remember),
      form: (asking, answer) => asked.steering.form(asking, answer),
    };
    begun();
    const asked = session.ask(request.question, request.history, follower(call, answers));
    const cancel = (): void => asked.steering.cancel();
    if (signal.aborted) cancel();
    else signal.addEventListener("abort", cancel, { once: true });
    const result = await asked.result;
    // A cancelled call is not answered; what there was reaches the client this way.
    if (signal.aborted && signal.reason === CANCELLED) client.log("notice", { message: "The call was cancelled.", ...factsOf(result) });
    return result;
  } finally {
    life.stop();
    await session.close();
  }
}

type Permission = { readonly allow: boolean; readonly remember: "once" | "run" };

type Answers = { permit(call: string, permission: Permission): void; form(call: string, answer: FormAnswer): void };

/** Tells the client what happens, and puts questions of permission and forms of servers before it. */
function follower({ client, signal }: ServedCall, answers: Answers): (item: LiveItem) => void {
  return (item) => {
    if (item.kind !== "entry") return;
    const { entry } = item;
    const words = progressOf(entry);
    if (words !== null) client.progress(words);
    if (entry.type === "warning")
      client.log("warning", { message: entry.message, ...(entry.next === undefined ? {} : { next: entry.next }) });
    if (entry.type === "permission-asked")
      void client.ask(permissionForm(entry), signal).then((answer) => answers.permit(entry.call, permissionOf(answer)));
    if (entry.type === "form-asked") void client.ask(handedOn(entry), signal).then((answer) => answers.form(entry.call, answer));
  };
}

function signOfLife({ client }: ServedCall, clock: Clock): { stop(): void } {
  const begun = clock.monotonic();
  const again = () =>
    clock.after(SIGN_OF_LIFE_MS, () => {
      client.progress(`Still working, for ${Math.round((clock.monotonic() - begun) / 1000)} s`);
      timer = again();
    });
  let timer = again();
  return { stop: () => timer.cancel() };
}

function smallest(limits: Partial<Limits>, wished: Partial<Limits>): Partial<Limits> {
  const names = ["maxTokens", "maxModelCalls", "maxToolCalls", "maxMinutes"] as const;
  return Object.fromEntries(names.map((name) => [name, least(limits[name], wished[name])] as const).filter(([, value]) => value !== null));
}

function wordsOf(error: MassgenError): readonly string[] {
  const problems = error instanceof UsageError ? error.problems.map(({ message }) => message) : [];
  return [...(problems.length === 0 ? [error.message] : problems), error.next];
}

function endOf({ exitCode, winner, runPath, runId, cost }: RunResult): string {
  const outcome = winner === null ? `ended without a decision (${exitCode})` : `answered by ${winner.id}`;
  return `${outcome}, ${cost === null ? "price unknown" : `$${cost.toPrecision(2)}`}, ${runPath ?? runId}`;
}
