// The conversation: question after question with what was said before, and commands that begin with a slash.
import type { HistoryMessage } from "../core/index.ts";
import { createRichDialogue, type Dialogue, type DialogueOptions, type DisplayKind } from "../displays/index.ts";
import { MassgenError } from "../errors/index.ts";
import type { RunResult } from "../runtime/result.ts";
import { asking, type Asking, type Work } from "./asking.ts";
import type { CommandContext } from "./command.ts";
import { plainDialogue } from "./plain-dialogue.ts";
import { errorLines } from "./report-error.ts";
import type { OpenedSession } from "./services.ts";
import { ANSWER_NOW, answerSlash, RESUME, SLASH_NAMES, type Talk } from "./slash-commands.ts";
import { findRun } from "./stored-runs.ts";
import { NO_HISTORY, openTypedHistory } from "./typed-history.ts";

const FAREWELLS = ["quit", "exit", "q", "/quit", "/exit", "/q"];
type Beginning = {
  readonly kind: DisplayKind;
  /** What was said before. */
  readonly history: readonly HistoryMessage[];
  /** What is typed is kept for the next conversation. */
  readonly keepTyped: boolean;
};

/** Runs until the person leaves. @returns the exit code */
export async function converse(session: OpenedSession, { kind, history, keepTyped }: Beginning, context: CommandContext): Promise<number> {
  const talk = newTalk(history);
  const typed = keepTyped ? await openTypedHistory(context.io) : NO_HISTORY;
  const asked = asking(session, context, "conversation");
  const { steering } = asked.displayContext;
  const atOnce = (line: string): boolean => line === ANSWER_NOW && (steering.answerNow(), true);
  const dialogue = await openDialogue(kind, asked, { words: SLASH_NAMES, history: typed.lines, atOnce });
  asked.atEnd(() => dialogue.close());
  try {
    for (;;) {
      const reading = await dialogue.read();
      if (reading.kind === "interrupted") return 130;
      if (reading.kind === "end" || FAREWELLS.includes(reading.text.trim().toLowerCase())) return 0;
      const line = reading.text.trim();
      await typed.remember(line);
      const stop = await answer(line, { talk, asked, session, dialogue, context });
      if (stop) return 130;
    }
  } finally {
    dialogue.close();
    asked.close();
  }
}

const openDialogue = async (kind: DisplayKind, { displayContext }: Asking, options: DialogueOptions): Promise<Dialogue> =>
  kind === "rich_terminal" ? createRichDialogue(displayContext, options) : plainDialogue(kind, displayContext, options);

type Parts = {
  readonly talk: Talk;
  readonly asked: Asking;
  readonly session: OpenedSession;
  readonly dialogue: Dialogue;
  readonly context: CommandContext;
};
/** Something to be worked on, and the question it answers. */
type Job = { readonly work: Work; readonly question: string };

/** @returns true where the program was asked to end meanwhile */
async function answer(line: string, parts: Parts): Promise<boolean> {
  const { talk, asked, dialogue, session } = parts;
  if (line === "") return false;
  try {
    const job = await jobOf(line, parts);
    if (job === null) {
      dialogue.say(await answerSlash(line, talk, () => session.banner()));
      return false;
    }
    const result = await asked.ask({ ...job.work, display: await dialogue.display(), alsoTell: talk.servers.note });
    remember(talk, job, result);
  } catch (error) {
    // A failed question is told and the conversation goes on; a bug ends the program.
    if (!(error instanceof MassgenError)) throw error;
    dialogue.say(errorLines(error));
  }
  const { reason } = asked.stopper;
  asked.stopper.rearm();
  return reason !== null && reason !== "interrupt";
}

/** Null = a command that is answered without work. Throws MassgenError where there is no run to go on with. */
async function jobOf(line: string, { talk, context }: Parts): Promise<Job | null> {
  if (!line.startsWith("/")) return { work: { kind: "question", question: line, history: [...talk.history] }, question: line };
  const [command = "", name] = line.split(/\s+/);
  if (command.toLowerCase() !== RESUME) return null;
  const { path, entries } = await findRun(name ?? talk.results.findLast(({ runPath }) => runPath !== null)?.runPath ?? "last", context.io);
  const start = entries.find((entry) => entry.type === "run-start");
  return { work: { kind: "resume", folder: path }, question: start?.question ?? "" };
}

/** A run that went on takes the place of what it had come to before. */
function remember({ history, results }: Talk, { work, question }: Job, result: RunResult): void {
  const before = work.kind === "resume" ? results.findIndex(({ runId }) => runId === result.runId) : -1;
  const former = results[before] ?? null;
  if (former === null) results.push(result);
  else results[before] = result;
  if (result.answer === null) return;
  const at = former === null ? -1 : history.findLastIndex(({ role, text }) => role === "assistant" && text === former.answer);
  if (at >= 0) history[at] = exchange("assistant", result.answer);
  else history.push(exchange("user", question), exchange("assistant", result.answer));
}

const exchange = (role: "user" | "assistant", text: string): HistoryMessage => ({ role, text });

function newTalk(said: readonly HistoryMessage[]): Talk {
  const states = new Map<string, string>();
  return {
    history: [...said],
    results: [],
    servers: {
      states,
      note: (item) => {
        if (item.kind !== "entry" || item.entry.type !== "mcp-server-state") return;
        const { server, state, tools } = item.entry;
        states.set(server, `${state}${tools === undefined ? "" : `, ${tools} tools`}`);
      },
    },
  };
}
