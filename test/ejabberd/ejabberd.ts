/**
 * ejabberd (Debian's package) as a server of server.ts: a node without a name, so that it needs no
 * port mapper, and knows nothing of the one that the package may have started.
 */
import { existsSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Server, findProgram, startProgram } from "../prosody/server.js";
import type { Place, Recipe, ServerOptions } from "../prosody/server.js";

/** Where Debian keeps Erlang's libraries, for each of its architectures. */
const LIBRARIES = ["x86_64", "aarch64", "arm", "i386"].map((one) => `/usr/lib/${one}-linux-gnu`)
  .concat("/usr/lib/arm-linux-gnueabihf");
/** What was written to its database before that is there after a kill. */
const SYNC_MS = 100;

/** "" when there is an ejabberd here. */
export function missingEjabberd(): string {
  const isThere = findProgram("ejabberdctl") !== "" && findProgram("erl") !== "";
  return isThere ? "" : "ejabberd is not installed";
}

export function startEjabberd(options: ServerOptions): Promise<Server> {
  return Server.start(RECIPE, options);
}

const RECIPE: Recipe = {
  write: (place) => writeFile(join(place.folder, "ejabberd.yml"), config(place)),
  run(place) {
    const { folder } = place;
    rmSync(join(folder, "ready"), { force: true });
    const database = ["-mnesia", "dir", quote(join(folder, "data"))];
    return startProgram(findProgram("erl"), ["-noinput", ...database, "-eval", script(place)], {
      ERL_LIBS: LIBRARIES.filter(existsSync).join(":"), HOME: folder,
      EJABBERD_CONFIG_PATH: join(folder, "ejabberd.yml"), EJABBERD_LOG_PATH: join(folder, "log"),
    });
  },
  isReady: ({ folder }) => existsSync(join(folder, "ready")),
  logins: (log) => log.split("Received XML on stream = <<\"<auth ").length - 1,
};

/** Starts it, makes the accounts that are not there, and says so. */
function script({ folder, options }: Place): string {
  const register = Object.entries(options.accounts).map(([user, password]) =>
    `ejabberd_auth:try_register(${binary(user)},${binary(options.domain)},${binary(password)})`);
  return [
    "ok = application:start(sasl)", "{ok, _} = application:ensure_all_started(ejabberd)",
    ...register, `{ok, _} = timer:apply_interval(${SYNC_MS}, mnesia, sync_log, [])`,
    "ok = mnesia:sync_log()", `ok = file:write_file(${quote(join(folder, "ready"))}, "")`,
  ].join(", ") + ".";
}

/** JSON is YAML. */
function config({ folder, host, port, componentPort, options }: Place): string {
  const components = Object.entries(options.components ?? {});
  const hosts = Object.fromEntries(components.map(([name, password]) => [name, { password }]));
  const service = { port: componentPort, ip: host, module: "ejabberd_service", hosts };
  const modules = ["mod_disco", "mod_ping", "mod_roster", "mod_time", "mod_offline", "mod_version"];
  return JSON.stringify({
    hosts: [options.domain],
    loglevel: "debug", // With every stanza.
    certfiles: [join(folder, "both.pem")],
    acme: { auto: false },
    listen: [
      { port, ip: host, module: "ejabberd_c2s", tls: true },
      ...components.length > 0 ? [service] : [],
    ],
    auth_method: "internal",
    auth_password_format: "scram",
    auth_scram_hash: options.hash === "SHA-256" ? "sha256" : "sha",
    modules: Object.fromEntries(modules.map((name) => [name, {}])),
  });
}

/** Octets of UTF-8, whatever they are. */
function binary(text: string): string {
  return `<<${[...Buffer.from(text)].join()}>>`;
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}
