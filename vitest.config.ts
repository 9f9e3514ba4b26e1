import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Two cores, and some tests start servers or a browser.
    testTimeout: 30000,
    hookTimeout: 60000,
    teardownTimeout: 20000,
    maxWorkers: 2,
    // The second is what `.ci/run` reads its closing line from.
    reporters: ["default", ["json", { outputFile: "out/test.json" }]],
  },
});
