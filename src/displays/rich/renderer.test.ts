// The library that draws can be replaced: another renderer behind the same port shows the same run, and few files know the library.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createClock } from "../../io/index.ts";
import { council, entriesOf } from "../view/recorded.test-support.ts";
import type { MakeRenderer, RendererHandlers } from "./renderer.ts";
import { richDisplay } from "./rich-display.ts";
import { virtualTerminal } from "./virtual-terminal.test-support.ts";

/** Keeps the newest frame as text; keys are typed by the test. */
function plainRenderer(): { readonly make: MakeRenderer; handlers(): RendererHandlers; text(): string; readonly drawn: Promise<void> } {
  let handlers: RendererHandlers | null = null;
  let lines: readonly string[] = [];
  const drawn = Promise.withResolvers<void>();
  const given = (): RendererHandlers => {
    if (handlers === null) throw new Error("the display made no renderer");
    return handlers;
  };
  return {
    handlers: given,
    drawn: drawn.promise,
    text: () => lines.join("\n"),
    make: (its) => {
      handlers = its;
      return {
        start: () => undefined,
        frame: () => {
          lines = given().draw({ columns: 100, rows: 24 }).lines;
          drawn.resolve();
        },
        copy: () => undefined,
        background: () => Promise.resolve(null),
        stop: () => undefined,
      };
    },
  };
}

describe("the port of the renderer (REQ-UI-13)", () => {
  test("a renderer of a few lines shows the run and takes its keys", async () => {
    const renderer = plainRenderer();
    const screen = virtualTerminal(100, 24);
    const steering = { answerNow() {}, cancel() {}, pause() {}, resume() {}, permission() {}, form() {} };
    const surroundings = { clock: createClock(), env: { NO_COLOR: "1" }, interrupt: () => undefined, leave: new AbortController().signal };
    const display = richDisplay({ terminal: screen.terminal, steering, ...surroundings }, renderer.make);
    for (const entry of entriesOf(council(3, "middle"))) display.show({ kind: "entry", entry });
    await renderer.drawn;
    await new Promise((resolve) => setImmediate(resolve));
    renderer.handlers().key({ name: "2", text: "2" });
    expect(renderer.text()).toContain("2 bob openai gpt-5-mini");
    expect(renderer.text()).not.toContain("1 alice gemini");
    expect(screen.written()).toBe("");
    display.dispose();
  });

  test("only the renderer, its keys, Markdown and the measuring of text know the library", () => {
    const source = join(import.meta.dirname, "../..");
    const knowing = globSync("**/*.ts", { cwd: source }).filter(
      (file) => !/\.test(-support)?\.ts$/.test(file) && readFileSync(join(source, file), "utf8").includes("@earendil-works/pi-tui"),
    );
    expect(knowing.toSorted()).toEqual([
      "displays/rich/key-names.ts",
      "displays/rich/markdown.ts",
      "displays/rich/pi-renderer.ts",
      "displays/rich/terminal-adapter.ts",
      "displays/view/measure.ts",
    ]);
  });
});
