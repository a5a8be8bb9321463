// What the log of a run means at one moment. Immutable; made only by `evolve`, read through selectors, `plan`, `judge` and the prompts.
// The council (who answered, who voted, what is decided) is kept apart from the talks (conversations), so that a model step
// leaves the council the same object and its plan need not be made again.
import type { AgentId, AnswerId, CallId, Label, TurnId } from "./ids.ts";
import type { AssistantPart, Content, HistoryMessage, Json, ToolResult } from "./message.ts";
import type { Cause, Effect, Failure, RunAgent, RunOutcome, TurnKind } from "./events.ts";
import type { CoordinationSettings } from "./settings.ts";

export type Answer = {
  readonly id: AnswerId;
  readonly agent: AgentId;
  /** Place of the author in the order of registration, from 0. */
  readonly ordinal: number;
  readonly label: Label;
  readonly version: number;
  readonly content: string;
  /** Calls its author had planned when it was handed in: they are what the answer stands for beside its text. */
  readonly intents: readonly CallId[];
  /** Folded text and planned calls: answers with the same key are equal. */
  readonly key: string;
  /** Handed in after the decision: logged, not used. */
  readonly late: boolean;
};

/** Current answers with equal text, shown once. */
export type Candidate = {
  /** The lowest label of its authors. */
  readonly label: Label;
  readonly key: string;
  /** By order of registration; the first one's author wins for all. */
  readonly answers: readonly Answer[];
};

export type Vote = {
  readonly voter: AgentId;
  readonly for: AnswerId;
  readonly reason: string;
  readonly shown: readonly AnswerId[];
  /** Key of the answer voted for. */
  readonly key: string;
  /** Keys of all answers shown. */
  readonly seen: ReadonlySet<string>;
};

export type OpenTurn = {
  readonly turn: TurnId;
  readonly agent: AgentId;
  readonly kind: TurnKind;
  readonly shown: readonly AnswerId[];
  readonly mayAnswer: boolean;
  readonly mayVote: readonly Label[];
  /** Invalid decisions so far. */
  readonly attempts: number;
  /** An answer or a vote of this turn has been recorded: the turn is about to end and is left alone. */
  readonly decided: boolean;
  /** Keys of all answers shown. */
  readonly seen: ReadonlySet<string>;
  /** An answer came that the turn has not shown, nor an equal one. */
  readonly outdated: boolean;
};

export type Member = {
  readonly info: RunAgent;
  readonly ordinal: number;
  readonly current: Answer | null;
  /** Answers handed in, late ones included. */
  readonly versions: number;
  /** The standing vote: null before a vote and after it was voided. */
  readonly vote: Vote | null;
  readonly hasVoted: boolean;
  /** Texts that had been shown in the evaluation turn that failed; null where the agent does not abstain. */
  readonly abstention: ReadonlySet<string> | null;
  /** Failed evaluation turns in a row. */
  readonly failures: number;
  readonly out: Failure | null;
  readonly turn: OpenTurn | null;
  /** Turns and presentations started. */
  readonly turns: number;
  /** A turn of the agent was started and is not undone. */
  readonly begun: boolean;
  /** Numbers of answers given out: never used twice, also where a decision and what followed it were undone. */
  readonly answerNumbers: number;
  /** Model steps dropped in a row. */
  readonly drops: number;
  /** What the agent's last request showed. */
  readonly lastShown: readonly AnswerId[];
  /** The last turn ended in a decision, so the conversation does not go on by itself. */
  readonly lastDecided: boolean;
};

export type Decision = {
  /** Null where the time or the budget ended without any answer. */
  readonly winner: Answer | null;
  readonly cause: Cause;
};

export type Presentation = {
  readonly agent: AgentId;
  readonly turn: TurnId;
  /** Null while it lasts. */
  readonly end: { readonly outcome: "done" | "failed" | "interrupted"; readonly text: string; readonly failure: Failure | null } | null;
};

