import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    pool: "threads",
    maxWorkers: 2,
    isolate: true,
    testTimeout: 30_000,
    restoreMocks: true,
  },
});
