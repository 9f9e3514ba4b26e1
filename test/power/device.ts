/**
 * The promises on the whole device over the wire: the scene is played again for each flash
 * operation of its last act, with the power cut after or in the middle of it; then the board
 * gets power again, and the others on the network see what it does.
 */
import { RESET_HOLD_MS } from "../../firmware/config.js";
import { PowerCut } from "../../hal/mock/flash.js";
import { AUTHORITY_ACCOUNT, AUTHORITY_COMPONENT, World } from "../sim/world.js";
import { Authority } from "../sim/authority.js";
import { childOf } from "../sim/markup.js";
import type { Visitor } from "../sim/visitor.js";

export interface Play {
  name: string;
  /** Up to the act that is cut. */
  prepare(): Stage;
  act(stage: Stage): void;
  /**
   * With power again; what is wrong, or nothing. `begun`: one operation at least was whole;
   * `whole`: so many were.
   */
  check(stage: Stage, begun: boolean, whole: number): string[];
}

export interface Stage {
  world: World;
  authority: Authority;
  visitor: Visitor | null;
}

export interface Outcome {
  points: number;
  violations: string[];
}

const MASTER = "authority@ex.org";

/** Every operation of the act: after it, and torn at some lengths. */
export function perform(play: Play, keeps = [0, 1, 3, 5, 9, 20]): Outcome {
  const outcome: Outcome = { points: 0, violations: [] };
  const dry = play.prepare();
  const before = dry.world.board.flash.operations;
  play.act(dry);
  const operations = dry.world.board.flash.operations - before;
  for (let operation = 1; operation <= operations; operation++) {
    for (const keep of [-1, ...keeps]) {
      const stage = play.prepare();
      const { flash } = stage.world.board;
      if (keep < 0) flash.cutAfter(operation);
      else flash.cutInside(operation, keep);
      lose(stage.world, () => play.act(stage));
      outcome.points++;
      const whole = keep < 0 ? operation : operation - 1;
      const where = `${play.name}, operation ${operation}, ${keep < 0 ? "after" : keep}`;
      outcome.violations.push(...play.check(stage, whole > 0, whole).map((one) => `${where}: ${one}`));
      if (stage.world.device.status().defect) outcome.violations.push(`${where}: a defect`);
    }
  }
  return outcome;
}

/** Runs until power fails, and puts it back. */
function lose(world: World, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof PowerCut)) throw error;
  }
  world.isOn = false;
  world.board.button.down = false;
  world.board.flash.revive();
  world.cutPower();
  world.start();
}

const pairing: Play = {
  name: "pairing",
  prepare: () => {
    const world = new World().start();
    const authority = new Authority(world, AUTHORITY_ACCOUNT);
    authority.actor.send(`<presence type='subscribe' to='${world.account}'/>`);
    world.pass(1000);
    return { world, authority, visitor: null };
  },
  act: ({ world }) => {
    world.owner.press();
    world.pass(3000);
  },
  check: ({ world }, begun) => {
    const wrong: string[] = [];
    const { trust } = world.device.status();
    // Before the press none; when all the words have been said, whole.
    if (trust.some((one) => one !== MASTER)) wrong.push(`trusts ${trust.join()}`);
    if (trust.length === 0) {
      world.pass(3000);
      if (begun && !world.device.status().trust.length) wrong.push("the press is forgotten");
      if (!world.device.status().trust.length) {
        world.owner.press();
        world.pass(3000);
      }
    }
    if (world.device.status().trust.join() !== MASTER) wrong.push("cannot be paired any more");
    return wrong;
  },
};

const clearing: Play = {
  name: "clearCache",
  prepare: () => {
    const world = new World();
    const visitor = world.friend();
    const authority = world.trusting(AUTHORITY_COMPONENT);
    authority.decide("yes");
    visitor.read();
    visitor.read("all='true'");
    authority.decide("no");
    authority.hears();
    authority.actor.take();
    return { world, authority, visitor };
  },
  act: ({ world, authority }) => {
    authority.clearCache();
    world.pass(200);
  },
  check: ({ world, authority, visitor }) => {
    const said = authority.actor.take();
    const acknowledged = said.some((one) => Boolean(childOf(one, "clearCacheResponse")));
    visitor!.actor.take();
    visitor!.read();
    world.pass(1000);
    const isServed = visitor!.hears().some((one) => one.startsWith("fields"));
    return acknowledged && isServed ? ["an acknowledged clearing was forgotten"] : [];
  },
};

