// Money and places of a server: how many questions are worked on at once, and what all of them together may cost.

export type Purse = {
  /** Takes a place and what the question may cost at most (null = no limit is known). A sentence where there is none left. */
  enter(wishUsd: number | null): Seat | string;
};
export type Seat = {
  /** What this question may cost; null = as much as it takes. */
  readonly maxCostUsd: number | null;
  /** Gives the place back; `costUsd` null = not known, then the whole allowance counts as spent. */
  leave(costUsd: number | null): void;
};

export type PurseOptions = { readonly places: number; readonly perQuestionUsd: number | null; readonly totalUsd: number | null };

export function openPurse({ places, perQuestionUsd, totalUsd }: PurseOptions): Purse {
  let taken = 0;
  let spent = 0;
  let promised = 0;
  return {
    enter(wishUsd) {
      if (taken >= places)
        return `The server already works on ${taken} ${taken === 1 ? "question" : "questions"}, and does no more at once. Ask again later.`;
      const left = totalUsd === null ? null : totalUsd - spent - promised;
      if (left !== null && left <= 0)
        return `The money of this server is spent${promised > 0 ? " or promised to questions it works on" : ""}: all questions together may cost $${totalUsd}.`;
      const maxCostUsd = least(wishUsd, perQuestionUsd, left);
      taken += 1;
      promised += totalUsd === null ? 0 : (maxCostUsd ?? 0);
      return {
        maxCostUsd,
        leave(costUsd) {
          taken -= 1;
          promised -= totalUsd === null ? 0 : (maxCostUsd ?? 0);
          spent += costUsd ?? maxCostUsd ?? 0;
        },
      };
    },
  };
}

/** The smallest of those that are given. */
export function least(...values: readonly (number | null | undefined)[]): number | null {
  const given = values.filter((value) => typeof value === "number");
  return given.length === 0 ? null : Math.min(...given);
}
