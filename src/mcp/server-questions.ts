// Answers what a server asks in the middle of a call: forms, and answers of a model. Without an agent whose call it is, and without somebody's word, it is a no.
import { pathToFileURL } from "node:url";
import path from "node:path";
import {
  isRecord,
  type AgentId,
  type CallId,
  type Form,
  type FormAnswer,
  type FormValue,
  type FormValues,
  type Json,
  type TurnId,
} from "../core/index.ts";
import type { McpServerConfig } from "../config/types.ts";
import { checkForm, neutralise, readForm } from "../security/index.ts";
import type { BrokerPolicy, FormQuestion, Recorder, SamplingAnswer, SamplingQuestion, ToolCallRequest } from "./contract.ts";
import { MCPConfigurationError } from "./errors.ts";
import type { ElicitationAnswer, ElicitationQuestion, Root } from "./server-requests.ts";

/** The call during which a server asks. */
export type CallOrigin = { readonly agent: AgentId; readonly turn: TurnId; readonly call: CallId; readonly signal: AbortSignal } & Pick<
  ToolCallRequest,
  "sample"
> & {
    /** The server waits for us until what is returned is called. */
    hold?(): () => void;
  };

export type Willingness = "deny" | "ask" | "allow";

/** Throws `MCPConfigurationError` for another word. */
export function willingness(server: McpServerConfig, key: "elicitation" | "sampling", fallback: Willingness): Willingness {
  const value = server.extra[key] ?? fallback;
  if (value === "deny" || value === "ask" || value === "allow") return value;
  throw new MCPConfigurationError(`Server "${server.name}": \`${key}\` must be deny, ask or allow.`, { configSection: server.name });
}

/** The folders an entry names, as addresses. Throws `MCPConfigurationError` where it names something else. */
export function entryRoots(server: McpServerConfig, cwd: string): readonly Root[] {
  const value = server.extra["roots"] ?? [];
  const folders = typeof value === "string" ? [value] : value;
  if (!Array.isArray(folders) || !folders.every((folder) => typeof folder === "string"))
    throw new MCPConfigurationError(`Server "${server.name}": \`roots\` must be a list of folders.`, { configSection: server.name });
  return folders.map((folder) => {
    const uri = folder.startsWith("file://") ? folder : pathToFileURL(path.resolve(cwd, folder)).href;
    return { uri, name: path.basename(folder) || folder };
  });
}

export type QuestionsOptions = {
  readonly server: McpServerConfig;
  readonly policy: BrokerPolicy;
  readonly record: Recorder;
  /** Answers forms instead of a person. */
  readonly elicit: ((question: ElicitationQuestion) => Promise<ElicitationAnswer>) | null;
  /** The one call that is running at the server; null when there is none, or more than one. */
  readonly origin: () => CallOrigin | null;
};

type Values = NonNullable<ElicitationAnswer["content"]>;
type Answered = ElicitationAnswer & { readonly why?: string };
const DECLINED: ElicitationAnswer = { action: "decline" };
/** A program that answers for a person does not ask itself for ever. */
const MOST_ATTEMPTS = 5;
const isList = (value: FormValue): value is readonly string[] => Array.isArray(value);

export class ServerQuestions {
  readonly #options: QuestionsOptions;
  readonly #forms: Willingness;
  readonly #models: Willingness;
  #last: Promise<unknown> = Promise.resolve();

  /** Throws `MCPConfigurationError` when `elicitation` or `sampling` of the entry make no sense. */
  constructor(options: QuestionsOptions) {
    this.#options = options;
    this.#forms = willingness(options.server, "elicitation", "ask");
    this.#models = willingness(options.server, "sampling", "deny");
  }

  /** Whether the server is told that it may ask for answers of a model. */
  get samples(): boolean {
    return this.#models !== "deny";
  }

