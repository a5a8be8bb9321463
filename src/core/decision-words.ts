// What a model is told of a decision that was recorded: the same words live and after a resume that has lost the result.

export const answerRecorded = (late: boolean): string =>
  late ? "Your answer came after the decision and is not used." : "Your answer is recorded.";

export const voteRecorded = (stands: boolean): string =>
  stands ? "Your vote is recorded." : "Newer answers have come, so this vote does not count.";
