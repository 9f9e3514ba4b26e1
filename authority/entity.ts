/**
 * xmpp.js's end of a connection, as an account or as a component (XEP-0114), with what it does
 * not do by itself: the domain's name in TLS (XEP-0368), and no stream that is resumed behind us.
 */
import { client } from "@xmpp/client";
import { type Entity, type Transport, component } from "@xmpp/component";
import { parseJid } from "./jid.js";

const NS_SM = "urn:xmpp:sm:3";
/** For a server to answer each step of the negotiation; xmpp.js gives a busy one 2 s. */
const STEP_MS = 20000;

export interface AccountOptions {
  jid: string;
  password: string;
  host: string;
  port: number;
  /** Direct TLS; `ca` is trusted instead of the system's authorities. Default: plain TCP */
  tls?: { ca?: string };
  /** Default: one the server makes, which nobody can guess. */
  resource?: string;
}

export interface ComponentOptions {
  domain: string;
  secret: string;
  host: string;
  port: number;
}

export type LinkOptions = AccountOptions | ComponentOptions;

export function createEntity(options: LinkOptions): Entity {
  const entity = "secret" in options ? componentEntity(options) : accountEntity(options);
  entity.timeout = STEP_MS;
  return entity;
}

/** At once, without a goodbye. */
export function destroySocket(entity: Entity): void {
  const { socket } = entity;
  if (!socket) return;
  // Over TLS xmpp.js wraps Node's socket in one of its own.
  if (socket.destroy) socket.destroy();
  else socket.socket?.destroy?.();
}

function componentEntity(options: ComponentOptions): Entity {
  const { host, port, domain, secret } = options;
  return component({ service: `xmpp://${host}:${port}`, domain, password: secret });
}

function accountEntity(options: AccountOptions): Entity {
  const jid = parseJid(options.jid);
  if (!jid?.local) throw new Error(`not an account: ${options.jid}`);
  const entity = client({
    service: `${options.tls ? "xmpps" : "xmpp"}://${options.host}:${options.port}`,
    domain: jid.domain,
    username: jid.local,
    password: options.password,
    ...options.resource && { resource: options.resource },
  });
  if (options.tls) trust(entity, jid.domain, options.tls.ca);
  // A resumed stream (XEP-0198) comes back without "online", and leaves a ghost of us to be asked
  // meanwhile. SASL2 would enable it by another way.
  entity.prependListener("element", (element) => {
    if (element.getName() === "features") element.remove("sm", NS_SM).remove("authentication");
  });
  return entity;
}

/** xmpp.js names the host it connects to, and trusts the system only; XEP-0368 wants the domain. */
function trust(entity: Entity, domain: string, ca: string | undefined): void {
  const transports = entity.transports ?? [];
  entity.transports?.splice(0, Infinity, ...transports.map((Base) => class extends Base {
    override socketParameters(service: string): ReturnType<Transport["socketParameters"]> {
      const parameters = super.socketParameters(service);
      if (!parameters || !service.startsWith("xmpps:")) return parameters;
      return { ...parameters, servername: domain, ALPNProtocols: ["xmpp-client"], ...ca && { ca } };
    }
  }));
}
