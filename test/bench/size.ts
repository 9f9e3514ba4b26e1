/**
 * Octets of what a program has to load before it can speak, all made by the same rolldown and
 * terser, as for an engine that has nothing built in but JavaScript.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { minify } from "terser";
import { ROOT, bundles, coldOf } from "../../build/project.js";

export interface Size {
  name: string;
  bytes: number;
  gzipped: number;
}

/** What each is asked for: all that it takes to log in and to speak. */
const PEERS: Record<string, string> = {
  "xmpp.js (@xmpp/client)": 'import { client, xml } from "@xmpp/client"; use(client, xml);',
  "strophe.js": 'import { Strophe } from "strophe.js"; use(Strophe);',
  "stanza.js (stanza)": 'import { createClient } from "stanza"; use(createClient);',
};

/** Without a HAL, as the peers are without what their platform gives them. */
const OWN = 'import { Device } from "../../firmware/device.js"; use(Device);';
const ENTRY = "\0entry.js";

export async function sizes(): Promise<Size[]> {
  const found = [await sizeOf("the firmware, made like the peers", OWN)];
  for (const [name, source] of Object.entries(PEERS)) found.push(await sizeOf(name, source));
  return found;
}

/** As they go onto a chip, with their HAL; built when they are not there. */
export function shipped(): Size[] {
  if (bundles().length === 0) {
    execFileSync("npm", ["run", "--silent", "build"], { cwd: ROOT, stdio: "ignore" });
  }
  return bundles().map((file) => size(`${basename(file, ".js")}: what is shipped, both files`,
    Buffer.concat([file, coldOf(file)].filter(existsSync).map((one) => readFileSync(one)))));
}

async function sizeOf(name: string, source: string): Promise<Size> {
  const bundle = await rolldown({
    input: ENTRY,
    cwd: ROOT,
    platform: "browser",
    logLevel: "silent",
    plugins: [{
      name: "entry",
      load: (id) => (id === ENTRY ? source : null),
      resolveId: (id, from) => {
        if (id === ENTRY) return id;
        // A module without a place of its own imports as if it stood here.
        const isOurs = from === ENTRY && id.startsWith(".");
        return isOurs ? join(ROOT, "test/bench", id.replace(/\.js$/, ".ts")) : null;
      },
    }],
  });
  const { output } = await bundle.generate({ format: "es" });
  await bundle.close();
  const { code } = await minify(output[0].code, { module: true });
  return size(name, Buffer.from(code!));
}

function size(name: string, code: Buffer): Size {
  return { name, bytes: code.length, gzipped: gzipSync(code).length };
}
