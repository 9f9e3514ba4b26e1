/** The factory reset in the demo, by its drawn button: told in words, and the story goes on. */
import { afterEach, expect, test } from "vitest";
import { Stage } from "../../../demo/stage.js";

const BOOT_MS = 300;
const stage = new Stage();
afterEach(() => stage.close());

const pair = async (): Promise<void> => {
  await stage.act("befriend", {});
  await expect.poll(() => stage.state().board.pairing?.who).toBe("authority");
  await stage.act("button", { press: 200 });
  await expect.poll(() => stage.state().board.trust.length).toBe(1);
};

test("held for ten seconds the board trusts nobody, and can be paired again", async () => {
  await stage.open();
  await expect.poll(() => stage.state().board.isOnline).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, BOOT_MS));
  await pair();
  await stage.act("button", { down: true });
  await expect.poll(() => stage.state().board.says).toContain("blinks slowly");
  await expect.poll(() => stage.state().board.says).toContain("to erase everything");
  await stage.act("button", { down: false });
  await expect.poll(() => stage.state().board.trust).toEqual([]);
  await expect.poll(() => stage.state().board.says).toBe("the factory reset is done");
  await expect.poll(() => stage.state().board.says).toBe("");
  await expect.poll(() => stage.state().board).toMatchObject({ isOnline: true, friends: [] });
  await pair();
});
