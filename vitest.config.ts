import { defineConfig } from "vitest/config";

const common = { pool: "threads", maxWorkers: 2, restoreMocks: true } as const;
const long = process.env["MASSGEN_LONG"] === "1";

/** Tests that start real servers, models or the built program: slower, so they run after the unit tests. */
const E2E = ["test/**/*.test.ts", "src/**/*.e2e.test.ts"];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...common,
          name: "unit",
          include: ["src/**/*.test.ts", "test/requirements.test.ts"],
          exclude: ["src/**/*.e2e.test.ts"],
          testTimeout: long ? 3_600_000 : 30_000,
        },
      },
      {
        test: {
          ...common,
          name: "e2e",
          pool: "forks",
          include: E2E,
          exclude: ["test/requirements.test.ts"],
          testTimeout: long ? 3_600_000 : 180_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
