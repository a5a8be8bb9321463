// What every call goes through, whether it is sent at once or was recorded before: arguments that fit, progress in the log, a result of bearable size.
import { isRecord, type AgentId, type Json } from "../core/index.ts";
import type { Clock } from "../io/index.ts";
import { neutraliseLine } from "../security/index.ts";
import type { AgentView, FoundTool } from "./agent-tools.ts";
import { RESULT_BYTES, type ResultCap } from "./cap-result.ts";
import type { BrokerPolicy, Recorder, ToolCallRequest, ToolOutcome } from "./contract.ts";
import { withoutOptionalNulls } from "./optional-nulls.ts";
import { failed } from "./outcomes.ts";
import { compiledValidator, compileValidator, type Validator } from "./schema/index.ts";
import type { Progress } from "./send-call.ts";
import type { Writes } from "./writes.ts";

export type ToolCallerOptions = {
  readonly agent: AgentId;
  readonly view: AgentView;
  readonly record: Recorder;
  readonly policy: BrokerPolicy;
  readonly clock: Clock;
  /** Who may change something, where an entry does not say. Absent = everyone. */
  readonly writes?: Writes;
};

const PROGRESS_EVERY_MS = 100;

/** Notes a call's progress, not more often than people can read it. */
export function progressTeller(
  { turn, call }: Pick<ToolCallRequest, "turn" | "call">,
  { agent, clock, record }: Pick<ToolCallerOptions, "agent" | "clock" | "record">,
): (progress: Progress) => void {
  let last = -Infinity;
  return ({ progress, total, message }) => {
    if (clock.monotonic() - last < PROGRESS_EVERY_MS) return;
    last = clock.monotonic();
    // A lost progress notice changes nothing, and the record of the result will fail too.
    record({
      agent,
      turn,
      call,
      type: "tool-progress",
      progress,
      total: total ?? null,
      message: message === undefined ? null : neutraliseLine(message),
    }).catch(() => {});
  };
}

export function capFor({ definition, lease }: FoundTool, { keepResult, resultBytes = RESULT_BYTES }: BrokerPolicy): ResultCap {
  const keep = async (text: string): Promise<string | null> =>
    (await keepResult?.({ server: lease.server.name, tool: definition.name, text })) ?? null;
  return { limit: resultBytes, keep };
}

type CheckedInput = { readonly value: Json } | { readonly problem: ToolOutcome };

/** The arguments to send, or why they cannot be sent; at once where the tool's schema is compiled. */
export function checkInput(input: Json, found: FoundTool): CheckedInput | Promise<CheckedInput> {
  const { definition, name } = found;
  if (!isRecord(input)) return { problem: failed("invalid-input", `The arguments of ${name} must be an object.`) };
  const validate = compiledValidator(definition.inputSchema);
  if (validate) return checkWith(validate, input, found);
  return compileValidator(definition.inputSchema).then((fresh) => checkWith(fresh, input, found));
}

function checkWith(validate: Validator, input: { readonly [key: string]: Json }, { definition, name }: FoundTool): CheckedInput {
  const validation = validate(input);
  if (validation.ok) return { value: input };
  const shorter = withoutOptionalNulls(input, definition.inputSchema);
  if (validate(shorter).ok) return { value: shorter };
  return {
    problem: failed(
      "invalid-input",
      `The arguments of ${name} do not fit its schema: ${validation.problems.join("; ")}. Nothing was sent.`,
      true,
    ),
  };
}
