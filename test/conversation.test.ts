// Conversations of the built program in a real terminal: every display, every command, runs that are cut short and go on.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hasTmux, open, SOCKET, tmux } from "./support/terminal.ts";

const PROMPT = /> *\n*$/;
/** The prompt after that question: its path may be broken by the end of the terminal's line at any place. */
const answered = (question: number): RegExp => new RegExp(`${`question_${question}`.split("").join("\\n?")}[\\s\\S]*> *\\n*$`);

describe.skipIf(!hasTmux)("a conversation in a terminal", () => {
  test.each(["terminal", "simple", "json", "rich_terminal"])(
    "three questions in the display %s, with one history (REQ-TALK-1)",
    async (kind) => {
      const terminal = await open([110, 60], ["--display", kind], { paceMs: 1 });
      const isRich = kind === "rich_terminal";
      for (const [index, question] of ["One?", "Two?", "Three?"].entries()) {
        await terminal.shows(isRich ? "Enter ask" : PROMPT);
        terminal.keys(question, "Enter");
        if (isRich) await terminal.shows(new RegExp(`MassGen ${question.replace("?", "\\?")}.*finished`));
        else await terminal.shows(answered(index + 1));
      }
      if (isRich) await terminal.shows("Enter ask");
      terminal.keys("/status", "Enter");
      await terminal.shows("3 questions asked, 3 exchanges remembered");
      terminal.keys("exit", "Enter");
      await terminal.shows("ended with 0");
    },
  );

  test("every command answers; several lines are one question; what was forgotten is not sent (REQ-TALK-1)", async () => {
    const terminal = await open([110, 60], ["--display", "simple"], { paceMs: 1 });
    const says = async (typed: string, wanted: string | RegExp): Promise<void> => {
      await terminal.shows(PROMPT);
      terminal.keys(typed, "Enter");
      await terminal.shows(wanted);
      terminal.keys("C-l");
    };
    await says("/cost", "Nothing was spent yet.");
    await says("/history", "Nothing was said yet.");
    await says("/answer-now", "No question is being worked on.");
    await says("/resume", 'There is no run "last" here.');
    await terminal.shows(PROMPT);
    terminal.keys("First line \\", "Enter");
    await terminal.shows(/\n\.\.\. *\n/);
    terminal.keys("and second line?", "Enter");
    await terminal.shows(/Stored in[\s\S]*> *\n*$/);
    terminal.keys("C-l");
    await says("/help", /\/answer-now[\s\S]*\/resume[\s\S]*\/quit/);
    await says("/status", "1 question asked, 1 exchange remembered");
    await says("/history", /You: First line\s+and second line\?/);
    await says("/agents", /alice[\s\S]*bob[\s\S]*carol/);
    await says("/mcp", "No MCP server has been used yet.");
    await says("/cost", "together price unknown");
    await says("/clear", "Forgotten: the next question starts a new conversation.");
    await says("/reset", "Forgotten");
    await says("/stats", "did you mean /status?");
    await says("/quit", "ended with 0");
  });

  test.each(["simple", "terminal"])(
    "%s: /answer-now cuts a question short, Ctrl-C stops one, /resume goes on with it (REQ-TALK-2, REQ-TALK-4)",
    async (kind) => {
      const terminal = await open([110, 60], ["--display", kind], { paceMs: 40 });
      await terminal.shows(PROMPT);
      terminal.keys("How should a page be cached?", "Enter");
      await terminal.shows(/answer (alice|bob|carol)\.1/);
      terminal.keys("/answer-now", "Enter");
      await terminal.shows("You asked for the answer now.");
      await terminal.shows(/Stored in[\s\S]*> *\n*$/);
      terminal.keys("C-l");
      terminal.keys("And then?", "Enter");
      await terminal.shows("starts working");
      terminal.keys("C-c");
      await terminal.shows(answered(2));
      terminal.keys("C-l");
      terminal.keys("/resume", "Enter");
      await terminal.shows("The run goes on where it stopped.");
      await terminal.shows(answered(2));
      terminal.keys("C-l");
      terminal.keys("/status", "Enter");
      await terminal.shows("2 questions asked, 2 exchanges remembered");
      terminal.keys("C-d");
      await terminal.shows("ended with 0");
      const typed = readFileSync(join(terminal.folder, "state/massgen/typed-history.jsonl"), "utf8").trimEnd().split("\n");
      expect(typed.map((line) => JSON.parse(line) as unknown)).toEqual(["How should a page be cached?", "And then?", "/resume", "/status"]);
      spawnSync("tmux", ["-L", SOCKET, "kill-server"]);
    },
  );

  test("in the full screen a line that is sent meanwhile is for the run, or comes next (REQ-TALK-2)", async () => {
    const terminal = await open([110, 40], [], { paceMs: 40 });
    await terminal.shows("Enter ask");
    terminal.keys("First?", "Enter");
    await terminal.shows(/1 alice/);
    terminal.keys("Tab", "Second?", "Enter");
    await terminal.shows("comes next");
    terminal.keys("/answer-now", "Enter");
    await terminal.shows(/MassGen Second\?/);
    terminal.keys("C-c");
    await terminal.shows("Enter ask");
    terminal.keys("/quit", "Enter");
    await terminal.shows("ended with 0");
    expect(tmux("display-message", "-p", "-t", "t", "#{alternate_on}").trim()).toBe("0");
  });
});
