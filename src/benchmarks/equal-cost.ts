// How many samples of one model cost as much as one council: the comparison that says whether a council pays.

export type Spending = {
  /** Mean price of a question, in US dollars, or in tokens where a price is unknown. */
  readonly council: number;
  readonly single: number;
  /** What of `single` is the prompt, the rest being the answer; a judge reads the question and every answer. */
  readonly singlePrompt: number;
};

/** Samples for a majority vote: as many as the council's price buys, at least one. */
export function samplesForMajority({ council, single }: Spending): number {
  return single <= 0 ? 1 : Math.max(1, Math.floor(council / single));
}

/**
 * Samples for best-of-N, whose judge is paid too: the largest N with `N × single + judge(N) ≤ council`, at least one. The judge's request is the
 * prompt and N answers, each as long as the answer part of a sample, and a short choice that is not counted.
 */
export function samplesForBestOf(spending: Spending): number {
  const { council, single, singlePrompt } = spending;
  const perSample = single + Math.max(0, single - singlePrompt);
  return perSample <= 0 ? 1 : Math.max(1, Math.floor((council - singlePrompt) / perSample));
}
