// The built program in terminals of many sizes and kinds (tmux): nothing leaves its column, whatever is written, resized or asked.
import { join } from "node:path";
import { visibleWidth } from "@earendil-works/pi-tui";
import { describe, expect, test } from "vitest";
import { projectRoot } from "./support/run-cli.ts";
import { hasTmux, open, tmux } from "./support/terminal.ts";

const QUESTION = "How should a web page be cached? 缓存 שלום 👩‍👩‍👧";
const everything = join(projectRoot, "node_modules/@modelcontextprotocol/server-everything/dist/index.js");
const colours = (): string => tmux("capture-pane", "-p", "-e", "-t", "t");
/** The mark that ends right-to-left text has no width, and tmux keeps it. */
const linesOf = (screen: string): readonly string[] => screen.replaceAll("\u200E", "").replace(/\n$/, "").split("\n");

/** Invariant: every line of a panel's body has both its borders, and none is wider than the screen. */
function expectWholePanels(screen: string, columns: number): void {
  const lines = linesOf(screen);
  expect(lines.some((line) => line.startsWith("╭"))).toBe(true);
  for (const line of lines) {
    expect(visibleWidth(line), line).toBeLessThanOrEqual(columns);
    if (line.startsWith("│")) {
      expect(line, screen).toMatch(/│$/);
      expect(visibleWidth(line), line).toBe(columns);
    }
  }
}

describe.skipIf(!hasTmux)("sizes of the terminal (REQ-UI-8, REQ-UI-14)", () => {
  test.each([
    { columns: 40, rows: 12, agents: 1, next: [120, 40] },
    { columns: 80, rows: 24, agents: 8, next: [40, 12] },
    { columns: 120, rows: 40, agents: 3, next: [200, 50] },
    { columns: 200, rows: 50, agents: 20, next: [80, 24] },
  ])("$agents agents in $columns × $rows, and another size while they write", async ({ columns, rows, agents, next }) => {
    const terminal = await open([columns, rows], [QUESTION], { agents, paceMs: 60 });
    expectWholePanels(await terminal.shows(/● (writing|thinking)/), columns);
    const [wide = 0, high = 0] = next;
    tmux("resize-window", "-t", "t", "-x", String(wide), "-y", String(high));
    const resized = await terminal.shows(new RegExp(`^╭[^\\n]{${wide - 2}}╮$`, "m"));
    expectWholePanels(resized, wide);
    terminal.keys("1", "a");
    await terminal.shows("finished");
    terminal.keys("q");
    await terminal.shows("ended with 0");
  });
});

describe.skipIf(!hasTmux)("kinds of terminals (REQ-UI-14)", () => {
  test("NO_COLOR: the full screen without a colour", async () => {
    const terminal = await open([80, 20], [QUESTION], { env: { NO_COLOR: "1" }, paceMs: 60 });
    await terminal.shows("● writing");
    expect(colours()).not.toMatch(/\u001B\[(?:\d+;)*(?:3[0-7]|38;[25][\d;]*|9[0-7])m/);
  });

  test("sixteen colours, dark and light: no code that such a terminal does not know", async () => {
    for (const COLORFGBG of ["15;0", "0;15"]) {
      const terminal = await open([80, 20], [QUESTION], { env: { TERM: "xterm", COLORTERM: "", COLORFGBG }, paceMs: 60 });
      await terminal.shows("● writing");
      expect(colours()).toMatch(/\u001B\[(?:\d+;)*(?:3[0-7]|9[0-7])m/);
      expect(colours()).not.toMatch(/\u001B\[(?:\d+;)*38;/);
      tmux("kill-server");
    }
  });

  test("TERM=dumb: plain lines, no full screen, the answer at the end", async () => {
    const terminal = await open([80, 40], [QUESTION], { env: { TERM: "dumb" } });
    const text = await terminal.shows("ended with 0");
    expect(tmux("display-message", "-p", "-t", "t", "#{alternate_on}").trim()).toBe("0");
    expect(text).toContain("Cache-Control: public, max-age=60");
    expect(colours()).not.toMatch(/\u001B\[[\d;]*3\dm/);
  });

  test("a permission is asked for in the smallest terminal with everything there, and answered by its letter", async () => {
    const server = { command: process.execPath, args: [everything, "stdio"], permissions: [{ decision: "ask", tool: "echo" }] };
    const terminal = await open([40, 12], [QUESTION], { agents: 1, mcpServers: { everything: server } });
    const asked = await terminal.shows("alice asks to call everything/echo");
    for (const part of [" y  allow", " r  allow for the run", " w  always allow", " n  refuse", " x  refuse for the run", "╚"])
      expect(asked).toContain(part);
    expect(asked).not.toContain("…║");
    // A key that comes too soon after the question is not taken for its answer.
    for (let n = 0; n < 100 && terminal.screen().includes("asks to call"); n++) {
      terminal.keys("y");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await terminal.shows("finished");
    terminal.keys("t");
    await terminal.shows("✓ alice everything/echo");
  });

  test("a form of a real server is filled in field by field, and the server gets what was typed and chosen (REQ-MCP-53)", async () => {
    const server = { command: process.execPath, args: [everything, "stdio"], allowed_tools: ["trigger-elicitation-request"] };
    const terminal = await open([90, 26], [QUESTION], { agents: 1, mcpServers: { everything: server } });
    const asked = await terminal.shows("The server everything asks you (1 of 13, called by alice)");
    expect(asked).toContain("Please provide inputs for the following fields:");
    expect(asked).toContain("Your full, legal name");
    // What is typed too soon after the question is not taken for its answer.
    for (let n = 0; n < 100 && !terminal.screen().includes("› A"); n++) {
      terminal.keys("A");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    terminal.keys("C-u", "Ann", "Enter");
    await terminal.shows("(2 of 13");
    terminal.keys("y", "Enter");
    await terminal.shows("(3 of 13");
    terminal.keys("Enter");
    await terminal.shows("(4 of 13");
    terminal.keys("nobody at home", "Enter");
    await terminal.shows("An e-mail address such as ann@example.org.");
    terminal.keys("C-u", "ann@example.org", "Enter", "Enter", "Enter");
    await terminal.shows("(7 of 13");
    terminal.keys("C-u", "7", "Enter", "Enter", "Down", "Enter");
    await terminal.shows("(10 of 13");
    terminal.keys("Down", "Space", "Enter", "Enter", "Enter", "Enter");
    const all = await terminal.shows("Enter sends this");
    for (const line of ["String: Ann", "Boolean: yes", "Integer: 7", "Untitled Single Select Enum: Rachel", "Guitar, Piano"])
      expect(all).toContain(line);
    for (let n = 0; n < 100 && terminal.screen().includes("Enter sends this"); n++) {
      terminal.keys("Enter");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await terminal.shows("finished");
    terminal.keys("t");
    const told = await terminal.shows("User inputs");
    expect(told).toContain("Favorite Integer: 7");
  });
});
