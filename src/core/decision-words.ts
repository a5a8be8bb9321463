// What a model is told of a decision or a call whose result was lost: the same words live and after a resume.
import type { CallId } from "./ids.ts";

export const answerRecorded = (late: boolean): string =>
  late ? "Your answer came after the decision and is not used." : "Your answer is recorded.";

export const voteRecorded = (stands: boolean): string =>
  stands ? "Your vote is recorded." : "Newer answers have come, so this vote does not count.";

/** What a model is told of a call that was started and has no result. */
export const OUTCOME_UNKNOWN = "The outcome is unknown, because the run was interrupted. The call was not repeated.";

/** What a model is told of a call that was recorded instead of sent. */
export const callRecorded = (call: CallId): string => JSON.stringify({ status: "recorded", intent: call, note: RECORDED });
const RECORDED =
  "Nothing has been sent yet. It is done once, after the decision, if the answer you hand in with `new_answer` is chosen. Do not repeat it; say in your answer what it does.";
