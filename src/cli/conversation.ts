// The conversation: question after question with what was said before, and commands that begin with a slash.
import type { HistoryMessage } from "../core/index.ts";
import type { DisplayKind } from "../displays/index.ts";
import { MassgenError } from "../errors/index.ts";
import { asking, type Asking } from "./asking.ts";
import type { CommandContext } from "./command.ts";
import { openLineEditor } from "./line-editor.ts";
import { reportError } from "./report-error.ts";
import type { OpenedSession } from "./services.ts";
import { answerSlash, SLASH_NAMES, type Talk } from "./slash-commands.ts";

const FAREWELLS = ["quit", "exit", "q", "/quit", "/exit", "/q"];
const INVITATION = "Ask a question; /help lists the commands, /quit or Ctrl-D ends. A line that ends in \\ goes on in the next.";

/** Runs until the person leaves. @returns the exit code */
export async function converse(session: OpenedSession, kind: DisplayKind, context: CommandContext): Promise<number> {
  const talk = newTalk();
  const asked = asking(session, kind, context);
  const editor = openLineEditor(context.io.terminal, SLASH_NAMES);
  try {
    say(context, [INVITATION]);
    for (;;) {
      const reading = await editor.read("> ");
      if (reading.kind === "interrupted") return 130;
      if (reading.kind === "end" || FAREWELLS.includes(reading.text.trim().toLowerCase())) return 0;
      const stop = await answer(reading.text.trim(), { talk, asked, session, context });
      if (stop) return 130;
    }
  } finally {
    asked.close();
  }
}

type Parts = { talk: Talk; asked: Asking; session: OpenedSession; context: CommandContext };

/** @returns true where the program was asked to end meanwhile */
async function answer(line: string, { talk, asked, context, session }: Parts): Promise<boolean> {
  if (line === "") return false;
  if (line.startsWith("/")) {
    say(context, await answerSlash(line, talk, () => session.banner()));
    return false;
  }
  try {
    const result = await asked.ask(line, talk.history, talk.servers.note);
    talk.results.push(result);
    if (result.answer !== null) talk.history.push(exchange("user", line), exchange("assistant", result.answer));
  } catch (error) {
    // A failed question is told and the conversation goes on; a bug ends the program.
    if (!(error instanceof MassgenError)) throw error;
    reportError(error, context.io, false);
  }
  const { reason } = asked.stopper;
  asked.stopper.rearm();
  return reason !== null && reason !== "interrupt";
}

const exchange = (role: "user" | "assistant", text: string): HistoryMessage => ({ role, text });

function newTalk(): Talk {
  const states = new Map<string, string>();
  return {
    history: [],
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

function say({ io }: CommandContext, lines: readonly string[]): void {
  for (const line of lines) io.terminal.stderr.write(`${line}\n`);
}
