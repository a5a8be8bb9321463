import { expect, test } from "vitest";
import { OneByOne } from "./one-by-one.ts";

test("one is let in after the other, in the order they came, and it is idle once all are out", async () => {
  const queue = new OneByOne();
  const seen: string[] = [];
  const visit = async (name: string): Promise<void> => {
    const leave = await queue.enter();
    seen.push(`${name} in`);
    await Promise.resolve();
    seen.push(`${name} out`);
    leave();
  };
  const visits = ["a", "b", "c"].map(visit);
  await queue.idle;
  expect(seen).toEqual(["a in", "a out", "b in", "b out", "c in", "c out"]);
  await Promise.all(visits);
});
