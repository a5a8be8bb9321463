// The votes as rows: how many for which answer, and who voted for what with which reason.
import { plural, shorten, votedFor } from "../format.ts";
import { fit, textWidth } from "./measure.ts";
import type { AgentView, RunView } from "./model.ts";
import type { Span } from "./spans.ts";
import { agentName, blankRow, harmless, heading, ledRow, spanRow, type TextRow } from "./text-rows.ts";

const MAX_NAME = 24;
const MAX_REASON = 600;

/** Who voted is public at once, for what only when voting is closed. */
export function ballotRows(view: RunView): TextRow[] {
  const agents = [...view.agents.values()];
  if (!view.votingClosed) {
    const voted = agents.filter(({ vote }) => vote !== null);
    return [
      heading(`Votes: ${voted.length} of ${agents.length}, sealed until the decision`),
      ...voted.map(({ id }) => spanRow(["text", "  "], agentName(view, id), ["good", "has voted"])),
    ];
  }
  const ballots = standingVotes(view);
  if (ballots.length === 0) return [heading("Votes: none")];
  const tally = new Map<string, number>();
  for (const ballot of ballots) tally.set(ballot.for, (tally.get(ballot.for) ?? 0) + 1);
  const widths = { answers: widest([...tally.keys()]), voters: widest(ballots.map(({ voter }) => voter)) };
  const most = [...tally].toSorted(([, a], [, b]) => b - a);
  return [
    heading("Votes"),
    ...most.map(([answer, votes]) =>
      spanRow(["text", `  ${column(answer, widths.answers)}  `], ["accent", "█".repeat(votes)], ["dim", ` ${plural(votes, "vote")}`]),
    ),
    blankRow,
    ...ballots.map((ballot) => ballotRow(ballot, view, widths)),
  ];
}

type Ballot = { readonly voter: AgentView["id"]; readonly for: string; readonly reason: string };
type Widths = { readonly answers: number; readonly voters: number };

function ballotRow(ballot: Ballot, view: RunView, { answers, voters }: Widths): TextRow {
  const [style] = agentName(view, ballot.voter);
  const lead: Span[] = [
    ["text", "  "],
    [style, column(ballot.voter, voters)],
    ["accent", " → "],
    ["text", `${column(ballot.for, answers)}  `],
  ];
  return ledRow(lead, "dim", shorten(ballot.reason, MAX_REASON));
}

const widest = (names: readonly string[]): number => Math.min(MAX_NAME, Math.max(0, ...names.map((text) => textWidth(harmless(text)))));
const column = (text: string, width: number): string => fit(harmless(text), width);

/** What the run decided by; a vote that came after the decision is in the log and in no count. */
function standingVotes(view: RunView): readonly Ballot[] {
  const { result } = view;
  if (result !== null) return result.votes.map((vote) => ({ ...vote, for: votedFor(vote, result.winner) }));
  return [...view.agents.values()].flatMap(({ id, vote }) => (vote === null ? [] : [{ voter: id, ...vote }]));
}
