/**
 * The page in a real Chromium: the story clicked through from the first request to the refusal,
 * then without power. Skipped where there is no Chromium, unless CI says that there must be one.
 */
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type Locator, type Page, chromium } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { loadPage } from "../../demo/page.js";
import { Stage } from "../../demo/stage.js";
import { type Web, createApp, listen } from "../../demo/web.js";

const CHROMIUM = "/usr/bin/chromium";
const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const PATIENCE_MS = 40000;
const STORY_MS = 120000;
const WINDOW_MS = 30000;

/** Whoever wants to look at the pictures says where they shall stay. */
const KEPT = process.env["SCREENSHOTS"] ?? "";

const isMissing = !existsSync(CHROMIUM);
const isNeeded = process.env["CI"] === "true";
if (isMissing && !isNeeded) console.log(`the page is not tested: there is no ${CHROMIUM}`);

describe.skipIf(isMissing && !isNeeded)("the page in Chromium", () => {
  let browser: Browser;
  let stage: Stage;
  let web: Web;
  let page: Page;
  let folder: string;
  const faults: string[] = [];

  beforeAll(async () => {
    folder = KEPT || await mkdtemp(join(tmpdir(), "thingward-page-"));
    stage = new Stage({ windowMs: WINDOW_MS });
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
  });

  async function open(width: number, height: number, colorScheme: "light" | "dark") {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme });
    const one = await context.newPage();
    one.setDefaultTimeout(PATIENCE_MS);
    one.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) faults.push(message.text());
    });
    one.on("pageerror", (error) => faults.push(error.message));
    await one.goto(web.url);
    return one;
  }

  const find = (selector: string): Locator => page.locator(selector);
  const text = (selector: string, part: string | RegExp): Promise<void> =>
    page.locator(selector).filter({ hasText: part }).first().waitFor();
  const step = (title: string): Promise<void> => text("#steps li[aria-current=step] h3", title);
  /** The story's own button, by what it says. */
  const next = (label: string): Promise<void> =>
    find("#next").filter({ hasText: label }).click();
  const arrows = (): Promise<string[]> =>
    find("#lines li.stanza:not(.noise) .text code").allTextContents();

  /** The board has forgotten what it knew before this rule: it will not answer by the old one. */
  const ruled = (read: string): Promise<void> => expect.poll(() => {
    const { rights, clearing } = stage.state().authority;
    return [rights.read, clearing];
  }).toEqual([read, "acknowledged"]);

  async function pair(): Promise<void> {
    await next("Send the request");
    await find(".board.pairing").waitFor();
    await next("Press the button");
    await text("#trust", "the provisioning server");
  }

  test("the story, from the first request to the refusal, and on without power", async () => {
    await step("The provisioning server asks");
    await text("#trust", "nobody");
    await next("Send the request");
    await step("A person presses the button");
    await find("#led.lit").waitFor();
    await find("#led:not(.lit)").waitFor();
    await text("#seconds", /^(30|2\d) s$/);
    await next("Press the button");
    await text("#trusted", "its word decides");
    await step("A visitor asks to be a friend");
    await next("Ask to be a friend");
    await text("#reply .title.bad", "does not want to be my friend");
    await text(".question", "May the visitor be a friend of the board?");
    await next("Answer yes");
    await find(".question").waitFor({ state: "detached" });
    await next("Ask again");
    await text("#visitor-state", "a friend");
    await step("The visitor reads");
    await next("Read the sensors");
    await text("#reply .values", "21.5 °C");
    await step("The visitor switches a relay");
    await next("Switch relay 1 on");
    await find("#relay1.on").waitFor();
    expect(await find("#relay2.on").count()).toBe(0);
    await step("The rule changes");
    await next("Forbid reading");
    await ruled("none");
    await text("#clearing", "has forgotten");
    await find("input[name=read][value=none]:checked").waitFor({ state: "attached" });
    await next("Read again");
    await text("#reply .title.bad", "Refused");
    await step("Encore: pull the plug");
    expect(await arrows()).toEqual(expect.arrayContaining(["subscribe", "subscribed", "disco#info",
      "isFriend", "isFriendResponse", "unsubscribed", "canRead", "canReadResponse", "fields",
      "canControl", "setResponse", "clearCache", "clearCacheResponse", "rejected"]));
    await next("Allow reading");
    await ruled("all");
    await next("Read the sensors");
    await next("Switch the provisioning server off");
    await text("#authority-state", "switched off");
    await next("Pull the plug");
    await text("#board-state", "no power");
    await find("#relay1:not(.on)").waitFor();
    await next("Plug it in again");
    await text("#board-state", "online");
    await next("Read the sensors");
    await text("#reply", "The board remembered an earlier answer: nobody had to be asked.");
    expect(await find("#steps li.done").count()).toBe(8);
    await next("Start over");
    await step("The provisioning server asks");
    expect(await arrows()).toEqual([]);
  }, STORY_MS);

  test("by the controls themselves, in another order", async () => {
    await find("button:has-text('Everything')").click();
    await text("#reply", "I do not know where the board is");
    await pair();
    await find("#rights label:has-text('Yes')").click();
    await find("#ask").click();
    await text("#visitor-state", "a friend");
    await find("#rights label:has-text('Only temperature')").click();
    await find("input[value=temperature]:checked").waitFor({ state: "attached" });
    await text("#clearing", "has forgotten");
    await find("#sensor-Temperature").fill("-3.5");
    await find("button:has-text('Everything')").click();
    await text("#reply", "nothing else");
    await text("#reply .values", "-3.5 °C");
    await find("[aria-label='Relay 2'] button:has-text('On')").click();
    await text("#reply", "Refused");
    await find("#toggle").click();
    await text("#authority-state", "switched off");
    expect(await find("#rights input:enabled").count()).toBe(0);
    await find("[aria-label='Relay 1'] button:has-text('On')").click();
    await text("#reply", "Not now");
  }, STORY_MS);

  test("with a keyboard alone, the board's button included", async () => {
    await find("#next").filter({ hasText: "Send the request" }).press("Enter");
    await find(".board.pairing").waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("next");
    await find("#button").focus();
    await page.keyboard.down("Space");
    await find("#button[aria-pressed=true]").waitFor();
    await page.keyboard.up("Space");
    await text("#trust", "the provisioning server");
    await find("input[name=read][value=all]").press("ArrowRight");
    await text("#lines .note", "may read only the temperature");
  }, STORY_MS);

  test("an arrow shows its stanza, and housekeeping is shown on demand", async () => {
    await pair();
    const line = find("#lines li").filter({ hasText: "disco#info" }).first();
    await line.locator("button").click();
    const xml = await line.locator("pre").textContent();
    expect(xml).toMatch(/^<iq [^\n]*type="get"[^\n]*>\n {2}<query xmlns="[^"]*disco#info"\/>\n<\/iq>$/);
    expect(await line.locator("button").getAttribute("aria-expanded")).toBe("true");
    await line.locator("button").click();
    expect(await line.locator("pre").count()).toBe(0);
    const roster = find("#lines li").filter({ hasText: "roster" }).first();
    expect(await roster.isVisible()).toBe(false);
    await find("#noise").check();
    expect(await roster.isVisible()).toBe(true);
    await find("#noise").uncheck();
  }, STORY_MS);

  test("at each width, light and dark, nothing runs out of the page", async () => {
    await pair();
    await next("Ask to be a friend");
    await find(".question").waitFor();
    for (const width of [360, 390, 768, 1024, 1280, 1920]) {
      for (const scheme of ["light", "dark"] as const) {
        const other = await open(width, 900, scheme);
        await other.locator("#next").waitFor();
        await other.screenshot({ path: join(folder, `${width}-${scheme}.png`), fullPage: true });
        const [inner, outer] = await other.evaluate(() =>
          [document.documentElement.scrollWidth, window.innerWidth]);
        expect(inner, `${width} ${scheme}`).toBeLessThanOrEqual(outer!);
        const paper = await other.evaluate(() => getComputedStyle(document.body).backgroundColor);
        expect(paper).toBe(scheme === "dark" ? "rgb(20, 24, 26)" : "rgb(243, 241, 234)");
        await other.context().close();
      }
    }
  }, STORY_MS);
});
