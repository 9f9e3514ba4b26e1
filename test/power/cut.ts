/**
 * Runs a scene once for every instant at which its power can fail: after, and in the middle of,
 * each write and erase; and again for every instant of each start that mends, two cuts deep and
 * more. After each the board starts from what is on flash, and must know the old state or the
 * new one, be without a fault, and work.
 */
import { Fault } from "../../firmware/fault.js";
import { PowerCut } from "../../hal/mock/flash.js";
import { MockRandom } from "../../hal/mock/random.js";
import { Parts, TracedFlash, boot, erased, facts } from "./part.js";
import type { Facts } from "./part.js";

export interface Scene {
  name: string;
  pages: number;
  /** Each with one commit point, so that between old and new there is nothing. */
  steps: ((parts: Parts) => void)[];
  /** Before the first step; not cut. */
  prepare?(parts: Parts): void;
  /** Every decision there may be, as `caller name`. */
  universe: string[];
  /** Decisions may be given up for want of room, in which case some of old and new will do. */
  isCrowded?: boolean;
  /** Texts that must not be in the image once so many steps have been done. */
  secrets?(done: number): string[];
}

export interface Report {
  points: number;
  violations: string[];
  /** Instants by depth: how many followed one cut, two, three. */
  depths: number[];
}

/** A cut: after the k-th operation (`keep` -1), or in it. */
interface Cut {
  operation: number;
  keep: number;
}

interface Expected {
  before: Facts;
  after: Facts;
  done: number;
}

/** Up to here every prefix of a write is tried. */
const WHOLE_BYTES = 40;
/** Of the instants in a start that mends, so many are cut, at each depth. */
const NESTED = [8, 3];
const DEPTH = 3;
/** One in so many nested starts is also put to work. */
const WORKED = 5;

export class Cutter {
  readonly report: Report = { points: 0, violations: [], depths: [] };
  private readonly random = new MockRandom("cut");

  /** `share` of the instants at depth 1, of 0 to 1; what is left out is chosen by the seed. */
  constructor(private readonly scene: Scene, private readonly share = 1) {}

  run(): Report {
    const { scene } = this;
    const parts = erased(scene.pages);
    scene.prepare?.(parts);
    const image = parts.flash.image();
    const states = this.rehearse(image);
    const trace = this.trace(image);
    for (const cut of this.cuts(trace, 1)) {
      if (this.share < 1 && this.random.below(1000) >= this.share * 1000) continue;
      this.play(image, cut, states);
    }
    return this.report;
  }

  /** The states between the steps, as a start would find them. */
  private rehearse(image: Buffer): Facts[] {
    const parts = boot(image);
    const states = [this.know(image)];
    for (const step of this.scene.steps) {
      take(step, parts);
      const found = this.know(parts.flash.image());
      const here = facts(parts, this.scene.universe);
      const agree = here.state === found.state && isWithin(here.decisions, found.decisions) &&
        isWithin(found.decisions, here.decisions);
      if (!agree) this.violate(`step ${states.length}: memory and flash disagree`);
      if (parts.fault !== Fault.None) this.violate(`step ${states.length}: fault ${parts.fault}`);
      const { trace } = boot(parts.flash.image()).flash;
      if (trace.length > 0) this.violate(`step ${states.length}: a start with nothing to mend writes`);
      states.push(found);
    }
    return states;
  }

  private trace(image: Buffer): number[] {
    const parts = boot(image);
    for (const step of this.scene.steps) take(step, parts);
    return parts.flash.trace;
  }

  private know(image: Buffer): Facts {
    return facts(boot(image), this.scene.universe);
  }

  private cuts(trace: number[], depth: number): Cut[] {
    const cuts: Cut[] = [];
    trace.forEach((size, index) => {
      const operation = index + 1;
      cuts.push({ operation, keep: -1 });
      for (const keep of this.keeps(size, depth)) cuts.push({ operation, keep });
    });
    return cuts;
  }

  /** Prefixes of a write; seeds for the mixture of a torn erase. */
  private keeps(size: number, depth: number): number[] {
    if (size < 0) return depth === 1 ? [1, 2, 3, 4] : [this.random.below(1000)];
    if (depth > 2) return [this.random.below(size)];
    const whole = depth === 1 ? WHOLE_BYTES : 8;
    const all = [...Array(size).keys()];
    if (size <= whole) return all;
    const ends = all.filter((keep) => keep < 13 || keep >= size - 4);
    const edge = depth === 1 ? ends : [0, 1, 2, 3, 4, 7, 8, size - 1];
    return [...new Set([...edge, this.random.below(size), this.random.below(size)])];
  }

