import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { MassgenError } from "../errors/index.ts";
import { turnId, type RunEvent } from "../core/index.ts";
import type { RunResult } from "../runtime/result.ts";
import { alice, EVENTS, RESULT, world } from "./cli.test-support.ts";

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "massgen-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe("commands and questions (REQ-CLI-2)", () => {
  test("a first argument equal to a command's name is that command, -- makes it a question", async () => {
    const asCommand = world();
    expect(await asCommand.run("backends", "--json")).toBe(0);
    expect(asCommand.asked).toEqual([]);
    const asQuestion = world();
    expect(await asQuestion.run("--", "backends")).toBe(0);
    expect(asQuestion.asked).toEqual([{ question: "backends", history: [] }]);
    const afterOption = world();
    await afterOption.run("--agents", "2", "backends");
    expect(afterOption.asked[0]?.question).toBe("backends");
  });

  test("one word that is nearly a command's name is no question, unless the command run is named", async () => {
    const misspelt = world();
    expect(await misspelt.run("rns")).toBe(2);
    expect(misspelt.asked).toEqual([]);
    const meant = world();
    expect(await meant.run("run", "rns")).toBe(0);
    expect(meant.asked[0]?.question).toBe("rns");
    const word = world();
    await word.run("Why?");
    expect(word.asked[0]?.question).toBe("Why?");
  });

  test("the question comes from standard input for - and where standard input is a pipe", async () => {
    for (const argv of [["-"], [], ["run"]]) {
      const w = world();
      w.stdin.end("  Why?\nBecause.\n");
      expect(await w.run(...argv)).toBe(0);
      expect(w.asked[0]?.question).toBe("Why?\nBecause.");
    }
  });

  test("an empty standard input, two positionals and contradicting options are usage errors before anything is opened", async () => {
    for (const argv of [
      ["-"],
      ["what", "now"],
      ["--config", "a", "--backend", "b", "q"],
      ["--no-display", "--display", "json", "q"],
      ["--output", "/no/such/folder/x", "q"],
      ["help", "nothing"],
    ]) {
      const w = world();
      w.stdin.end("");
      expect(await w.run(...argv)).toBe(2);
      expect(w.options).toEqual([]);
      expect(w.stdout()).toBe("");
      expect(w.stderr()).toMatch(/^massgen: /);
    }
  });

  test("flags reach the team and the session", async () => {
    const w = world();
    await w.run(
      "--model",
      "m",
      "--base-url",
      "http://127.0.0.1:1",
      "--system-message",
      "s",
      "--agents",
      "3",
      "--orchestrator-timeout",
      "60",
      "--no-logs",
      "--strict",
      "--strict-config",
      "--yes",
      "q",
    );
    expect(w.sources).toEqual([
      { file: null, backend: null, model: "m", baseUrl: "http://127.0.0.1:1", systemMessage: "s", agents: 3, strictConfig: true },
    ]);
    expect(w.options[0]).toMatchObject({ logs: false, strict: true, yes: true, orchestratorTimeoutMs: 60_000 });
  });

  test("a person is asked for permission where the display can ask, and --locked and --policy reach the session (REQ-SECRUN-7, REQ-SECRUN-9)", async () => {
    const plain = world();
    await plain.run("--display", "simple", "--locked", "--policy", "p.json", "q");
    expect(plain.options[0]).toMatchObject({ locked: true, policyFile: "p.json" });
    expect(plain.options[0]?.interactive?.()).toBe(false);
    // Typing `/quit` is the end of a conversation, whatever its display.
    const rich = world({ tty: true, env: { TERM: "xterm-256color" } });
    rich.stdin.write("/quit\r");
    await rich.run("--display", "rich_terminal");
    expect(rich.options[0]?.interactive?.()).toBe(true);
    expect(rich.options[0]).toMatchObject({ locked: false, policyFile: null });
  });

  test.each([
    [["mcp", "call", "--tool"], "mcp call"],
    [["mcp", "cal"], "mcp"],
    [["runs", "--jsn"], "runs"],
    [["run", "--agnts", "3", "q"], "run"],
    [["--agnts", "3", "q"], ""],
    [["help", "rnus"], ""],
  ])("wrong usage %j names the help of its own command, which exists", async (argv, command) => {
    const w = world();
    expect(await w.run(...argv)).toBe(2);
    const own = `massgen ${command} --help`.replace("  ", " ");
    expect(w.stderr().trimEnd().split("\n").at(-1)).toBe(`See \`${own}\`.`);
    const asked = world();
    expect(await asked.run(...own.split(" ").slice(1))).toBe(0);
    expect(asked.stdout()).toContain(command === "" ? "Usage" : `massgen ${command}:`);
  });

  test("--help, -h, help COMMAND and --version print to standard output and end with 0", async () => {
    for (const argv of [["--help"], ["-h"], ["help"], ["help", "run"], ["backends", "--help"], ["--version"], ["-V"]]) {
      const w = world();
      expect(await w.run(...argv)).toBe(0);
      expect(w.stdout().length).toBeGreaterThan(3);
      expect(w.stderr()).toBe("");
    }
  });
});

