// The built program in a real terminal (tmux): what a person sees, types and is left with.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { hasTmux, open, SOCKET, tmux } from "./support/terminal.ts";

describe.skipIf(!hasTmux)("the program in a terminal (REQ-UI-8)", () => {
  test("one question: columns, one agent by its key, a resize, the result, and the terminal as it was", async () => {
    const terminal = await open([120, 32], ["How should a web page be cached?"], { paceMs: 40 });
    const grid = await terminal.shows(/1 alice.*2 bob.*3 carol/);
    expect(grid).toContain("How should a web page be cached?");
    const bottom = grid.split("\n").find((line) => line.startsWith("╰"));
    expect(bottom).toMatch(/^╰.*╯╰.*╯╰.*╯$/);
    terminal.keys("2");
    await terminal.shows("2 bob", "1 alice");
    tmux("resize-window", "-t", "t", "-x", "60", "-y", "20");
    await terminal.shows(/╭ 2 bob.{45,60}╮\n/);
    await terminal.shows("Three ways to cache a web page");
    // While the run goes on, this key asks before it stops the run.
    await terminal.shows("finished");
    terminal.keys("q");
    const left = await terminal.shows("ended with 0");
    expect(left).toContain("Cache-Control: public, max-age=60");
    expect(left).toContain("Stored in");
    expect(tmux("display-message", "-p", "-t", "t", "#{alternate_on}").trim()).toBe("0");
  });

  test("Ctrl-C stops the run with what there is, and the program ends with 130", async () => {
    const terminal = await open([100, 30], ["How should a web page be cached?"], { paceMs: 60 });
    await terminal.shows(/1 alice/);
    terminal.keys("C-c");
    await terminal.shows("ended with 130");
    expect(tmux("display-message", "-p", "-t", "t", "#{alternate_on}").trim()).toBe("0");
  });

  test("a conversation: two questions, a command in between, and the end", async () => {
    const terminal = await open([100, 30], []);
    await terminal.shows("Enter ask");
    terminal.keys("First question?", "Enter");
    await terminal.shows(/MassGen First question\?.*finished/);
    terminal.keys("/status", "Enter");
    await terminal.shows("1 question asked, 1 exchange remembered");
    terminal.keys("Second question?", "Enter");
    await terminal.shows(/MassGen Second question\?.*finished/);
    terminal.keys("/quit", "Enter");
    await terminal.shows("ended with 0");
  });

  test("the plain displays hold a conversation of three questions, typed one after the other", async () => {
    for (const kind of ["terminal", "simple"]) {
      const terminal = await open([100, 50], ["--display", kind]);
      for (const question of ["One?", "Two?", "Three?"]) {
        await terminal.shows(/> *\n*$/);
        terminal.keys(question, "Enter");
        await terminal.shows(/Stored in[\s\S]*> *\n*$/);
        tmux("clear-history", "-t", "t");
        terminal.keys("C-l");
      }
      terminal.keys("C-d");
      await terminal.shows("ended with 0");
      spawnSync("tmux", ["-L", SOCKET, "kill-server"]);
    }
  });

  test("a closed terminal ends the program and its run", async () => {
    const terminal = await open([100, 30], ["--output", "pid-test.txt", "How?"]);
    await terminal.shows(/1 alice/);
    const [pane] = tmux("list-panes", "-t", "t", "-F", "#{pane_pid}").trim().split("\n");
    const children = readFileSync(`/proc/${pane}/task/${pane}/children`, "utf8").trim().split(" ");
    tmux("kill-server");
    for (const deadline = performance.now() + 30_000; children.some((pid) => existsSync(`/proc/${pid}`));) {
      if (performance.now() > deadline) throw new Error("The program outlived its terminal.");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
});