  private some(cuts: Cut[], count: number): Cut[] {
    const chosen = [...cuts];
    while (chosen.length > count) chosen.splice(this.random.below(chosen.length), 1);
    return chosen;
  }

  private play(image: Buffer, cut: Cut, states: Facts[]): void {
    const parts = boot(image);
    arm(parts.flash, cut);
    let done = 0;
    try {
      for (const step of this.scene.steps) {
        take(step, parts);
        done++;
      }
      throw new Error("no cut came");
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
    }
    const expected = { before: states[done]!, after: states[done + 1]!, done };
    this.recover(parts.flash.image(), expected, `${at(cut)} in step ${done + 1}`, 1);
  }

  /** Starts; and, to a depth, starts with each cut in that start. */
  private recover(image: Buffer, expected: Expected, where: string, depth: number): void {
    const { report } = this;
    report.points++;
    report.depths[depth - 1] = (report.depths[depth - 1] ?? 0) + 1;
    let parts: Parts;
    try {
      parts = boot(image);
      this.check(parts, expected, where);
      if (depth === 1 || this.random.below(WORKED) === 0) this.work(parts, where);
    } catch (error) {
      this.violate(`${where}: ${(error as Error).stack}`);
      return;
    }
    if (depth >= DEPTH) return;
    const cuts = this.cuts(boot(image).flash.trace, depth + 1);
    for (const cut of this.some(cuts, NESTED[depth - 1]!)) {
      const next = new Parts(new TracedFlash(image));
      arm(next.flash, cut);
      try {
        next.load();
      } catch (error) {
        if (!(error instanceof PowerCut)) throw error;
      }
      this.recover(next.flash.image(), expected, `${where}, ${at(cut)} of the start`, depth + 1);
    }
  }

  private check(parts: Parts, expected: Expected, where: string): void {
    const { scene } = this;
    const { before, after, done } = expected;
    const started = parts.flash.image();
    const found = facts(parts, scene.universe);
    const isNew = found.state === after.state;
    if (!isNew && found.state !== before.state) this.violate(`${where}: a third state`);
    const either = new Set([...before.decisions, ...after.decisions]);
    const both = new Set([...before.decisions].filter((one) => after.decisions.has(one)));
    if (!isWithin(found.decisions, either)) this.violate(`${where}: a decision from nowhere`);
    if (!scene.isCrowded && !isWithin(both, found.decisions)) {
      this.violate(`${where}: a decision is lost`);
    }
    if (!scene.isCrowded && !same(found.decisions, before.decisions) &&
      !same(found.decisions, after.decisions)) this.violate(`${where}: half of the decisions`);
    if (parts.fault !== Fault.None) this.violate(`${where}: fault ${parts.fault}`);
    const isDone = before.state !== after.state && isNew;
    for (const secret of scene.secrets?.(isDone ? done + 1 : done) ?? []) {
      if (started.includes(secret, 0, "latin1")) this.violate(`${where}: ${secret} is still there`);
    }
  }

  /** It takes a decision and an account, keeps them, and forgets when told to. */
  private work(parts: Parts, where: string): void {
    parts.decide("worker@ex.org", "w", true, 9999);
    parts.setPassword("works");
    const again = boot(parts.flash.image());
    if (!again.served("worker@ex.org", "w")) this.violate(`${where}: takes no decision`);
    if (again.fault !== Fault.None) this.violate(`${where}: fault ${again.fault} in the end`);
    if (again.account.secret !== "works") this.violate(`${where}: takes no account`);
    if (!again.cache.clear()) this.violate(`${where}: does not clear`);
    const last = boot(again.flash.image());
    if (last.cache.entries !== 0) this.violate(`${where}: does not stay clear`);
  }

  private violate(text: string): void {
    this.report.violations.push(`${this.scene.name}: ${text}`);
  }
}

/** As a device does it: what a step has left to do is done at the end of its tick. */
function take(step: (parts: Parts) => void, parts: Parts): void {
  step(parts);
  parts.rest();
}

function arm(flash: TracedFlash, cut: Cut): void {
  if (cut.keep < 0) flash.cutAfter(cut.operation);
  else flash.cutInside(cut.operation, cut.keep);
}

function at(cut: Cut): string {
  return `cut ${cut.keep < 0 ? "after" : `at ${cut.keep} in`} operation ${cut.operation}`;
}

function isWithin(some: Set<string>, all: Set<string>): boolean {
  return [...some].every((one) => all.has(one));
}

function same(one: Set<string>, other: Set<string>): boolean {
  return one.size === other.size && isWithin(one, other);
}
