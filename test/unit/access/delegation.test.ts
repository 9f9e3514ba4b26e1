/** "*": whichever component of the own server is a provisioning server. */
import { expect, test } from "vitest";
import { COMPONENTS_MAX } from "../../../firmware/config.js";
import { Actor } from "../../sim/actor.js";
import { Authority } from "../../sim/authority.js";
import { AUTHORITY_COMPONENT, World } from "../../sim/world.js";

/** A server with so many components, of which one provisions; whom the device then asked. */
function look(components: number, place: number): { world: World; asked: string[] } {
  const world = new World({ provisioning: "*" });
  const asked: string[] = [];
  for (let i = 0; i < components; i++) {
    if (i === place) new Authority(world, AUTHORITY_COMPONENT);
    else new Actor(world.wire, `c${i}.ex.org`).login();
  }
  const { observe } = world.wire;
  world.wire.observe = (direction, stanza) => {
    observe(direction, stanza);
    const { to = "", type } = stanza.attributes;
    if (direction === "out" && type === "get" && world.wire.components.has(to)) asked.push(to);
  };
  world.start();
  world.pass(2000);
  return { world, asked };
}

test.each([0, 1, COMPONENTS_MAX - 1])("found at place %i among as many as the limit", (place) => {
  const { world, asked } = look(COMPONENTS_MAX, place);
  expect(world.device.status().trust).toEqual([AUTHORITY_COMPONENT]);
  expect(asked.at(-1)).toBe(AUTHORITY_COMPONENT);
  expect(asked.length).toBe(COMPONENTS_MAX - place);
});

test("one more is not looked at, though the rest is", () => {
  const { world, asked } = look(COMPONENTS_MAX + 1, COMPONENTS_MAX);
  expect(world.device.status().trust).toEqual([]);
  expect(asked.length).toBe(COMPONENTS_MAX);
  expect(asked).not.toContain(AUTHORITY_COMPONENT);
});

test("one more at the end takes no place from the first", () => {
  const { world, asked } = look(COMPONENTS_MAX + 1, 0);
  expect(world.device.status().trust).toEqual([AUTHORITY_COMPONENT]);
  expect(asked).not.toContain(`c${COMPONENTS_MAX}.ex.org`);
});
