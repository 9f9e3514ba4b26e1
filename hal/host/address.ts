/**
 * Which addresses are this machine's own, and how hosts and ports are written.
 */
import { BlockList, isIP, isIPv6 } from "node:net";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  if (name === "localhost" || name.endsWith(".localhost")) return true;
  return isIP(name) !== 0 && LOOPBACK.check(name, isIPv6(name) ? "ipv6" : "ipv4");
}

/** The host of `host:port`, `[::1]:port` or `host`. */
export function splitAuthority(authority: string): string {
  return authority.replace(/:\d*$/, "");
}

/** A port as people write it, NaN when it is none; 0 only where any will do. */
export function parsePort(text: string, least: number): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  return port >= least && port <= 65535 ? port : NaN;
}
