import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { asideLines } from "./aside.ts";

function world(isTTY: boolean) {
  const stderr = Object.assign(new PassThrough(), { isTTY });
  return { aside: asideLines({ stderr }), written: () => String(stderr.read() ?? "") };
}

test("lines that come while a full screen is open wait for its end (REQ-UI-9)", () => {
  const { aside, written } = world(true);
  aside.say("before");
  aside.hold();
  aside.say("meanwhile");
  expect(written()).toBe("before\n");
  aside.release();
  aside.say("after");
  expect(written()).toBe("meanwhile\nafter\n");
});

test("a screen that stays open for hours keeps the newest lines and says how many it dropped (REQ-UI-9)", () => {
  const { aside, written } = world(true);
  aside.hold();
  for (let n = 1; n <= 600; n++) aside.say(`line ${n}`);
  aside.release();
  expect(written()).toMatch(/^\(100 older lines were dropped\)\nline 101\n[\s\S]*line 600\n$/);
});

test("lines into a file are written at once: nothing there can be torn (REQ-UI-9)", () => {
  const { aside, written } = world(false);
  aside.hold();
  aside.say("meanwhile");
  expect(written()).toBe("meanwhile\n");
});
