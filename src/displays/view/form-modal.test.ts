// The form of a server in the full screen: its keys, step by step, and what is drawn of it.
import { describe, expect, test } from "vitest";
import { callId, type FormField, type RunEvent } from "../../core/index.ts";
import { readForm } from "../../security/index.ts";
import { press } from "./keys.ts";
import type { Key, Pressed } from "./key-types.ts";
import { syncModal } from "./modal-keys.ts";
import { agentName, council, entriesOf, frameOf, turn } from "./recorded.test-support.ts";
import { drawScreen } from "./screen.ts";
import { firstUi, type Ui } from "./ui.ts";
import { viewOf } from "./fold.ts";

const CALL = callId(turn(agentName(0)), 1, 1);
const ids = { agent: agentName(0), turn: turn(agentName(0)), call: CALL };
const PROPERTIES = {
  town: { type: "string", title: "Town", minLength: 2, description: "Where you want to go" },
  nights: { type: "integer", minimum: 1, maximum: 30, default: 2 },
  sure: { type: "boolean" },
  size: { type: "string", enum: ["s", "m", "l"], default: "m" },
  extras: { type: "array", items: { enum: ["tea", "wifi", "dog"] }, minItems: 1 },
};

function asked(
  properties: object = PROPERTIES,
  required: readonly string[] = properties === PROPERTIES ? ["town", "sure"] : [],
  more: object = {},
): RunEvent {
  const form = readForm("A room\u001B[31m for you", { type: "object", properties, required } as never);
  if ("refused" in form) throw new Error(form.refused);
  return { type: "form-asked", ...ids, server: "hotel", form, filled: {}, problem: null, ...more };
}

