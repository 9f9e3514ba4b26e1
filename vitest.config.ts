import { defineConfig } from "vitest/config";

const inFolders = (...folders: string[]): string[] =>
  folders.map((folder) => `test/${folder}/**/*.test.ts`);

/** In real time: they wait for buttons that are held, windows that close, processes that start. */
const WAITING = inFolders("unit/authority", "unit/commission", "unit/demo", "unit/docs",
  "unit/hal/host");

/** They start browsers, servers or interpreters, which keep the machine busy. */
const BUSY = inFolders("browser", "ejabberd", "engine", "power", "prosody");

/** After all others: it looks at what the device has sent in them. */
const LAST = ["test/schema/**/*.test.ts"];

export default defineConfig({
  test: {
    // For a slow machine with two cores: whoever waits, waits for what must come.
    testTimeout: 60000,
    hookTimeout: 90000,
    teardownTimeout: 20000,
    expect: { poll: { timeout: 30000, interval: 20 } },
    // Group by group: who keeps the machine busy has it to himself and his child processes.
    projects: [
      {
        extends: true,
        test: {
          name: "plain", include: ["test/**/*.test.ts"], exclude: [...WAITING, ...BUSY, ...LAST],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: "waiting", include: WAITING, maxWorkers: 2, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: { name: "busy", include: BUSY, maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
      {
        extends: true,
        test: { name: "last", include: LAST, maxWorkers: 1, sequence: { groupOrder: 3 } },
      },
    ],
    globalSetup: ["test/schema/begin.ts"],
    // The second is what `.ci/run` reads its closing line from.
    reporters: ["default", ["json", { outputFile: "out/test.json" }]],
  },
});