describe("output (REQ-CLI-3)", () => {
  test("without a terminal standard output carries the answer and one line break, everything else goes to standard error", async () => {
    const w = world();
    expect(await w.run("q")).toBe(0);
    expect(w.stdout()).toBe("7 + 5 = 12\n");
    expect(w.stderr()).toContain("alice: gemini, gemini-2.5-flash");
    expect(w.stderr()).toContain("[alice] calls calc/add a=7 b=5");
    expect(w.stderr()).toMatch(/\[alice\] calc\/add answered in \d+ ms: 12/);
    expect(w.stderr()).toContain("bob for alice.1  correct");
    expect(w.stderr()).toContain(RESULT.runPath ?? "");
  });

  test("the models are shown before the first request", async () => {
    const w = world({ scripts: [{ fails: new MassgenError("E_RUN_LOG", "The log cannot be written") }] });
    expect(await w.run("q")).toBe(1);
    expect(w.stderr()).toContain("gemini-2.5-flash");
    expect(w.stderr()).toContain("massgen: The log cannot be written [E_RUN_LOG]");
    expect(w.closed()).toBe(1);
  });

  test("--display json writes every stored entry and then the result, each on its line", async () => {
    const w = world();
    await w.run("--display", "json", "q");
    const lines = w
      .stdout()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string; seq?: number });
    expect(lines.map(({ type }) => type)).toEqual([...EVENTS.map(({ type }) => type), "run-result"]);
    expect(lines.slice(0, -1).map(({ seq }) => seq)).toEqual(EVENTS.map((_, index) => index + 1));
  });

  test("--quiet prints the answer and nothing else", async () => {
    const w = world();
    await w.run("--quiet", "q");
    expect([w.stdout(), w.stderr()]).toEqual(["7 + 5 = 12\n", ""]);
  });

  test("--quiet says of a failed run in one line why, and what to do next", async () => {
    const none = { answer: null, winner: null, source: null, votes: [], cause: null } as const;
    const failed: RunEvent = {
      type: "turn-end",
      agent: alice,
      turn: turnId(alice, 1),
      outcome: "failed",
      failure: { category: "network", code: "E_PROVIDER_NETWORK", message: "Gemini: no answer", next: "Check the network." },
    };
    const told = async (events: readonly RunEvent[], result: Partial<RunResult>): Promise<readonly [number, string, string]> => {
      const w = world({ scripts: [{ events, result }] });
      return [await w.run("--quiet", "q"), w.stdout(), w.stderr()];
    };
    expect(
      await told([failed], { ...none, exitCode: 4, resumable: true, degraded: ["alice is out: Gemini: no\n\u001b[31manswer"] }),
    ).toEqual([
      4,
      "",
      `massgen: No agent gave an answer. alice is out: Gemini: no answer. Check the network. Go on with: massgen resume ${RESULT.runId} [E_PROVIDER_NETWORK]\n`,
    ]);
    expect(await told([], { ...none, exitCode: 124, cause: "timeout", degraded: ["The time is over."] })).toEqual([
      124,
      "",
      "massgen: No agent gave an answer. The time is over. Allow more time with --orchestrator-timeout.\n",
    ]);
    expect(await told([], { exitCode: 3, cause: "budget", degraded: ["The budget ended it."] })).toEqual([
      3,
      "7 + 5 = 12\n",
      "massgen: The budget ended it. Raise the limit in `budget:` or resume the run.\n",
    ]);
    expect(await told([], { exitCode: 130 })).toEqual([130, "7 + 5 = 12\n", ""]);
  });

  test("what cannot be written is told before anything is asked; where it goes wrong afterwards the answer is still shown", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "taken"));
    writeFileSync(join(folder, "file"), "");
    for (const place of ["taken", "file/x", "missing/x"]) {
      const w = world();
      expect(await w.run("--output", join(folder, place), "q")).toBe(2);
      expect([w.stderr().split(":")[1], w.options]).toEqual([" --output cannot be written", []]);
    }
    const gone = world({ scripts: [{ untilCancelled: true }] });
    const code = gone.run("--output", join(folder, "taken", "x"), "q");
    while (gone.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    rmSync(join(folder, "taken"), { recursive: true });
    gone.stop("interrupt");
    expect(await code).toBe(2);
    expect([gone.stdout(), gone.stderr()]).toEqual(["7 + 5 = 12\n", expect.stringContaining("there is no folder")]);
  });

  test("--output writes the answer, and the whole result for .json", async () => {
    const folder = temporaryFolder();
    await world().run("--output", join(folder, "a.txt"), "q");
    await world().run("--output", join(folder, "a.json"), "q");
    expect(readFileSync(join(folder, "a.txt"), "utf8")).toBe("7 + 5 = 12\n");
    expect(readdirSync(folder).toSorted()).toEqual(["a.json", "a.txt"]);
    expect(JSON.parse(readFileSync(join(folder, "a.json"), "utf8"))).toEqual(JSON.parse(JSON.stringify(RESULT)));
  });

  test("control characters of a model reach neither output", async () => {
    const evil = "\u001B]0;owned\u0007\u009B31mred";
    const w = world({ scripts: [{ result: { answer: evil }, events: [{ type: "warning", code: "x", message: evil }] }] });
    await w.run("q");
    expect(w.stdout() + w.stderr()).not.toMatch(/[\u001B\u0007\u009B]/);
    expect(w.stdout()).toBe("red\n");
  });
});

