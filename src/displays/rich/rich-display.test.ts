import { visibleWidth } from "@earendil-works/pi-tui";
import { afterEach, describe, expect, test } from "vitest";
import type { RunEvent } from "../../core/index.ts";
import { createClock } from "../../io/index.ts";
import type { Display } from "../contract.ts";
import { council, entriesOf, resultOf, says, agentName, thinks } from "../view/recorded.test-support.ts";
import { richDisplay } from "./rich-display.ts";
import { virtualTerminal, type VirtualTerminal } from "./virtual-terminal.test-support.ts";

type Stage = {
  readonly screen: VirtualTerminal;
  readonly display: Display;
  readonly calls: string[];
  feed(events: readonly RunEvent[]): void;
};
const open: Display[] = [];
afterEach(() => open.splice(0).forEach((display) => display.dispose()));

/** `ahead` is typed before there is a display. */
function stage(columns = 100, rows = 30, ahead = ""): Stage {
  const screen = virtualTerminal(columns, rows);
  if (ahead !== "") screen.type(ahead);
  const calls: string[] = [];
  const note =
    (name: string) =>
    (...rest: unknown[]) =>
      void calls.push([name, ...rest].join(" "));
  const steering = {
    answerNow: note("answer-now"),
    cancel: note("cancel"),
    pause: note("pause"),
    resume: note("resume"),
    permission: note("permission"),
    form: (call: string, answer: object) => void calls.push(`form ${call} ${JSON.stringify(answer)}`),
  };
  const display = richDisplay({
    terminal: screen.terminal,
    clock: createClock(),
    env: { TERM: "xterm-256color" },
    steering,
    interrupt: note("interrupt"),
    leave: new AbortController().signal,
  });
  open.push(display);
  return { screen, display, calls, feed: (events) => entriesOf(events).forEach((entry) => display.show({ kind: "entry", entry })) };
}

const KEYS = {
  escape: "\u001B",
  up: "\u001B[A",
  down: "\u001B[B",
  right: "\u001B[C",
  left: "\u001B[D",
  pageUp: "\u001B[5~",
  enter: "\r",
  tab: "\t",
  ctrlC: "\u0003",
};
const ASKED: RunEvent = {
  type: "permission-asked",
  agent: agentName(0),
  turn: "alice/1" as never,
  call: "alice/1/1.1" as never,
  server: "files",
  tool: "delete",
  input: { path: "/home/me/thesis.md", force: true },
};

describe("keys in a terminal (REQ-UI-4)", () => {
  test("digits, arrows, Enter and Escape move between all agents and one", async () => {
    const { screen, feed } = stage();
    feed(council(3, "middle"));
    await screen.shows((text) => text.includes("1 alice") && text.includes("3 carol"));
    screen.type("2");
    await screen.shows((text) => text.includes("2 bob openai gpt-5-mini") && !text.includes("1 alice"));
    screen.type(KEYS.right);
    await screen.shows((text) => text.includes("3 carol") && !text.includes("2 bob"));
    screen.type(KEYS.escape);
    await screen.shows((text) => text.includes("1 alice") && text.includes("2 bob"));
    screen.type(`${KEYS.left}${KEYS.enter}`);
    await screen.shows((text) => text.includes("2 bob openai") && !text.includes("1 alice"));
  });

  test("two digits reach agents from ten on", async () => {
    const { screen, feed } = stage();
    feed(council(20, "middle"));
    await screen.shows("1 alice");
    screen.type("17");
    await screen.shows("17 agent-17");
  });

  test.each([
    ["t", "Tools"],
    ["v", "Votes and answers"],
    ["m", "MCP servers"],
    ["e", "Events"],
    ["?", "Keys"],
  ])("%s opens and closes %s", async (key, title) => {
    const { screen, feed } = stage();
    feed(council(3, "middle"));
    await screen.shows("1 alice");
    screen.type(key);
    await screen.shows(title);
    screen.type(key);
    await screen.shows((text) => !text.includes(title) && text.includes("1 alice"));
  });

  test("what was typed before the screen was there does nothing, but for Ctrl-C", async () => {
    const { screen, feed, calls } = stage(100, 30, `apqy2${KEYS.ctrlC}`);
    feed(council(2, "middle"));
    await screen.shows("1 alice");
    expect(screen.text()).not.toContain("Stop this run");
    expect(calls).toEqual(["interrupt"]);
    screen.type("a");
    await screen.shows("asked for the answer now");
    expect(calls).toEqual(["interrupt", "answer-now"]);
  });

  test("a, p and Ctrl-C steer the run; q asks first", async () => {
    const { screen, feed, calls } = stage();
    feed(council(2, "middle"));
    await screen.shows("1 alice");
    screen.type("ap");
    screen.type("q");
    await screen.shows("Stop this run and leave?");
    screen.type("n");
    await screen.shows((text) => !text.includes("Stop this run"));
    screen.type(KEYS.ctrlC);
    screen.type("q");
    await screen.shows("Stop this run and leave?");
    screen.type("y");
    await screen.shows((text) => !text.includes("Stop this run"));
    expect(calls).toEqual(["answer-now", "pause", "interrupt", "cancel"]);
  });

  test("long text scrolls, and searching finds its place, also after a sign was taken back", async () => {
    const { screen, feed } = stage(80, 20);
    const text = Array.from({ length: 300 }, (_, line) => `line number ${line}${line === 40 ? " with a needle" : ""}`).join("\n");
    feed([...council(1, "start"), says(agentName(0), text)]);
    await screen.shows("line number 299");
    screen.type(`1${KEYS.up}${KEYS.up}`);
    await screen.shows((shown) => !shown.includes("line number 299") && shown.includes("line number 297"));
    feed([thinks(agentName(0), "more text at the end\n")]);
    screen.type("/NEEDLE😀\u007F\r");
    await screen.shows("line number 40 with a needle");
    screen.type("G");
    await screen.shows("more text at the end");
    screen.type("g");
    await screen.shows("line number 0");
  });

  test("the mouse wheel scrolls the panel under the pointer, a click marks it", async () => {
    const { screen, feed } = stage(80, 20);
    const text = Array.from({ length: 100 }, (_, line) => `${line} bottles`).join("\n");
    feed([...council(2, "start"), says(agentName(0), text), says(agentName(1), text)]);
    await screen.shows((shown) => (shown.match(/99 bottles/g) ?? []).length === 2);
    screen.type("\u001B[<64;60;10M");
    await screen.shows(
      (shown) =>
        (shown.match(/99 bottles/g) ?? []).length === 1 &&
        (shown
          .split("\n")
          .find((line) => line.includes("99 bottles"))
          ?.indexOf("99 bottles") ?? 99) < 40,
    );
  });
});

