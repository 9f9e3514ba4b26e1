/** What only its provisioning server may know of a device: how worn its flash is. */
import { expect, test } from "vitest";
import { print } from "../../sim/markup.js";
import { World } from "../../sim/world.js";

const REQ = "<req xmlns='urn:xmpp:iot:sensordata' seqnr='7'";

test("the provisioning server reads the wear of the flash as a status field", () => {
  const world = new World();
  const { actor } = world.trusting();
  actor.take();
  actor.send(`<iq type='get' to='${world.jid}'>${REQ} status='true'/></iq>`);
  world.settle();
  const fields = actor.takeSaid().map((stanza) => print(stanza)).find((xml) => xml.includes("fields"));
  const erases = world.device.status().erases;
  expect(erases).toBeGreaterThan(0);
  expect(fields).toContain("nodeId='device'");
  expect(fields).toContain("name='Erases'");
  expect(fields).toContain("status='true'");
  expect(fields).toContain(`value='${erases}'`);
});

test("a friend who may read everything does not, whatever it asks for", () => {
  const world = new World();
  const visitor = world.friend();
  world.trusting().decide("yes");
  for (const types of ["all='true'", "status='true'", "momentary='true' status='true'"]) {
    visitor.read(types);
    visitor.read(types, "<node nodeId='device'/>");
  }
  expect(visitor.hears().join(" ")).not.toContain("Erases");
});
