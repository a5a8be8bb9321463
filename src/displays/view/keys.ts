// What a key does: a pure step from the person's choices to new ones, and at most one wish for the outside.
import { before, completions, edit, complete, insert, sent } from "./input-line.ts";
import { pressInModal } from "./modal-keys.ts";
import { agentAt, scrollTarget } from "./screen.ts";
import { scrolled, startAnchor, type Anchor } from "./rows.ts";
import { nextMatch } from "./search.ts";
import type { Frame } from "./frame.ts";
import type { Key, Pressed, Surroundings } from "./key-types.ts";
import { anchorName, type PanelName, type Ui } from "./ui.ts";

/** Two digits within this time are one number. */
const DIGIT_MS = 1000;

export function press(ui: Ui, key: Key, around: Surroundings): Pressed {
  const calm = ui.notice === null ? ui : { ...ui, notice: null };
  if (key.name === "ctrl+c" && !(calm.typing && calm.input !== null && calm.input.text !== ""))
    return { ui: calm, wish: { kind: "interrupt" } };
  if (calm.modal !== null) return pressInModal(calm, key, around);
  if (calm.typing && calm.input !== null) return type(calm, calm.input, { key, words: around.words });
  if (calm.search?.typing === true) return { ui: searching(calm, key, around) };
  if (key.pasted === true) return { ui: calm };
  const name = key.text !== null && /^[A-Z?/]$/.test(key.text) ? key.text : key.name;
  if (/^[0-9]$/.test(name)) return { ui: digit(calm, Number(name), around) };
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  return action === undefined ? { ui: calm } : action(calm, around);
}

type Action = (ui: Ui, around: Surroundings) => Pressed;

const show =
  (panel: PanelName): Action =>
  (ui) => ({ ui: { ...ui, panel: ui.panel === panel ? "grid" : panel, digit: null } });
const wish =
  (kind: "interrupt" | "answer-now" | "next-theme"): Action =>
  (ui) => ({ ui, wish: { kind } });
const scroll =
  (by: number | "page-up" | "page-down" | "start" | "end"): Action =>
  (ui, around) => ({ ui: scrollBy(ui, by, around.frame) });
const mark =
  (by: number): Action =>
  (ui, { frame }) => ({ ui: { ...ui, focused: wrapIndex(ui.focused + by, frame.view.agents.size), digit: null, search: null } });

const ACTIONS: Readonly<Record<string, Action>> = {
  t: show("tools"),
  v: show("votes"),
  m: show("servers"),
  e: show("events"),
  r: show("result"),
  "?": show("help"),
  escape: (ui) => escape(ui),
  enter: (ui) => ({ ui: ui.panel === "grid" ? { ...ui, panel: "agent" } : ui }),
  left: mark(-1),
  right: mark(1),
  tab: (ui, around) => (ui.input === null ? mark(1)(ui, around) : { ui: { ...ui, typing: true } }),
  "shift+tab": mark(-1),
  up: scroll(-1),
  down: scroll(1),
  k: scroll(-1),
  j: scroll(1),
  pageup: scroll("page-up"),
  pagedown: scroll("page-down"),
  "ctrl+u": scroll("page-up"),
  "ctrl+d": scroll("page-down"),
  space: scroll("page-down"),
  home: scroll("start"),
  end: scroll("end"),
  g: scroll("start"),
  G: scroll("end"),
  "/": (ui) => ({ ui: { ...ui, panel: "agent", search: { typing: true, text: "" } } }),
  n: (ui, { frame }) => ({ ui: jump(ui, 1, frame) }),
  N: (ui, { frame }) => ({ ui: jump(ui, -1, frame) }),
  a: (ui, around) => (around.running ? wish("answer-now")(ui, around) : { ui }),
  p: (ui, { running, frame }) => (running ? { ui, wish: { kind: frame.view.paused ? "resume" : "pause" } } : { ui }),
  y: (ui, { frame }) => copy(ui, frame),
  c: wish("next-theme"),
  q: (ui, { running }) => (running ? { ui: { ...ui, modal: { kind: "quit" } } } : { ui, wish: { kind: "leave" } }),
};

function escape(ui: Ui): Pressed {
  if (ui.search !== null) return { ui: { ...ui, search: null } };
  if (ui.panel !== "grid") return { ui: { ...ui, panel: "grid" } };
  return { ui: ui.input === null ? { ...ui, anchors: {} } : { ...ui, typing: true } };
}

