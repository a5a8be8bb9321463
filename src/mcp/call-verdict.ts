// Whether an agent may make a call: the entry's own lists, the policy, a person. Whatever goes wrong on the way is a no.
import type { AgentId } from "../core/index.ts";
import type { FoundTool } from "./agent-tools.ts";
import {
  ALLOWED_BY_DEFAULT,
  type BrokerPolicy,
  type CallQuestion,
  type PolicyVerdict,
  type Recorder,
  type ToolCallRequest,
} from "./contract.ts";
import { effectOf } from "./tool-definition.ts";

export type VerdictQuestion = {
  readonly agent: AgentId;
  readonly request: ToolCallRequest;
  readonly found: FoundTool;
  /** The call is not made now: a person is asked when it is, and what need be asked is allowed until then. */
  readonly later?: boolean;
};

/** `recorded` is the verdict's way into the log: await it before anything is done that may have an effect. */
export type RecordedVerdict = PolicyVerdict & { readonly recorded: Promise<void> };

/**
 * Records the verdict, and the question and answer where a person is asked. Never gives "ask". Rejects when those cannot be recorded.
 * At once where the policy judges at once and nobody need be asked.
 */
export function verdictOn(asked: VerdictQuestion, policy: BrokerPolicy, record: Recorder): RecordedVerdict | Promise<RecordedVerdict> {
  const { agent, request, found } = asked;
  const question = {
    agent,
    server: found.lease.server.name,
    tool: found.definition.name,
    effect: effectOf(found.definition),
    input: request.input,
  };
  const given = judge(question, found, policy);
  const follow = (verdict: PolicyVerdict): RecordedVerdict | Promise<RecordedVerdict> =>
    carryOn({ ...asked, question, verdict }, policy, record);
  return given instanceof Promise ? given.then(follow) : follow(given);
}

type Judged = VerdictQuestion & { readonly question: CallQuestion; readonly verdict: PolicyVerdict };

function carryOn(judged: Judged, policy: BrokerPolicy, record: Recorder): RecordedVerdict | Promise<RecordedVerdict> {
  const { agent, request, later = false, verdict: given } = judged;
  const ids = { agent, turn: request.turn, call: request.call };
  const recorded = record({ ...ids, type: "tool-verdict", verdict: given.verdict, rule: given.rule, reason: given.reason });
  recorded.catch(() => {}); // Whoever awaits it learns; until then it must not count as unhandled.
  if (given.verdict !== "ask") return { ...given, recorded };
  if (later) return { ...given, verdict: "allow", recorded };
  return afterAsking(judged, recorded, { policy, record });
}

async function afterAsking(
  { agent, question, request, verdict: given }: Judged,
  recorded: Promise<void>,
  { policy, record }: { readonly policy: BrokerPolicy; readonly record: Recorder },
): Promise<RecordedVerdict> {
  const ids = { agent, turn: request.turn, call: request.call };
  await recorded;
  await record({ ...ids, type: "permission-asked", server: question.server, tool: question.tool, input: question.input });
  const { allow, by } = await answer({ ...question, ...ids }, policy, request.signal);
  await record({ ...ids, type: "permission-answered", allow, by });
  if (allow) return { ...given, verdict: "allow", recorded };
  return { ...given, verdict: "deny", reason: `${given.reason}; permission was not given`, recorded };
}

function judge(
  question: CallQuestion,
  { forbidden, lease }: FoundTool,
  { checkCall }: BrokerPolicy,
): PolicyVerdict | Promise<PolicyVerdict> {
  if (forbidden !== null)
    return { verdict: "deny", rule: forbidden, reason: `\`${forbidden}\` of the server "${lease.server.name}" does not include it.` };
  if (!checkCall) return ALLOWED_BY_DEFAULT;
  try {
    const given = checkCall(question);
    return given instanceof Promise ? given.catch(brokenPolicy) : given;
  } catch (error) {
    return brokenPolicy(error);
  }
}

const brokenPolicy = (error: unknown): PolicyVerdict => ({
  verdict: "deny",
  rule: "policy-error",
  reason: `the policy could not be applied (${String(error)})`,
});

type AskedQuestion = Parameters<NonNullable<BrokerPolicy["ask"]>>[0];

async function answer(
  question: AskedQuestion,
  { ask }: BrokerPolicy,
  signal: AbortSignal,
): Promise<{ readonly allow: boolean; readonly by: "person" | "policy" }> {
  try {
    return ask ? await ask(question, signal) : { allow: false, by: "policy" };
  } catch {
    return { allow: false, by: "policy" }; // An aborted or broken question is no permission.
  }
}