describe("permission questions (REQ-UI-5)", () => {
  test("the arguments are shown in full; a letter answers and says what is remembered", async () => {
    const { screen, feed, calls } = stage();
    feed([...council(2, "middle"), ASKED]);
    await screen.shows("alice asks to call files/delete");
    for (const part of ['"path": "/home/me/thesis.md"', '"force": true', "allow this call", "refuse this call"])
      expect(screen.text()).toContain(part);
    screen.type("r");
    await screen.shows((text) => {
      if (text.includes("asks to call") && calls.length === 0) screen.type("r");
      return calls.length > 0;
    });
    expect(calls[0]).toBe("permission alice/1/1.1 true run");
    await screen.shows((text) => !text.includes("asks to call"));
  });

  test("a key that was on its way when the question appeared does not answer it", async () => {
    const { screen, feed, calls } = stage();
    feed([...council(2, "middle"), ASKED]);
    await screen.shows("asks to call");
    screen.type("y");
    feed([
      {
        type: "permission-answered",
        agent: agentName(0),
        turn: "alice/1" as never,
        call: "alice/1/1.1" as never,
        allow: false,
        by: "policy",
      },
    ]);
    await screen.shows((text) => !text.includes("asks to call"));
    expect(calls).toEqual([]);
  });
});

describe("size and end (REQ-UI-6)", () => {
  test("a resize is drawn at once in the new size, down to 40 columns", async () => {
    const { screen, feed } = stage(160, 40);
    feed(council(4, "middle"));
    await screen.shows((text) => ["1 alice", "2 bob", "3 carol", "4 dave"].every((name) => text.includes(name)));
    screen.resize(40, 24);
    await screen.shows(
      (text) =>
        text.includes("1 alice") &&
        text.includes("╮") &&
        !text.includes("3 carol") &&
        text.split("\n").every((line) => visibleWidth(line) <= 40),
    );
    screen.resize(120, 30);
    await screen.shows((text) => text.includes("3 carol"));
  });

  test("the views stay open after the run until they are left; then the terminal is as before and holds the result", async () => {
    const { screen, display, feed } = stage();
    feed(council(3, "end"));
    const finished = display.finish(resultOf(3));
    await screen.shows("Result");
    expect([screen.fullScreen(), screen.rawMode()]).toEqual([true, true]);
    screen.type("e");
    await screen.shows("presents the answer");
    screen.type("q");
    await finished;
    await screen.shows((text) => text.includes("Use **headers** first") && text.includes("Stored in massgen_logs/"));
    expect([screen.fullScreen(), screen.rawMode()]).toEqual([false, false]);
    expect(screen.written()).toContain("\u001B[?1002l");
  });

  test("q between the run's last event and its result leaves without asking: there is nothing left to stop", async () => {
    const { screen, display, feed, calls } = stage();
    feed(council(3, "end"));
    await screen.shows("finished");
    screen.type("aqe");
    await screen.shows("presents the answer");
    await display.finish(resultOf(3));
    await screen.shows(() => !screen.fullScreen());
    expect(calls).toEqual([]);
  });

  test("disposing restores the terminal at once, whatever is shown", async () => {
    const { screen, display, feed } = stage();
    feed(council(3, "middle"));
    await screen.shows("1 alice");
    display.dispose();
    display.dispose();
    await screen.shows(() => !screen.fullScreen());
    expect(screen.rawMode()).toBe(false);
  });

  test("what models write never reaches the terminal as a command", async () => {
    const { screen, feed } = stage();
    feed([...council(1, "start"), says(agentName(0), "before\u001B[2J\u001B]0;owned\u0007\u009B31m after\u001B[?1049l")]);
    await screen.shows("before");
    await screen.shows("after");
    expect(screen.fullScreen()).toBe(true);
    expect(screen.written()).not.toContain("owned\u0007");
  });
});
