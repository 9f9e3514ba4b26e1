import { defineConfig } from "vitest/config";

/** They start servers, boards or browsers, and what they look at goes on in real time. */
const TIMED = ["browser", "ejabberd", "engine", "power", "prosody", "unit/authority",
  "unit/commission", "unit/demo", "unit/docs", "unit/hal/host"].map((folder) => `test/${folder}/**/*.test.ts`);

/** After all others: it looks at what the device has sent in them. */
const LAST = ["test/schema/**/*.test.ts"];

export default defineConfig({
  test: {
    // For a slow machine with two cores: whoever waits, waits for what must come.
    testTimeout: 60000,
    hookTimeout: 90000,
    teardownTimeout: 20000,
    expect: { poll: { timeout: 30000, interval: 20 } },
    // Group by group: what is timed has the machine to itself and to its own child processes.
    projects: [
      {
        extends: true,
        test: {
          name: "plain", include: ["test/**/*.test.ts"], exclude: [...TIMED, ...LAST],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: "timed", include: TIMED, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: { name: "last", include: LAST, maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
    ],
    globalSetup: ["test/schema/begin.ts"],
    // The second is what `.ci/run` reads its closing line from.
    reporters: ["default", ["json", { outputFile: "out/test.json" }]],
  },
});