describe("stopping (REQ-CLI-4)", () => {
  const started = async (w: ReturnType<typeof world>): Promise<void> => {
    while (w.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
  };

  test.each(["interrupt", "terminate", "hang-up", "output-closed"] as const)(
    "the first %s cancels the run, the partial result is printed",
    async (reason) => {
      const w = world({ scripts: [{ untilCancelled: true, result: { answer: "so far", exitCode: 130 } }] });
      const code = w.run("q");
      await started(w);
      w.stop(reason);
      expect(await code).toBe(130);
      expect(w.stdout()).toBe("so far\n");
      expect([w.closed(), w.exits]).toEqual([1, []]);
    },
  );

  test("a second Ctrl-C ends the program at once, a second closed output does not", async () => {
    const w = world({ scripts: [{ events: [], untilCancelled: true }] });
    const code = w.run("q");
    await started(w);
    w.stop("output-closed");
    w.stop("output-closed");
    expect(w.exits).toEqual([]);
    w.stop("interrupt");
    expect(w.exits).toEqual([130]);
    await code;
  });
});

describe("conversation (REQ-CLI-5)", () => {
  /** Everything typed ahead, in one go: each question must find its line. */
  const typed = (w: ReturnType<typeof world>, ...lines: string[]): Promise<number> => {
    w.stdin.write(lines.join(""));
    return w.run("--display", "simple");
  };

  test("several questions carry the history, and the end of input ends it with 0", async () => {
    const w = world({
      tty: true,
      scripts: [{ result: { answer: "one" } }, { result: { answer: "two" } }, { result: { answer: null, winner: null, exitCode: 4 } }],
    });
    expect(await typed(w, "first\r", "second\r", "third\r", "\u0004")).toBe(0);
    expect(w.asked.map(({ question, history }) => [question, history.length])).toEqual([
      ["first", 0],
      ["second", 2],
      ["third", 4],
    ]);
    expect(w.asked[2]?.history.map(({ text }) => text)).toEqual(["first", "one", "second", "two"]);
    expect(w.closed()).toBe(1);
  });

  test("a trailing backslash and a paste make one question of several lines", async () => {
    const w = world({ tty: true });
    expect(await typed(w, "one \\\r", "two\r", "\u001B[200~a\rb\u001B[201~\r", "/quit\r")).toBe(0);
    expect(w.asked.map(({ question }) => question)).toEqual(["one \ntwo", "a\nb"]);
  });

  test("slash commands answer, forget and suggest", async () => {
    const w = world({ tty: true });
    expect(
      await typed(
        w,
        "q1\r",
        "/status\r",
        "/cost\r",
        "/histroy\r",
        "/history\r",
        "/reset\r",
        "/agents\r",
        "/mcp\r",
        "/help\r",
        "q2\r",
        "/quit\r",
      ),
    ).toBe(0);
    expect(w.stderr()).toContain("1 question asked, 1 exchange remembered, $0.0012");
    expect(w.stderr()).toContain("did you mean /history?");
    expect(w.stderr()).toContain("You: q1");
    expect(w.asked[1]?.history).toEqual([]);
  });

  test("/answer-now reaches the run that goes on, other lines wait for its end; between questions it says what it is for (REQ-TALK-2)", async () => {
    const w = world({ tty: true, scripts: [{ untilAnswerNow: true }, {}] });
    expect(await typed(w, "/answer-now\r", "q1\r", "q2\r", "/answer-now\r", "\u0004")).toBe(0);
    expect(w.stderr()).toContain("No question is being worked on.");
    expect(w.asked.map(({ question }) => question)).toEqual(["q1", "q2"]);
  });

  test("keys that come in one go with a question are keys of the next line: Ctrl-L and Ctrl-D end the conversation (REQ-TALK-2)", async () => {
    const w = world({ tty: true });
    expect(await typed(w, "first\r\u000C\u0004")).toBe(0);
    expect(w.asked.map(({ question }) => question)).toEqual(["first"]);
    const more = world({ tty: true, scripts: [{ untilAnswerNow: true }, {}] });
    expect(await typed(more, "first\r\u000Csecond\r\u000C/answer-now\r\u0004")).toBe(0);
    expect(more.asked.map(({ question }) => question)).toEqual(["first", "second"]);
    const arrow = world({ tty: true });
    expect(await typed(arrow, "first\r\u001B[A\rthird\r\u0004")).toBe(0);
    expect(arrow.asked.map(({ question }) => question)).toEqual(["first", "first", "third"]);
  });

  test("a signal at the prompt takes the terminal out of the prompt's mode before the program ends (REQ-CLI-4)", async () => {
    for (const argv of [
      ["--display", "simple"],
      ["init", "team.yaml"],
    ]) {
      const w = world({ tty: true, cwd: temporaryFolder() });
      const code = w.run(...argv);
      await expect.poll(() => w.stderr(), { interval: 5, timeout: 10_000 }).toContain("\u001B[?2004h");
      w.stop("terminate");
      await expect.poll(() => w.exits, { interval: 5, timeout: 10_000 }).toEqual([130]);
      expect(w.stderr()).toMatch(/\u001B\[\?2004l$/);
      await code;
    }
  });

  test("what was typed is in the history of the next conversation, not with --no-logs (REQ-TALK-3)", async () => {
    const home = temporaryFolder();
    const next = (): ReturnType<typeof world> => world({ tty: true, env: { HOME: home } });
    expect(await typed(next(), "the first question\r", "\u0004")).toBe(0);
    const file = join(home, ".local/state/massgen/typed-history.jsonl");
    expect([readFileSync(file, "utf8"), statSync(file).mode & 0o777]).toEqual(['"the first question"\n', 0o600]);
    writeFileSync(file, '"cut off\n', { flag: "a" });
    const second = next();
    expect(await typed(second, "\u001B[A\r", "\u0004")).toBe(0);
    expect(second.asked.map(({ question }) => question)).toEqual(["the first question"]);
    const silent = next();
    silent.stdin.write("secret\r\u0004");
    await silent.run("--display", "simple", "--no-logs");
    expect(readFileSync(file, "utf8")).not.toContain("secret");
  });

  test("a question that fails is told and the conversation goes on", async () => {
    const w = world({ tty: true, scripts: [{ fails: new MassgenError("E_RUN_LOG", "no space left") }, {}] });
    expect(await typed(w, "a\r", "b\r", "quit\r\u0004")).toBe(0);
    expect(w.stderr()).toContain("no space left");
    expect(w.asked).toHaveLength(2);
  });
});
