// The same screen in Ink under the same load: header, four bordered columns with the tail of each text, footer; at most 30 frames a second.
import { Box, render, Text, useInput } from "ink";
import { createElement as h, useEffect, useState } from "react";
import { AGENTS, fakeTerminal, feed, SIZE } from "./display-feed.ts";

const texts = new Map(AGENTS.map((name) => [name, ""]));
let changed = true;
const update = (name, text) => {
  // As long a tail as the column can show; keeping all of it would only slow Ink down further.
  texts.set(name, (texts.get(name) + text).slice(-4000));
  changed = true;
};

const visible = (text, width, height) => {
  const lines = [];
  for (const line of text.split("\n").slice(-height))
    for (let at = 0; at === 0 || at < line.length; at += width) lines.push(line.slice(at, at + width));
  return lines.slice(-height).join("\n");
};

function App() {
  const [, redraw] = useState(0);
  const [focused, setFocused] = useState(0);
  useInput((input) => (/^[1-4]$/.test(input) ? setFocused(Number(input) - 1) : undefined));
  useEffect(() => {
    const timer = setInterval(() => {
      if (changed) redraw((n) => n + 1);
      changed = false;
    }, 33);
    return () => clearInterval(timer);
  }, []);
  const width = SIZE.columns / AGENTS.length;
  const column = (name, index) =>
    h(
      Box,
      {
        key: name,
        width,
        height: SIZE.rows - 4,
        borderStyle: "round",
        borderColor: index === focused ? "cyan" : "gray",
        flexDirection: "column",
      },
      h(Text, { bold: true, color: "cyan" }, `${index + 1} ${name} gemini gemini-2.5-flash  writing`),
      h(Text, { wrap: "truncate" }, visible(texts.get(name), width - 6, SIZE.rows - 8)),
    );
  return h(
    Box,
    { flexDirection: "column", width: SIZE.columns, height: SIZE.rows - 1 },
    h(Text, { bold: true }, "MassGen How should a web page be cached?"),
    h(Text, { dimColor: true }, AGENTS.join("  ")),
    h(Box, null, ...AGENTS.map(column)),
    h(Text, { dimColor: true }, "? help  q leave"),
  );
}

const { stdin, stdout } = fakeTerminal();
const app = render(h(App), {
  stdin,
  stdout,
  stderr: stdout,
  exitOnCtrlC: false,
  patchConsole: false,
  incrementalRendering: true,
  maxFps: 30,
});
await feed(Number(process.argv[2] ?? 10), update);
app.unmount();
process.exit(0);
