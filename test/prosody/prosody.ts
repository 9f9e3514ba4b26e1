/** Prosody (Debian's package) as a server of server.ts. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Server, findProgram, startProgram } from "./server.js";
import type { Place, Recipe, ServerOptions } from "./server.js";

/** The host that stock Espruino asks TLS for (SNI), whatever it connects to. */
const ESPRUINO_HOST = "mbed TLS Server 1";

/** "" when there is a Prosody here. */
export function missingProsody(): string {
  return findProgram("prosody") === "" ? "prosody is not installed" : "";
}

export function startProsody(options: ServerOptions): Promise<Server> {
  return Server.start(RECIPE, options);
}

const RECIPE: Recipe = {
  async write(place) {
    await writeAccounts(place);
    await writeFile(join(place.folder, "prosody.cfg.lua"), config(place));
  },
  run: ({ folder }) =>
    startProgram(findProgram("prosody"), ["-F", "--config", join(folder, "prosody.cfg.lua")]),
  isReady: () => true,
  logins: (log) => log.split("Received[c2s_unauthed]: <auth ").length - 1,
};

/** Prosody makes hashes of these passwords when they are first used. */
async function writeAccounts({ folder, options }: Place): Promise<void> {
  const accounts = join(folder, "data", encodeStore(options.domain), "accounts");
  await mkdir(accounts, { recursive: true });
  await Promise.all(Object.entries(options.accounts).map(([user, password]) =>
    writeFile(join(accounts, `${encodeStore(user)}.dat`),
      `return { ["password"] = ${JSON.stringify(password)}; };\n`)));
}

function config({ folder, host, port, componentPort, options }: Place): string {
  const { domain, espruino, registration } = options;
  const place = (name: string): string => JSON.stringify(join(folder, name));
  const components = Object.entries(options.components ?? {}).map(([name, secret]) =>
    `Component "${name}"\n  component_secret = ${JSON.stringify(secret)}\n`);
  return `run_as_root = true
pidfile = ${place("pid")}
data_path = ${place("data")}
certificates = ${place("")}
log = { debug = ${place("log")} }
interfaces = { "${host}" }
modules_enabled = { "roster", "saslauth", "tls", "disco", "ping", "time", "version", "posix"${
  registration ? ', "register"' : ""} }
modules_disabled = { "s2s" }
${registration ? "allow_registration = true" : ""}
c2s_ports = {}
c2s_direct_tls_ports = { ${port} }
${components.length > 0 ? "" : "-- "}component_ports = { ${componentPort} }
authentication = "internal_hashed"
password_hash = "${options.hash ?? "SHA-1"}"
ssl = { certificate = ${place("server.pem")}; key = ${place("server.key")}${
  espruino ? '; ciphers = "HIGH:kRSA:!aNULL"' : ""} }

${espruino ? `VirtualHost "tls.${domain}"\n  c2s_direct_tls_host = "${ESPRUINO_HOST}"\n` : ""}
VirtualHost "${domain}"
${components.join("\n")}`;
}

/** The accounts' and rosters' files have names without dots and the like. */
function encodeStore(name: string): string {
  return name.replace(/[^A-Za-z0-9]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
}
