// The list of providers keeps to the screen.
import { expect, test } from "vitest";
import { world } from "./cli.test-support.ts";

async function listed(columns: number | null): Promise<readonly string[]> {
  const w = world({ tty: columns !== null });
  if (columns !== null) Object.assign(w.io.terminal.stdout, { columns });
  expect(await w.run("backends")).toBe(0);
  return w.stdout().split("\n");
}

test("massgen backends is a table in a pipe and on a wide screen, and a few short lines for each provider on a narrow one (REQ-CLI-9)", async () => {
  const piped = await listed(null);
  expect(piped[0]).toMatch(/^type +provider +key +can do/);
  expect(await listed(400)).toEqual(piped);
  const narrow = await listed(80);
  expect(narrow.filter((line) => line.length > 80)).toEqual([]);
  expect(narrow.join("\n")).toMatch(/^gemini +Google Gemini\n +GOOGLE_API_KEY or GEMINI_API_KEY \(missing\)\n +MCP, .*\n +web search, /m);
});