/** The screen with its keys; the question has been there for a second. */
function stage(events: readonly RunEvent[], size = { columns: 80, rows: 24 }) {
  const view = viewOf(entriesOf([...council(3, "start"), ...events]));
  let ui: Ui = syncModal(firstUi(), view, 0);
  const wishes: unknown[] = [];
  let at = 1_000;
  const type = (...keys: readonly (string | Key)[]): void => {
    for (const key of keys) {
      const full: Key = typeof key === "string" ? { name: key === " " ? "space" : key, text: key.length === 1 ? key : null } : key;
      const pressed: Pressed = press(ui, full, { frame: frameOf(view, { size, ui }), at, running: true, words: [] });
      ui = pressed.ui;
      if (pressed.wish !== undefined) wishes.push(pressed.wish);
      at += 500;
    }
  };
  const text = (): string =>
    drawScreen(frameOf(view, { size, ui }))
      .lines.map((line) => line.replaceAll(/\u001B\[[0-9;]*m/g, ""))
      .join("\n");
  return { type, text, wishes, ui: () => ui, at: (ms: number) => void (at = ms), view };
}
const answer = (content: object): object => ({ kind: "form", call: CALL, answer: { action: "accept", content } });

describe("a form, field by field (REQ-MCP-53)", () => {
  test("every kind is typed or chosen, shown once more as a whole, and sent", () => {
    const { type, text, wishes } = stage([asked()]);
    expect(text()).toContain("The server hotel asks you (1 of 5, called by alice)");
    for (const part of ["A room for you", "Where you want to go", "Town", "at least 2 characters", "required"])
      expect(text()).toContain(part);
    type("B", "o", "n", "n", "enter");
    expect(text()).toMatch(/nights +whole number, 1 to 30, may be left empty/);
    type("backspace", "7", "enter");
    // Nobody agrees by a stray Enter.
    expect(text()).toContain("▸  no");
    type("y", "enter", "down", "enter");
    expect(text()).toContain("[ ] tea");
    type(" ", "down", "down", " ", "enter");
    for (const line of ["Town: Bonn", "nights: 7", "sure: yes", "size: l", "extras: tea, dog"]) expect(text()).toContain(line);
    expect(wishes).toEqual([]);
    type("enter");
    expect(wishes).toEqual([answer({ town: "Bonn", nights: 7, sure: true, size: "l", extras: ["tea", "dog"] })]);
    expect(text()).not.toContain("The server hotel asks you");
  });

  test("what does not fit is said and can be mended; what may be left out is left out", () => {
    const { type, text, wishes } = stage([asked()]);
    type("enter");
    expect(text()).toContain("This has to be filled in.");
    type("B", "enter");
    expect(text()).toContain("At least 2 characters.");
    type("n", "enter", "backspace", "9", "9", "enter");
    expect(text()).toContain("A whole number from 1 to 30.");
    type("ctrl+u", "enter", "enter", "down", "down", "enter");
    type("enter", "enter");
    expect(wishes).toEqual([answer({ town: "Bn", sure: false })]);
  });

  test("Shift+Tab goes back to what was filled in; a paste is text and never a key", () => {
    const { type, text, wishes } = stage([asked({ a: { type: "string" }, b: { type: "boolean" } }, [])]);
    type({ name: "paste", text: "one\ntwo", pasted: true }, "enter", { name: "paste", text: "y\n", pasted: true }, "shift+tab");
    expect(text()).toContain("› one two▏");
    type("enter", "enter", "enter");
    expect(wishes).toEqual([answer({ a: "one two" })]);
  });

  test.each([
    ["escape", "cancel"],
    ["ctrl+d", "decline"],
  ])("%s leaves it in every step: %s", (key, action) => {
    for (const before of [[], ["B", "n", "enter"], ["B", "n", "enter", "enter", "enter", "enter", " ", "enter"]]) {
      const { type, wishes } = stage([asked()]);
      type(...before, key);
      expect(wishes).toEqual([{ kind: "form", call: CALL, answer: { action } }]);
    }
  });

  test("a key on its way when the form appeared, or its last step, does not answer it", () => {
    const { type, at, wishes, text } = stage([asked({ a: { type: "string", default: "x" } })]);
    at(100);
    type("escape");
    at(1_000);
    type("enter");
    expect(text()).toContain("Enter sends this");
    at(1_100);
    type("enter");
    expect(wishes).toEqual([]);
    at(2_000);
    type("enter");
    expect(wishes).toEqual([answer({ a: "x" })]);
  });

  test("asked again it says why and keeps what was filled in; a second question of one call is shown after the first", () => {
    const first = asked({ a: { type: "string" } }, ["a"]);
    const second = asked({ a: { type: "string" } }, ["a"], { filled: { a: "ab" }, problem: "a: not so" });
    const { type, ui, view, wishes } = stage([first]);
    type("a", "enter", "enter");
    expect(wishes).toEqual([answer({ a: "a" })]);
    const later = viewOf(entriesOf([...council(3, "start"), first, { type: "form-answered", ...ids, action: "accept" }, second]));
    expect(syncModal(ui(), view, 9_000).modal).toBeNull();
    const shown = syncModal(ui(), later, 9_000);
    expect(shown.modal).toMatchObject({ kind: "form", problem: "a: not so", entry: { line: { text: "ab" } } });
  });

  test("a permission of a call that has been asked before is asked all the same", () => {
    const permission: RunEvent = { type: "permission-asked", ...ids, server: "hotel", tool: "book", input: {} };
    const { type, ui } = stage([permission]);
    type("y");
    const later = viewOf(
      entriesOf([...council(3, "start"), permission, { type: "permission-answered", ...ids, allow: true, by: "person" }, permission]),
    );
    expect(syncModal(ui(), later, 9_000).modal).toMatchObject({ kind: "permission" });
  });

  test("what a stopped run had asked is not asked when it goes on", () => {
    const view = viewOf(entriesOf([...council(3, "start"), asked(), { type: "run-resumed", program: "massgen" }]));
    expect(syncModal(firstUi(), view, 0).modal).toBeNull();
  });

  test("it says not to type a secret where the words speak of one (REQ-MCP-54)", () => {
    const words = "Do not type a password";
    expect(stage([asked({ a: { type: "string", description: "Your API key" } })]).text()).toContain(words);
    expect(stage([asked()]).text()).not.toContain(words);
  });

  test("many lines are scrolled, and many choices move with the mark", () => {
    const long = Array.from({ length: 40 }, (_, n) => `line ${n}`).join("\n");
    const many = { a: { type: "string", description: long, enum: Array.from({ length: 40 }, (_, n) => `choice ${n}`) } };
    const { type, text } = stage([asked(many)]);
    expect(text()).toMatch(/\d+ more: PgUp PgDn/);
    type(...Array.from({ length: 60 }, () => "pagedown"), ...Array.from({ length: 39 }, () => "down"));
    expect(text()).toContain("line 39");
    type(...Array.from({ length: 45 }, () => "pageup"));
    expect(text()).toContain("A room for you");
    expect(text()).toContain("choice 39");
  });

  test.each([
    [40, 12],
    [80, 24],
    [200, 50],
  ])("at %i × %i every step has its field, and nothing leaves the box", (columns, rows) => {
    const { type, text, view } = stage([asked()], { columns, rows });
    const fields = view.forms[0]?.form.fields as readonly FormField[];
    for (const field of fields) {
      const box = text()
        .split("\n")
        .filter((line) => /^[╔║╚]/.test(line));
      expect(box.every((line) => line.length === columns)).toBe(true);
      expect(box.at(-1)).toMatch(/^╚/);
      expect(box.join("\n")).toContain(field.title);
      expect(box.join("\n")).toContain("Enter");
      type(...(field.name === "town" ? ["B", "n"] : []), ...(field.name === "extras" ? [" "] : []), "enter");
    }
    expect(text()).toContain("Enter sends");
  });
});
