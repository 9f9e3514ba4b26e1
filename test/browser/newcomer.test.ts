/**
 * The page in a real Chromium: a second board is added, by mouse and by keyboard, with the code
 * that its label says and with another one. Skipped where there is no Chromium, unless CI says
 * that there must be one.
 */
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type Page, chromium } from "playwright-core";
import decodeQR from "qr/decode.js";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { loadPage } from "../../demo/page.js";
import { Stage } from "../../demo/stage.js";
import { type Web, createApp, listen } from "../../demo/web.js";
import { checkCharacter, readCode } from "../../flash/code.js";
import { parseLabel } from "../../flash/label.js";

const CHROMIUM = "/usr/bin/chromium";
const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const PATIENCE_MS = 60000;
const STORY_MS = 180000;
/** A button that has never been up since the start is taken for a broken one. */
const BOOT_MS = 300;
const CAMERA_PX = 400;

/** Whoever wants to look at the pictures says where they shall stay. */
const KEPT = process.env["SCREENSHOTS"] ?? "";

const isMissing = !existsSync(CHROMIUM);
const isNeeded = process.env["CI"] === "true";
if (isMissing && !isNeeded) console.log(`the page is not tested: there is no ${CHROMIUM}`);

describe.skipIf(isMissing && !isNeeded)("a second board on the page", () => {
  let browser: Browser;
  let stage: Stage;
  let web: Web;
  let page: Page;
  let folder: string;
  const faults: string[] = [];

  beforeAll(async () => {
    folder = KEPT || await mkdtemp(join(tmpdir(), "thingward-page-"));
    stage = new Stage();
    const [files] = await Promise.all([loadPage(), stage.open()]);
    web = await listen(createApp(stage, files), 0);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    page = await open(1440, 900, "light");
  });
  afterAll(async () => {
    await browser?.close();
    web?.close();
    await stage?.close();
    if (folder && !KEPT) await rm(folder, { recursive: true, force: true });
    expect(faults).toEqual([]);
  });
  beforeEach(async () => {
    await stage.act("restart", {});
    await text("#board-state", "online");
    await text("#newcomer-state", "in its box");
  });

  async function open(width: number, height: number, colorScheme: "light" | "dark") {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme });
    const one = await context.newPage();
    one.setDefaultTimeout(PATIENCE_MS);
    one.on("console", (message) => {
      // What is refused with a reason (409) is also told by the browser.
      const isRefusal = message.text().includes("409");
      if (["error", "warning"].includes(message.type()) && !isRefusal) faults.push(message.text());
    });
    one.on("pageerror", (error) => faults.push(error.message));
    await one.goto(web.url);
    return one;
  }

  const text = (selector: string, part: string | RegExp): Promise<void> =>
    page.locator(selector).filter({ hasText: part }).first().waitFor();
  const step = (title: string): Promise<void> =>
    text("#arrival-steps li[aria-current=step] h3", title);
  const label = async (): Promise<string> => (await page.locator("#label-code").textContent())!;

  /** What a telephone's camera would see; drawn elsewhere, as this page loads no pictures. */
  async function scan(): Promise<string> {
    const svg = await page.locator("#sticker .symbol").innerHTML();
    const camera = await browser.newPage();
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
    await page.screenshot({ path: join(folder, "newcomer.png"), fullPage: true });
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
    await page.locator("#next").filter({ hasText: "Send the request" }).click();
    await page.locator(".board.pairing").waitFor();
    await page.locator("#next").filter({ hasText: "Press the button" }).click();
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

  test("at each width, light and dark, nothing runs out of the page", async () => {
    await page.locator("#unpack").click();
    await page.locator("#code").fill(await label());
    await page.locator("#await").click();
    await text("#network", /in the network XPR1-/);
    for (const width of [360, 390, 768, 1024, 1280, 1920]) {
      for (const scheme of ["light", "dark"] as const) {
        const other = await open(width, 900, scheme);
        await other.locator("#sticker svg").waitFor();
        await other.screenshot({ path: join(folder, `newcomer-${width}-${scheme}.png`),
          fullPage: true });
        const [inner, outer] = await other.evaluate(() =>
          [document.documentElement.scrollWidth, window.innerWidth]);
        expect(inner, `${width} ${scheme}`).toBeLessThanOrEqual(outer!);
        // A scanner needs dark on light in either scheme.
        const paper = await other.locator("#sticker").evaluate((one) =>
          getComputedStyle(one).backgroundColor);
        expect(paper).toBe("rgb(255, 255, 255)");
        await other.context().close();
      }
    }
  }, STORY_MS);
});