const wrapIndex = (index: number, count: number): number => (count === 0 ? 0 : ((index % count) + count) % count);

/** `1` shows agent 1 at once; a second digit soon after makes it agent 12, where there is one. */
function digit(ui: Ui, value: number, { frame, at }: Surroundings): Ui {
  const count = frame.view.agents.size;
  const joined = ui.digit !== null && at - ui.digit.at <= DIGIT_MS ? ui.digit.value * 10 + value : value;
  const number = joined <= count ? joined : value;
  if (number < 1 || number > count) return ui;
  const longer = number * 10 <= count;
  return { ...ui, panel: "agent", focused: number - 1, search: null, digit: longer ? { value: number, at } : null };
}

function scrollBy(ui: Ui, by: number | "page-up" | "page-down" | "start" | "end", frame: Frame): Ui {
  const { name, source, area, fromTop } = scrollTarget(frame);
  const here: Anchor = Object.hasOwn(ui.anchors, name) ? (ui.anchors[name] ?? null) : fromTop ? { row: 0, line: 0 } : null;
  const page = Math.max(1, area.height - 2);
  const lines = by === "page-up" ? -page : by === "page-down" ? page : by;
  const anchor = lines === "start" ? startAnchor(source, area) : lines === "end" ? null : scrolled(source, here, { by: lines, area });
  return { ...ui, anchors: { ...ui.anchors, [name]: anchor } };
}

/** The wheel over the body scrolls what is shown; over a panel of the grid it marks that agent first. */
export const wheel = (ui: Ui, by: number, frame: Frame): Ui => scrollBy(ui, by, frame);

function searching(ui: Ui, key: Key, { frame }: Surroundings): Ui {
  const text = ui.search?.text ?? "";
  if (key.name === "escape") return { ...ui, search: null };
  if (key.name === "enter") return jump({ ...ui, search: text === "" ? null : { typing: false, text } }, -1, frame);
  if (key.name === "backspace") return { ...ui, search: { typing: true, text: text.slice(0, before({ text, cursor: text.length })) } };
  if (key.text === null) return ui;
  return { ...ui, search: { typing: true, text: text + key.text.replace(/\s+/g, " ") } };
}

/** To the next place (1) or the one before (-1) where the searched text stands. */
function jump(ui: Ui, direction: 1 | -1, frame: Frame): Ui {
  const agent = agentAt(frame, ui.focused);
  if (ui.search === null || ui.search.text === "" || agent === undefined) return ui;
  const name = anchorName({ panel: "agent", focused: ui.focused });
  const row = nextMatch(agent.transcript, { text: ui.search.text, from: ui.anchors[name]?.row ?? null, direction });
  return row === null ? { ...ui, notice: "not found" } : { ...ui, anchors: { ...ui.anchors, [name]: { row, line: 0 } } };
}

function copy(ui: Ui, frame: Frame): Pressed {
  const text =
    ui.panel === "agent" || frame.view.result === null ? agentAt(frame, ui.focused)?.answers.at(-1)?.content : frame.view.result.answer;
  if (text === undefined || text === null) return { ui: { ...ui, notice: "there is no answer to copy yet" } };
  return { ui: { ...ui, notice: "copied" }, wish: { kind: "copy", text } };
}

type Typing = { readonly key: Key; readonly words: readonly string[] };

function type(ui: Ui, line: NonNullable<Ui["input"]>, { key, words }: Typing): Pressed {
  const changed = (input: Ui["input"]): Pressed => ({ ui: { ...ui, input, suggestions: completions(input?.text ?? "", words) } });
  if (key.pasted === true) return changed(insert(line, key.text ?? ""));
  if (key.name === "ctrl+c") return changed({ ...sent({ ...line, text: "" }) });
  if (key.name === "escape") return { ui: { ...ui, typing: false } };
  if (key.name === "tab") return changed(complete(line, words));
  if (key.name === "ctrl+d" && line.text === "") return { ui, wish: { kind: "leave" } };
  if (key.name === "enter" && line.text.endsWith("\\"))
    return changed(insert({ ...line, text: line.text.slice(0, -1), cursor: line.text.length - 1 }, "\n"));
  if (key.name === "enter")
    return line.text.trim() === "" ? { ui } : { ui: { ...ui, input: sent(line), suggestions: [] }, wish: { kind: "ask", text: line.text } };
  const edited = edit(line, key.name);
  if (edited !== null) return changed(edited);
  return key.text === null ? { ui } : changed(insert(line, key.text));
}
