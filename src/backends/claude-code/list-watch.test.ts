// When a found tool counts as declared.
import { expect, test } from "vitest";
import { fakeClock } from "../../testing/index.ts";
import { ListWatch } from "./list-watch.ts";

test("each search waits for the lists it changed, side by side, and none for ever", async () => {
  const clock = fakeClock();
  const watch = new ListWatch(clock);
  const over: string[] = [];
  const waiting = [["a"], ["a", "b"], ["never"]].map((servers) =>
    watch.readAgain(servers, () => over.push(`asked ${servers.join()}`)).then(() => over.push(`over ${servers.join()}`)),
  );
  watch.read("a");
  await clock.settle();
  expect(over).toEqual(["asked a", "asked a,b", "asked never", "over a"]);
  watch.read("b");
  await clock.settle();
  expect(over.at(-1)).toBe("over a,b");
  await clock.run(Promise.all(waiting));
  expect(clock.monotonic()).toBe(2_000);
  await watch.readAgain([], () => over.push("asked nobody"));
  expect(over).not.toContain("asked nobody");
});