  /** One question after the other: a person looks at one form at a time. */
  form(question: ElicitationQuestion): Promise<Answered> {
    const origin = this.#options.origin();
    const before = this.#last;
    const answer = held(origin, () => before.then(() => this.#form(question, origin)));
    this.#last = answer.catch(() => {}); // Whoever asked learns of it.
    return answer;
  }

  async model(question: SamplingQuestion): Promise<SamplingAnswer> {
    const origin = this.#options.origin();
    if (!this.samples || !origin?.sample) return { refused: "No model answers questions of this server now." };
    const asked: Json = { question: question.messages.map(({ role, text }) => `${role}: ${neutralise(text)}`) };
    const agreed =
      this.#models === "ask"
        ? await held(origin, () => this.#ask("sampling", asked, origin))
        : !(await this.#forbidden("sampling", asked, origin));
    if (!agreed) return { refused: this.#models === "ask" ? "The person did not agree." : "The policy does not allow it." };
    const { sample } = origin;
    return held(origin, () => sample(question, origin.signal));
  }

  async #form(question: ElicitationQuestion, origin: CallOrigin | null): Promise<Answered> {
    const { elicit, policy } = this.#options;
    if (this.#forms === "deny") return DECLINED;
    if (elicit) return elicit(question);
    // The call may have ended while another question was before the person: nobody else is asked in its name.
    if (origin === null || origin !== this.#options.origin()) return DECLINED;
    if (this.#forms === "allow") return this.#byEntry(question, origin);
    return policy.fillIn && question.url === undefined ? this.#filledIn(question, origin) : this.#byPerson(question, origin);
  }

  async #byEntry({ schema, url }: ElicitationQuestion, origin: CallOrigin): Promise<ElicitationAnswer> {
    const values = url === undefined ? proposedValues(schema, false) : null;
    if (values === null || (await this.#forbidden("elicitation", values, origin))) return DECLINED;
    return { action: "accept", content: values };
  }

  /** A person who can only say yes or no agrees to what the form proposes, or to visit a link; a form that needs words of its own is declined. */
  async #byPerson({ message, schema, url }: ElicitationQuestion, origin: CallOrigin): Promise<Answered> {
    const values = url === undefined ? proposedValues(schema, true) : {};
    if (values === null) return DECLINED;
    const asked = { question: neutralise(message), ...(url === undefined ? { answer: values } : { visit: neutralise(url) }) };
    if (!(await this.#ask("elicitation", asked, origin))) return DECLINED;
    return url === undefined ? { action: "accept", content: values } : { action: "accept" };
  }

  async #filledIn({ message, schema }: ElicitationQuestion, origin: CallOrigin): Promise<Answered> {
    const form = readForm(message, schema);
    if ("refused" in form) return { ...DECLINED, why: form.refused };
    if (this.#options.policy.canAsk?.() === false) return DECLINED;
    const proposed = proposedValues(schema, true);
    const verdict = await this.#verdict("destructive", {
      tool: "elicitation",
      input: { question: form.message, answer: proposed },
      agent: origin.agent,
    });
    if (verdict === "deny") return DECLINED;
    if (verdict === "allow" && proposed !== null) return { action: "accept", content: proposed };
    return this.#untilItFits(form, origin);
  }

  /** Nothing is sent that the server's own form does not allow. */
  async #untilItFits(form: Form, origin: CallOrigin): Promise<Answered> {
    let [filled, problem]: [FormValues, string | null] = [{}, null];
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
      const { action, content = {} } = await this.#fillIn({ form, filled, problem }, origin);
      if (action !== "accept") return { action };
      const values = Object.fromEntries(Object.entries(content).map(([name, value]) => [name, isList(value) ? [...value] : value]));
      problem = checkForm(form, values);
      if (problem === null) return { action: "accept", content: values };
      filled = values;
    }
    return { ...DECLINED, why: `what was filled in did not fit, ${MOST_ATTEMPTS} times` };
  }

  async #fillIn(about: Pick<FormQuestion, "form" | "filled" | "problem">, origin: CallOrigin): Promise<FormAnswer> {
    const { policy, record, server } = this.#options;
    const ids = { agent: origin.agent, turn: origin.turn, call: origin.call };
    await record({ type: "form-asked", ...ids, server: server.name, ...about });
    let answer: FormAnswer = { action: "cancel" };
    try {
      answer = (await policy.fillIn?.({ ...ids, server: server.name, ...about }, origin.signal)) ?? answer;
    } catch {
      // An aborted or broken question is no answer.
    }
    await record({ type: "form-answered", ...ids, action: answer.action });
    return answer;
  }

  async #ask(tool: string, input: Json, { agent, turn, call, signal }: CallOrigin): Promise<boolean> {
    const { policy, record, server } = this.#options;
    if (!policy.ask || policy.canAsk?.() === false) return false;
    const verdict = await this.#verdict("destructive", { tool, input, agent });
    if (verdict !== "ask") return verdict === "allow"; // A rule, or what the person allowed before.
    await record({ type: "permission-asked", agent, turn, call, server: server.name, tool, input });
    const { allow, by } = await policy.ask({ agent, turn, call, server: server.name, tool, effect: "unknown", input }, signal);
    await record({ type: "permission-answered", agent, turn, call, allow, by });
    return allow;
  }

  /** An entry cannot allow what the policy forbids; both can name `elicitation` and `sampling` like tools of the server. */
  async #forbidden(tool: string, input: Json, { agent }: CallOrigin): Promise<boolean> {
    return (await this.#verdict("unknown", { tool, input, agent })) === "deny";
  }

  async #verdict(
    effect: "destructive" | "unknown",
    { tool, input, agent }: { readonly tool: string; readonly input: Json; readonly agent: AgentId },
  ): Promise<"allow" | "ask" | "deny"> {
    const { policy, server } = this.#options;
    try {
      return (await policy.checkCall?.({ agent, server: server.name, tool, effect, input }))?.verdict ?? "ask";
    } catch {
      return "deny"; // A policy that cannot be applied allows nothing.
    }
  }
}

/** Meanwhile the server waits for us. */
async function held<T>(origin: CallOrigin | null, work: () => Promise<T>): Promise<T> {
  const release = origin?.hold?.();
  try {
    return await work();
  } finally {
    release?.();
  }
}

/** What a form would be sent with if nobody types anything: its defaults, the only choice there is, and a yes where a person agreed. Null = something is missing. */
export function proposedValues(schema: Json, agreed: boolean): Values | null {
  const properties = isRecord(schema) && isRecord(schema["properties"]) ? schema["properties"] : {};
  const required = isRecord(schema) && Array.isArray(schema["required"]) ? schema["required"] : [];
  const values: [string, Values[string]][] = [];
  for (const [name, property] of Object.entries(properties)) {
    const value = proposed(property, agreed);
    if (value !== null) values.push([name, value]);
    else if (required.includes(name)) return null;
  }
  return values.length === 0 && Object.keys(properties).length > 0 ? null : Object.fromEntries(values);
}

function proposed(property: unknown, agreed: boolean): Values[string] | null {
  if (!isRecord(property)) return null;
  const choices = Array.isArray(property["enum"]) ? property["enum"] : [];
  const value = property["default"] ?? property["const"] ?? (choices.length === 1 ? choices[0] : undefined);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  return agreed && property["type"] === "boolean" ? true : null;
}
