import { afterEach, describe, expect, test } from "vitest";
import { createClock } from "../../io/index.ts";
import type { Dialogue } from "../dialogue.ts";
import { council, entriesOf, resultOf } from "../view/recorded.test-support.ts";
import { richDialogue } from "./rich-dialogue.ts";
import { virtualTerminal } from "./virtual-terminal.test-support.ts";

const open: Dialogue[] = [];
afterEach(() => open.splice(0).forEach((dialogue) => dialogue.close()));
const nothing = (): void => undefined;

function stage() {
  const screen = virtualTerminal(100, 30);
  const leave = new AbortController();
  let interrupts = 0;
  const steering = { answerNow: nothing, cancel: nothing, pause: nothing, resume: nothing, permission: nothing, form: nothing };
  const context = {
    terminal: screen.terminal,
    clock: createClock(),
    env: {},
    steering,
    interrupt: () => void interrupts++,
    leave: leave.signal,
  };
  const atOnce: string[] = [];
  const dialogue = richDialogue(context, {
    words: ["/help", "/history", "/quit"],
    history: ["an earlier question"],
    atOnce: (line) => line === "/answer-now" && atOnce.push(line) > 0,
  });
  open.push(dialogue);
  return { screen, dialogue, leave, interrupts: () => interrupts, atOnce };
}

const run = async (dialogue: Dialogue): Promise<void> => {
  const display = await dialogue.display();
  entriesOf(council(2, "end")).forEach((entry) => display.show({ kind: "entry", entry }));
  await display.finish(resultOf(2));
  display.dispose();
};

describe("a conversation in the full screen (REQ-UI-7)", () => {
  test("questions are typed, answered and followed by the next, with history, pastes and completion", async () => {
    const { screen, dialogue } = stage();
    const first = dialogue.read();
    await screen.shows("› ");
    screen.type("\u001B[200~two\nlines\u001B[201~ and more\r");
    expect(await first).toEqual({ kind: "text", text: "two\nlines and more" });
    await run(dialogue);
    const second = dialogue.read();
    await screen.shows((text) => text.includes("Result") && text.includes("Enter ask"));
    screen.type("\u001B[A");
    await screen.shows("two␤lines and more");
    screen.type("\u0015/his\t");
    await screen.shows("/history");
    screen.type("\r");
    expect(await second).toEqual({ kind: "text", text: "/history" });
    dialogue.say(["You: two", "MassGen: yes"]);
    await screen.shows("MassGen: yes");
    expect(screen.fullScreen()).toBe(true);
  });

  test("Escape goes to the views and Tab back to the line", async () => {
    const { screen, dialogue } = stage();
    await run(dialogue);
    const reading = dialogue.read();
    await screen.shows("Enter ask");
    screen.type("\u001B");
    await screen.shows("? help");
    screen.type("e");
    await screen.shows("Events");
    screen.type("\thello\r");
    expect(await reading).toEqual({ kind: "text", text: "hello" });
  });

  test("what is sent while a run goes on reaches the run or comes next; earlier conversations are in the line's history (REQ-TALK-2, REQ-TALK-3)", async () => {
    const { screen, dialogue, atOnce } = stage();
    const first = dialogue.read();
    screen.type("\u001B[A");
    await screen.shows("an earlier question");
    screen.type("\r");
    expect(await first).toEqual({ kind: "text", text: "an earlier question" });
    await dialogue.display();
    await screen.shows("getting ready");
    screen.type("\t/answer-now\r");
    await screen.shows("done");
    expect(atOnce).toEqual(["/answer-now"]);
    screen.type("and then?\r");
    await screen.shows("comes next");
    expect(await dialogue.read()).toEqual({ kind: "text", text: "and then?" });
  });

  test.each([
    ["Ctrl-D", "\u0004", "end"],
    ["Ctrl-C", "\u0003", "interrupted"],
  ])("%s on an empty line ends it, and the last result stays in the terminal", async (_name, key, kind) => {
    const { screen, dialogue, interrupts } = stage();
    await run(dialogue);
    const reading = dialogue.read();
    await screen.shows("Enter ask");
    screen.type(key);
    expect(await reading).toEqual({ kind });
    dialogue.close();
    await screen.shows((text) => !screen.fullScreen() && text.includes("Stored in massgen_logs/"));
    expect([screen.rawMode(), interrupts()]).toEqual([false, 0]);
  });

  test("what is typed between the run's last event and its result is the next question", async () => {
    const { screen, dialogue } = stage();
    const display = await dialogue.display();
    entriesOf(council(2, "end")).forEach((entry) => display.show({ kind: "entry", entry }));
    await screen.shows("finished");
    screen.type("and then?\r");
    await screen.shows("comes next");
    await display.finish(resultOf(2));
    expect(await dialogue.read()).toEqual({ kind: "text", text: "and then?" });
  });

  test("q while the run goes on stops it after a question, and the next reading is the end", async () => {
    const { screen, dialogue } = stage();
    const display = await dialogue.display();
    entriesOf(council(2, "middle")).forEach((entry) => display.show({ kind: "entry", entry }));
    await screen.shows("1-9 agent");
    screen.type("qye");
    await screen.shows("Events");
    await display.finish(resultOf(2));
    expect(await dialogue.read()).toEqual({ kind: "end" });
  });

  test("Ctrl-C while a run goes on reaches the run; being asked to end ends the reading", async () => {
    const { screen, dialogue, leave, interrupts } = stage();
    await dialogue.display();
    await screen.shows("getting ready");
    screen.type("\u0003");
    await screen.shows(() => interrupts() === 1);
    const reading = dialogue.read();
    leave.abort();
    expect(await reading).toEqual({ kind: "interrupted" });
  });
});
