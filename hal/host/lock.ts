/**
 * One flash image is in one board: who holds a lock holds a name that the kernel knows, and takes
 * back when the process ends, however it ends. So nothing is left behind that could be stale.
 */
import { createServer } from "node:net";
import type { Server } from "node:net";
import type { Stats } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** A board that was killed, or whose npm was, may still be on its way out. */
const PATIENCE_MS = 1000;
const RETRY_MS = 50;

export type Release = () => void;

/** Resolves how to let go of it; null when somebody else holds it. */
export async function lock({ dev, ino }: Pick<Stats, "dev" | "ino">): Promise<Release | null> {
  const name = nameOf(`thingward-flash-${dev}-${ino}`);
  if (name === "") return () => {};
  for (let waitedMs = 0; ; waitedMs += RETRY_MS) {
    const holder = await hold(name);
    if (holder !== null) return () => void holder.close();
    if (waitedMs >= PATIENCE_MS) return null;
    await pause(RETRY_MS);
  }
}

/** "" where names are files, which would stay: there nobody looks. */
function nameOf(word: string): string {
  if (process.platform === "linux") return `\0${word}`;
  return process.platform === "win32" ? `\\\\?\\pipe\\${word}` : "";
}

function hold(name: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const holder = createServer((socket) => socket.destroy());
    holder.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(null);
      else reject(error);
    });
    holder.listen(name, () => resolve(holder.unref()));
  });
}
