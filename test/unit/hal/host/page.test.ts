import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Control } from "../../../../hal/host/control.js";
import { Chromium, IS_SKIPPED, barriers } from "../../../browser/chromium.js";
import { createFakeBoard } from "./fake.js";

const ATTACK = "<iq from='x@y/&lt;img src=q onerror=alert(1)&gt;'><q xmlns='u'>&lt;b&gt;</q></iq>";

describe.skipIf(IS_SKIPPED)("the page in Chromium", () => {
  const fake = createFakeBoard();
  const control = new Control(fake.board);
  let chromium: Chromium;
  let page: Page;
  let base = "";

  beforeAll(async () => {
    base = await control.listen("127.0.0.1", 0);
    fake.board.start();
    chromium = await Chromium.start();
    page = await chromium.open(base);
  });
  afterAll(async () => {
    await chromium?.close();
    control.close();
    await fake.board.stop();
  });
  beforeEach(() => { fake.board.button.move(false); });

  const isDown = (down: boolean) => expect.poll(() => fake.board.button.read()).toBe(down);

  test("the button is pressed and held by mouse and by keyboard", async () => {
    const button = page.getByRole("button", { name: /^Button/ });
    await button.hover();
    await page.mouse.down();
    await isDown(true);
    await page.mouse.up();
    await isDown(false);
    for (const key of ["Space", "Enter"]) {
      await button.focus();
      await page.keyboard.down(key);
      await isDown(true);
      await page.keyboard.up(key);
      await isDown(false);
    }
  });

  test("a button that loses the finger does not stay down", async () => {
    await page.getByRole("button", { name: /^Button/ }).focus();
    await page.keyboard.down("Space");
    await isDown(true);
    await page.evaluate("document.activeElement.blur()");
    await isDown(false);
    await page.keyboard.up("Space");
  });

  test("a slider sets what its sensor reads, and shows it with unit and decimals", async () => {
    await page.getByLabel("Temperature").fill("-3.5");
    await expect.poll(() => fake.board.inputs().get("Temperature")!.read()).toBe(-3.5);
    expect(await page.locator("output").first().textContent()).toBe("-3.5 \u00b0C");
    await page.getByLabel("Humidity").focus();
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => fake.board.inputs().get("Humidity")!.read()).toBe(41);
  });

  test("LED, relays and connection are shown as they change", async () => {
    fake.firmware.hal.led.write(true);
    await page.getByRole("img", { name: "LED on" }).waitFor();
    fake.board.nodes[1]!.relays[0]!.output.write(true);
    await page.getByRole("img", { name: "relay1 on" }).waitFor();
    await page.getByRole("img", { name: "relay2 off" }).waitFor();
    fake.firmware.now = { ...fake.firmware.now, online: true, jid: "d@x.y/1", trust: ["p@x.y"] };
    await page.locator("#link.online", { hasText: "d@x.y/1" }).waitFor();
    await page.getByText("The device trusts p@x.y").waitFor({ state: "attached" });
  });

  test("what the LED says is said in words, and no longer than it says it", async () => {
    const says = page.locator("#pattern");
    for (const [pattern, words] of [["hold", "blinks slowly. Let go"], ["off", "all is well"]]) {
      fake.firmware.now = { ...fake.firmware.now, pattern: pattern! };
      // The LED changes with it, or nothing does, as when the last light of a word was dark.
      if (pattern !== "off") fake.firmware.hal.led.write(false);
      await expect.poll(() => says.textContent()).toContain(words);
    }
  });

  test("stanzas are listed with their direction, and what is in them stays text", async () => {
    fake.board.onTraffic("in", `<s xmlns='jabber:client'>${ATTACK}`);
    const row = page.locator("#log li.in").first();
    await row.locator("summary").click();
    expect(await row.locator("b").textContent()).toBe("\u2190 in");
    expect(await row.locator("pre").textContent()).toContain("&lt;b&gt;");
    expect(await page.locator("#log img, #log q").count()).toBe(0);
  });

  test.each(["light", "dark"] as const)("nobody is shut out, %s", async (scheme) => {
    fake.board.onTraffic("in", "<s xmlns='jabber:client'><iq from='x@y/z' type='get'/>");
    for (const width of [390, 1280]) {
      const other = await chromium.open(base, width, 800, scheme);
      await other.locator("#log li").first().waitFor();
      expect(await barriers(other)).toEqual([]);
      await other.context().close();
    }
  });

  test("the page asks nobody else for anything, and nothing was complained about", async () => {
    const asked = await page.evaluate(
      "performance.getEntriesByType('resource').map((entry) => entry.name)") as string[];
    expect(asked.filter((url) => !url.startsWith(base))).toEqual([]);
    expect(chromium.faults).toEqual([]);
  });
});
