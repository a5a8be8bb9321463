// `npm run screenshots [name …]`: runs the built program in a terminal on scripted servers and writes what it shows to docs/images as SVG.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DARK, LIGHT, pictureOf, type Paper } from "./screenshots/picture.ts";
import { openStage } from "./screenshots/stage.ts";
import { QUESTION, tellStory } from "./screenshots/story.ts";
import { root } from "./stages.ts";

type Shot = { readonly name: string; readonly when: RegExp };
type Scene = {
  readonly columns: number;
  readonly rows: number;
  readonly paper: Paper;
  readonly env?: Readonly<Record<string, string>>;
  readonly shots: readonly Shot[];
};

/** One run each; its pictures are taken in this order. */
const SCENES: readonly Scene[] = [
  {
    columns: 120,
    rows: 32,
    paper: DARK,
    shots: [
      { name: "start", when: /MCP [█░]/ },
      { name: "mid-run", when: /✓[\s\S]*A proxy comes/ },
      { name: "voting", when: /comparing[\s\S]*voted/ },
      { name: "result", when: /finished/ },
    ],
  },
  { columns: 46, rows: 28, paper: DARK, shots: [{ name: "narrow", when: /✓[\s\S]*proxy/ }] },
  { columns: 120, rows: 32, paper: LIGHT, env: { COLORFGBG: "0;15" }, shots: [{ name: "light", when: /✓[\s\S]*A proxy comes/ }] },
];

const folder = join(root, "docs/images");

async function play(scene: Scene, shots: readonly Shot[]): Promise<void> {
  const story = await tellStory();
  const stage = openStage(story, { ...scene, question: QUESTION });
  try {
    for (const { name, when } of shots) {
      const screen = await stage.shows(when);
      writeFileSync(join(folder, `${name}.svg`), await pictureOf(screen, scene, scene.paper));
      console.log(`docs/images/${name}.svg`);
    }
  } finally {
    stage.close();
    await story.close();
  }
}

const wanted = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
for (const scene of SCENES) {
  const last = scene.shots.findLastIndex(({ name }) => wanted.length === 0 || wanted.includes(name));
  // Later pictures of the same run are not waited for.
  if (last >= 0) await play(scene, scene.shots.slice(0, last + 1));
}
