/**
 * Connections of Node. Direct TLS is verified for the JID's domain before `onOpen`: where it fails,
 * the firmware never gets to send a byte, and hears why.
 */
import { connect as connectPlain, isIP } from "node:net";
import type { Socket as NodeSocket } from "node:net";
import { DEFAULT_CIPHERS, checkServerIdentity, connect as connectTls } from "node:tls";
import type { PeerCertificate } from "node:tls";
import { domainToASCII } from "node:url";
import type { Endpoint, Network, Socket, SocketListener } from "../hal.js";
import { HostSocket, type Observer, SILENT, closeAll, explain } from "./socket.js";
import { fromWire } from "./text.js";

/** Level 2 of OpenSSL: 112 bits, so RSA keys of 2,048 at least, and no signature over SHA-1. */
const CIPHERS = `${DEFAULT_CIPHERS}:@SECLEVEL=2`;
export interface NetworkOptions {
  /** PEM texts that take the place of the system's authorities. */
  ca?: string[];
  observer?: Observer;
}

export class HostNetwork implements Network {
  readonly verifies = true;
  private readonly sockets = new Set<HostSocket>();

  constructor(private readonly options: NetworkOptions = {}) {}

  /** The loopback interface is always there, and a connect that fails costs nobody else time. */
  isUp(): boolean {
    return true;
  }

  connect(endpoint: Endpoint, listener: SocketListener): Socket {
    const observer = this.options.observer ?? SILENT;
    const socket = new HostSocket(listener, observer, () => this.sockets.delete(socket));
    this.sockets.add(socket);
    observer.onConnect(endpoint);
    try {
      socket.attach(this.open(endpoint), endpoint.secure);
    } catch (error) {
      setImmediate(() => socket.end(explain(error as Error)));
    }
    return socket;
  }

  /** Resolves when what was written has left, or `limitMs` have passed. */
  closeAll(limitMs: number): Promise<void> {
    return closeAll(this.sockets, limitMs);
  }

  private open(endpoint: Endpoint): NodeSocket {
    const host = toDnsName(endpoint.host);
    const port = endpoint.port;
    if (!endpoint.secure) return connectPlain({ host, port });
    const name = toDnsName(endpoint.name);
    const trust = this.options.ca;
    return connectTls({
      host, port,
      servername: isIP(name) ? "" : name,
      ALPNProtocols: ["xmpp-client"],
      minVersion: "TLSv1.2",
      rejectUnauthorized: true,
      ciphers: CIPHERS,
      checkServerIdentity: (_host, certificate) => checkName(name, certificate),
      // A file with the server's own certificate is enough, whoever has signed it.
      ...(trust === undefined ? {} : { ca: trust, allowPartialTrustChain: true }),
    });
  }
}

/** Node falls back to the common name, which says nothing about hosts (RFC 9525 2). */
function checkName(name: string, certificate: PeerCertificate): Error | undefined {
  if (certificate.subjectaltname !== undefined) return checkServerIdentity(name, certificate);
  return new Error("the certificate names no host (subjectAltName)");
}

/** JIDs hold their domain in Unicode, DNS and certificates in ASCII. */
function toDnsName(wire: string): string {
  const text = fromWire(wire).replace(/^\[(.*)\]$/, "$1");
  return isIP(text) ? text : domainToASCII(text) || text;
}
