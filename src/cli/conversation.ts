// The conversation: question after question with what was said before, and commands that begin with a slash.
import type { HistoryMessage } from "../core/index.ts";
import { createRichDialogue, type Dialogue, type DisplayKind } from "../displays/index.ts";
import { MassgenError } from "../errors/index.ts";
import { asking, type Asking } from "./asking.ts";
import type { CommandContext } from "./command.ts";
import { plainDialogue } from "./plain-dialogue.ts";
import { errorLines } from "./report-error.ts";
import type { OpenedSession } from "./services.ts";
import { answerSlash, SLASH_NAMES, type Talk } from "./slash-commands.ts";

const FAREWELLS = ["quit", "exit", "q", "/quit", "/exit", "/q"];
type Beginning = { readonly kind: DisplayKind; /** What was said before. */ readonly history: readonly HistoryMessage[] };

/** Runs until the person leaves. @returns the exit code */
export async function converse(session: OpenedSession, { kind, history }: Beginning, context: CommandContext): Promise<number> {
  const talk = newTalk(history);
  const asked = asking(session, context, "conversation");
  const dialogue = await openDialogue(kind, asked);
  asked.atEnd(() => dialogue.close());
  try {
    for (;;) {
      const reading = await dialogue.read();
      if (reading.kind === "interrupted") return 130;
      if (reading.kind === "end" || FAREWELLS.includes(reading.text.trim().toLowerCase())) return 0;
      const stop = await answer(reading.text.trim(), { talk, asked, session, dialogue });
      if (stop) return 130;
    }
  } finally {
    dialogue.close();
    asked.close();
  }
}

const openDialogue = async (kind: DisplayKind, { displayContext }: Asking): Promise<Dialogue> =>
  kind === "rich_terminal" ? createRichDialogue(displayContext, SLASH_NAMES) : plainDialogue(kind, displayContext, SLASH_NAMES);

type Parts = { talk: Talk; asked: Asking; session: OpenedSession; dialogue: Dialogue };

/** @returns true where the program was asked to end meanwhile */
async function answer(line: string, { talk, asked, dialogue, session }: Parts): Promise<boolean> {
  if (line === "") return false;
  if (line.startsWith("/")) {
    dialogue.say(await answerSlash(line, talk, () => session.banner()));
    return false;
  }
  try {
    const result = await asked.ask({
      kind: "question",
      question: line,
      history: talk.history,
      display: await dialogue.display(),
      alsoTell: talk.servers.note,
    });
    talk.results.push(result);
    if (result.answer !== null) talk.history.push(exchange("user", line), exchange("assistant", result.answer));
  } catch (error) {
    // A failed question is told and the conversation goes on; a bug ends the program.
    if (!(error instanceof MassgenError)) throw error;
    dialogue.say(errorLines(error));
  }
  const { reason } = asked.stopper;
  asked.stopper.rearm();
  return reason !== null && reason !== "interrupt";
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
