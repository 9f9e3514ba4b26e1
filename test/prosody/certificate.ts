/** A CA of the test's own, the certificate that it signed for a server, and a CA that did not. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generate } from "selfsigned";

const DAY_MS = 86400000;

/** `rsa` is for those who know the old key exchange alone. */
export async function writeCertificates(
  folder: string, domain: string, keyType: "rsa" | "ec",
): Promise<void> {
  const period = {
    notBeforeDate: new Date(Date.now() - DAY_MS), notAfterDate: new Date(Date.now() + DAY_MS),
    algorithm: "sha256", keySize: 2048, keyType,
  };
  const authority = (name: string) => generate([{ name: "commonName", value: name }], {
    ...period, extensions: [{ name: "basicConstraints", cA: true, critical: true }],
  });
  const [ca, other] = await Promise.all([authority("Test CA"), authority("Other CA")]);
  const server = await generate([{ name: "commonName", value: domain }], {
    ...period, ca: { key: ca.private, cert: ca.cert },
    extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: domain }] }],
  });
  const secret = { mode: 0o600 };
  await Promise.all([
    writeFile(join(folder, "ca.pem"), ca.cert), writeFile(join(folder, "other.pem"), other.cert),
    writeFile(join(folder, "server.pem"), server.cert),
    writeFile(join(folder, "server.key"), server.private, secret),
    writeFile(join(folder, "both.pem"), `${server.cert}\n${server.private}`, secret),
  ]);
}