export type Council = {
  readonly members: readonly Member[];
  /** Every answer by id, in log order. */
  readonly answers: ReadonlyMap<AnswerId, Answer>;
  /** The newest answer of each author, in log order, their ids and their keys. */
  readonly current: readonly Answer[];
  readonly currentIds: readonly AnswerId[];
  readonly currentKeys: ReadonlySet<string>;
  /** By label. */
  readonly candidates: readonly Candidate[];
  readonly firstAnswersClosed: boolean;
  /** How often an answer has voided standing votes. */
  readonly voidedRounds: number;
  /** "Answer now" was asked for before there was an answer. */
  readonly answerNow: boolean;
  readonly paused: boolean;
  readonly cancelled: boolean;
  readonly decision: Decision | null;
  readonly presentation: Presentation | null;
};

export type Run = {
  readonly question: string;
  readonly history: readonly HistoryMessage[];
  readonly settings: CoordinationSettings;
  readonly ordinals: ReadonlyMap<AgentId, number>;
};

/** A tool call of an agent's last finished step that has no result yet. */
export type OpenCall = {
  readonly turn: TurnId;
  readonly step: number;
  readonly call: CallId;
  readonly providerCall: string;
  readonly name: string;
  readonly input?: Json;
  readonly malformed?: string;
  /** True for `new_answer` and `vote`. */
  readonly decision: boolean;
  /** Null where the call was never started. */
  readonly effect: Effect | null;
};

export type TalkItem =
  | { readonly kind: "user"; readonly text: string }
  | { readonly kind: "step"; readonly parts: readonly AssistantPart[] }
  | { readonly kind: "result"; readonly result: ToolResult }
  /** The step's decision was recorded; what its author is told of it. */
  | { readonly kind: "decided"; readonly text: string };

/** Append-only list that shares its past: adding costs nothing however long the conversation is. */
export type Chain = { readonly item: TalkItem; readonly before: Chain | null };

export type Talk = {
  readonly items: Chain | null;
  readonly open: readonly OpenCall[];
  /** Where the conversation stood before a presentation that has not ended; undefined outside of one. */
  readonly beforePresentation: Chain | null | undefined;
};

/** A call that was planned instead of made. */
export type Intent = {
  readonly agent: AgentId;
  readonly turn: TurnId;
  readonly call: CallId;
  readonly server: string;
  readonly tool: string;
  readonly input: Json;
  /** It may have reached its server: it is never begun again. */
  readonly started: boolean;
  readonly result: { readonly isError: boolean; readonly unknown: boolean; readonly content: readonly Content[] } | null;
};

export type State = {
  /** Null before `run-start`. */
  readonly run: Run | null;
  readonly council: Council;
  readonly talks: readonly Talk[];
  readonly intents: readonly Intent[];
  /** Servers that failed and have not become ready again: name and agent → message. */
  readonly lostServers: ReadonlyMap<string, string>;
  /** Where the files of the chosen answer are kept, as the log says it. */
  readonly keptFiles: { readonly answer: AnswerId; readonly path: string } | null;
  /** Folders that did not get all of the chosen answer's changes → number of files left as they were. */
  readonly conflicts: ReadonlyMap<string, number>;
  readonly ended: RunOutcome | null;
  /** The state before time or budget forced a decision: where the run goes on when it is taken up after its end. */
  readonly beforeForced: State | null;
};

export const initialState: State = {
  run: null,
  council: {
    members: [],
    answers: new Map(),
    current: [],
    currentIds: [],
    currentKeys: new Set(),
    candidates: [],
    firstAnswersClosed: false,
    voidedRounds: 0,
    answerNow: false,
    paused: false,
    cancelled: false,
    decision: null,
    presentation: null,
  },
  talks: [],
  intents: [],
  lostServers: new Map(),
  keptFiles: null,
  conflicts: new Map(),
  ended: null,
  beforeForced: null,
};
