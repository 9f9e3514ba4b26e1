/**
 * The page in a real Chromium: a second board is added, by mouse and by keyboard, with the code
 * that its label says and with another one.
 */
import decodeQR from "qr/decode.js";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { checkCharacter, readCode } from "../../flash/code.js";
import { parseLabel } from "../../flash/label.js";
import { IS_SKIPPED } from "./chromium.js";
import { Demo } from "./demo.js";

const STORY_MS = 180000;
/** A button that has never been up since the start is taken for a broken one. */
const BOOT_MS = 300;
const CAMERA_PX = 200;

describe.skipIf(IS_SKIPPED)("a second board on the page", () => {
  let demo: Demo;
  let page: Page;

  beforeAll(async () => {
    demo = await Demo.start();
    page = demo.page;
  });
  afterAll(() => demo.end());
  beforeEach(() => demo.restart());

  const text = (selector: string, part: string | RegExp) => demo.text(selector, part);
  const step = (title: string): Promise<void> =>
    text("#arrival-steps li[aria-current=step] h3", title);
  const label = async (): Promise<string> => (await page.locator("#label-code").textContent())!;

  /** What a telephone's camera would see; drawn elsewhere, as this page loads no pictures. */
  async function scan(): Promise<string> {
    const svg = await page.locator("#sticker .symbol").innerHTML();
    const camera = await page.context().browser()!.newPage();
    const data = await camera.evaluate(async ([text, size]) => {
      const image = new Image(size, size);
      image.src = `data:image/svg+xml,${encodeURIComponent(
        text.replace("<svg ", `<svg width="${size}" height="${size}" `))}`;
      await image.decode();
      const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
      const context = canvas.getContext("2d")!;
      context.fillStyle = "#fff";
      context.fillRect(0, 0, size, size);
      context.drawImage(image, 0, 0, size, size);
      return [...context.getImageData(0, 0, size, size).data];
    }, [svg, CAMERA_PX] as const);
    await camera.close();
    return decodeQR({ width: CAMERA_PX, height: CAMERA_PX, data: Uint8Array.from(data) });
  }

  test("goes from its box to being trusted and read", async () => {
    await page.locator("#unpack").click();
    await text("#newcomer-state", "without a network");
    await step("Somebody waits for it");
    const code = await label();
    await page.locator("#code").fill(code.toLowerCase());
    await page.locator("#await").click();
    await text("#network", /in the network XPR1-/);
    await step("Its button is pressed");
    await page.waitForTimeout(BOOT_MS);
    await page.locator("#new-button").click({ delay: 200 });
    await text("#newcomer-state", "online");
    await text("#newcomer-jid", /^board-[0-9a-f]{6}@home\.example$/);
    await step("The visitor reads it");
    await page.locator("#meet[aria-disabled=false]").click();
    await text("#new-reply .values", "21.5 °C");
    await expect.poll(() => page.locator("#arrival-steps li.done").count()).toBe(8);
    // All of it was really sent, and is told apart from what the first board says.
    for (const name of ["canRead", "fields", "disco#info"]) {
      await text("#lines li.second:not(.noise) .text", name);
    }
    await text("#lines li.second.note", "It trusts the provisioning server");
    await text("#trust", "nobody");
    await text("#steps li[aria-current=step] h3", "The provisioning server asks");
    await demo.picture("newcomer");
  }, STORY_MS);

  test("another code gives nothing, and the right one is still welcome; by keyboard", async () => {
    await page.locator("#unpack").focus();
    await page.keyboard.press("Enter");
    await text("#newcomer-state", "without a network");
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe("code");
    const code = await label();
    const digits = readCode(code).slice(0, -1);
    const other = (digits[0] === "0" ? "1" : "0") + digits.slice(1);
    await page.keyboard.type("1XN-DP3-WW4");
    await page.keyboard.press("Enter");
    await text("#toast.shown", "no pairing code");
    await page.locator("#code").fill("");
    await page.keyboard.type(other + checkCharacter(other));
    await page.keyboard.press("Enter");
    await step("Its button is pressed");
    await press();
    await text("#arrival-steps li.failed p", "another code");
    await text("#lines li.second.bad", "nothing learned, nothing given");
    await page.locator("#code").fill("");
    await page.locator("#code").focus();
    await page.keyboard.type(code);
    await page.keyboard.press("Enter");
    await step("Its button is pressed");
    await press();
    await text("#newcomer-state", "online");
  }, STORY_MS);

  async function press(): Promise<void> {
    await page.waitForTimeout(BOOT_MS);
    await page.locator("#new-button").focus();
    await page.keyboard.down("Space");
    await page.locator("#new-button[aria-pressed=true]").waitFor();
    await page.keyboard.up("Space");
  }

  test("the first board waits for it, once somebody it trusts can ask for that", async () => {
    await page.locator("#unpack").click();
    expect(await page.locator("#lend").isVisible()).toBe(false);
    await demo.pair();
    await page.locator("#by-board").check();
    await page.locator("#code").fill(await label());
    await page.locator("#await").click();
    await text("#network", /in the network XPR1-[0-9A-F]{4}-/);
    await page.locator("#new-button").click({ delay: 200 });
    await text("#newcomer-state", "online");
    await text("#lines li:not(.noise) .text", "Wait for a new board, and let it in");
    await text("#lines li:not(.noise) .text", "It has what it needs, and tries it");
  }, STORY_MS);

  test("the label's QR code says what the label says", async () => {
    await page.locator("#unpack").click();
    const code = await label();
    expect(parseLabel(await scan())).toMatchObject({ code: readCode(code), serial: "" });
  }, STORY_MS);

  test("at each width, light and dark, nothing runs out of the page and nobody is shut out", async () => {
    await page.locator("#unpack").click();
    await page.locator("#code").fill(await label());
    await page.locator("#await").click();
    await text("#network", /in the network XPR1-/);
    await demo.lookAround("newcomer-", async (other) => {
      await other.locator("#sticker svg").waitFor();
      // A scanner needs dark on light in either scheme.
      const paper = await other.locator("#sticker").evaluate((one) =>
        getComputedStyle(one).backgroundColor);
      expect(paper).toBe("rgb(255, 255, 255)");
    });
  }, STORY_MS);
});
