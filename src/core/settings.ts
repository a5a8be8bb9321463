// The rules' parameters of one run, fixed at its start and stored in its log. Durations in milliseconds of active run time.

export type CoordinationSettings = {
  readonly seed: number;
  readonly firstAnswers: "together" | "as_they_come";
  /** Already reduced to a third of the orchestrator time-out where that is less. */
  readonly firstAnswerDeadlineMs: number;
  readonly maxAnswersPerAgent: number;
  readonly maxVoteRounds: number;
  readonly earlyDecision: boolean;
  /** With one configured agent: one `new_answer` turn, or plain chat without workflow tools. */
  readonly singleAgent: "answer" | "chat";
  /** Start with the first two agents; the others join only where these give different first answers, or one of them is out. */
  readonly gate: boolean;
  /** What the presenter is asked for: the chosen answer, or one answer made of all. The votes choose the presenter. */
  readonly decision: "vote" | "merge";
  readonly writes: "everyone" | "winner" | "ask";
  readonly orchestratorTimeoutMs: number;
  readonly presentationTimeoutMs: number;
};

export const DEFAULT_SETTINGS: CoordinationSettings = {
  seed: 1,
  firstAnswers: "together",
  firstAnswerDeadlineMs: 300_000,
  maxAnswersPerAgent: 3,
  maxVoteRounds: 3,
  earlyDecision: true,
  singleAgent: "answer",
  gate: false,
  decision: "vote",
  writes: "everyone",
  orchestratorTimeoutMs: 1_800_000,
  presentationTimeoutMs: 300_000,
};