const unfriending: Play = {
  name: "unfriend",
  prepare: () => {
    const world = new World();
    const visitor = world.friend();
    const authority = world.trusting(AUTHORITY_COMPONENT);
    authority.decide("yes");
    visitor.read();
    authority.decide("no");
    visitor.actor.take();
    return { world, authority, visitor };
  },
  act: ({ world, authority }) => {
    authority.command("unfriend", "visitor@ex.org");
    world.pass(200);
  },
  check: ({ world, visitor }, begun) => {
    const wrong: string[] = [];
    world.pass(2000);
    const item = world.wire.account(world.account).roster.items.get("visitor@ex.org");
    const isFriend = world.device.status().friends.includes("visitor@ex.org");
    // Begun is: the record was written. Then the server has lost it, too.
    if (begun && isFriend) wrong.push("what had begun was not finished");
    if (isFriend !== Boolean(item)) wrong.push("device and server do not agree");
    visitor!.actor.take();
    visitor!.read();
    world.pass(1000);
    if (!isFriend && visitor!.hears().some((one) => one.startsWith("fields"))) {
      wrong.push("one that was unfriended is served");
    }
    const again = world.board.flash.operations;
    world.dropStream();
    world.pass(5000);
    if (world.board.flash.operations !== again) wrong.push("still busy with it");
    return wrong;
  },
};

/** A page's erase, its header, and the record that commits the reset. */
const RESET_BEGUN = 3;

const resetting: Play = {
  name: "factory reset by the button",
  prepare: () => {
    const world = new World();
    const visitor = world.friend();
    const authority = new Authority(world, AUTHORITY_ACCOUNT);
    authority.decide("yes");
    world.start();
    authority.actor.send(`<presence type='subscribe' to='${world.account}'/>`);
    world.settle();
    world.owner.press();
    world.pass(2000);
    visitor.read();
    visitor.actor.take();
    world.owner.hold();
    world.pass(RESET_HOLD_MS + 200);
    return { world, authority, visitor };
  },
  act: ({ world }) => {
    world.owner.release();
    world.pass(3000);
  },
  check: ({ world, authority, visitor }, _begun, whole) => {
    const wrong: string[] = [];
    world.pass(5000);
    const { trust, friends, entries } = world.device.status();
    const isOld = trust.join() === MASTER && friends.length === 2 && entries === 1;
    const isNew = trust.length + friends.length + entries === 0;
    if (!isOld && !isNew) wrong.push(`a third state: ${trust} ${friends} ${entries}`);
    // Within the record that commits it, either will do.
    const isEither = whole === RESET_BEGUN - 1;
    if (!isEither && isNew !== whole > RESET_BEGUN - 1) wrong.push("not what it had begun");
    visitor!.actor.take();
    visitor!.read();
    const isServed = visitor!.hears().some((one) => one.startsWith("fields"));
    if (isServed !== isOld) wrong.push(isOld ? "does not work" : "a friend of before is served");
    if (isOld) return wrong;
    const image = world.board.flash.image().toString("latin1");
    for (const secret of ["authority@", "visitor@"]) {
      if (image.includes(secret)) wrong.push(`${secret} is still there`);
    }
    const roster = [...world.wire.account(world.account).roster.items.values()];
    if (roster.some((one) => one.from || one.to)) wrong.push("friends have not been told");
    authority.actor.send(`<presence type='subscribe' to='${world.account}'/>`);
    world.settle();
    world.owner.press();
    world.pass(2000);
    world.dropStream();
    world.pass(5000);
    if (world.device.status().friends.join() !== MASTER) wrong.push("cannot be paired again");
    return wrong;
  },
};

export const plays = [pairing, clearing, unfriending, resetting];
