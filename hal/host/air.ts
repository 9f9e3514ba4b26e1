/**
 * The air around virtual boards: a folder, in which each Wi-Fi network is a file. So boards and
 * provisioners of one machine find each other, in different processes, without any radio.
 *
 * A network is there as long as the process that made it: what a killed process left is swept
 * away by the next who looks.
 */
import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

const FOLDER_MODE = 0o700;
const NAME = /^cell-[0-9a-f-]{36}\.json$/;

export interface AirCell {
  /** As octets. */
  ssid: string;
  /** "" for an open network. */
  passphrase: string;
  rssi: number;
  /** Where whoever opened it waits for joiners; 0 for a network that is none of these. */
  port: number;
}

interface Entry extends AirCell {
  pid: number;
}

export class Air {
  constructor(readonly folder: string = defaultFolder()) {}

  /** Returns how to take it away again. Throws where the folder cannot be written. */
  publish(cell: AirCell): () => void {
    mkdirSync(this.folder, { recursive: true, mode: FOLDER_MODE });
    const path = join(this.folder, `cell-${randomUUID()}.json`);
    const entry: Entry = { ...cell, pid: process.pid };
    // Who reads meanwhile sees all of it or nothing.
    writeFileSync(`${path}.new`, JSON.stringify(entry), { mode: 0o600 });
    renameSync(`${path}.new`, path);
    return () => rmSync(path, { force: true });
  }

  /** The networks in reach now. */
  cells(): AirCell[] {
    let names: string[];
    try {
      names = readdirSync(this.folder);
    } catch {
      return [];
    }
    return names.filter((name) => NAME.test(name))
      .flatMap((name) => this.read(join(this.folder, name)));
  }

  private read(path: string): AirCell[] {
    try {
      const entry = JSON.parse(readFileSync(path, "utf8")) as Entry;
      if (isAlive(entry.pid)) return [entry];
      rmSync(path, { force: true });
    } catch {
      // Taken away while we looked, or none of ours.
    }
    return [];
  }
}

/** Each user of this machine has an air of his own. */
function defaultFolder(): string {
  return join(tmpdir(), `thingward-air-${userInfo().uid}`);
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
