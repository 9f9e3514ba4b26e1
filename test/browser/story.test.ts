/**
 * The page in a real Chromium: the story clicked through from the first request to the refusal,
 * then without power.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { IS_SKIPPED, barriers } from "./chromium.js";
import { Demo } from "./demo.js";

const STORY_MS = 120000;

describe.skipIf(IS_SKIPPED)("the page in Chromium", () => {
  let demo: Demo;

  beforeAll(async () => { demo = await Demo.start(); });
  afterAll(() => demo.end());
  beforeEach(() => demo.restart());

  const find = (selector: string) => demo.find(selector);
  const text = (selector: string, part: string | RegExp) => demo.text(selector, part);
  const next = (label: string) => demo.next(label);
  const step = (title: string): Promise<void> => text("#steps li[aria-current=step] h3", title);
  const arrows = (): Promise<string[]> =>
    find("#lines li.stanza:not(.noise) .text code").allTextContents();

  /** The board has forgotten what it knew before this rule: it will not answer by the old one. */
  const ruled = (read: string): Promise<void> => expect.poll(() => {
    const { rights, clearing } = demo.stage.state().authority;
    return [rights.read, clearing];
  }).toEqual([read, "acknowledged"]);

  test("the story, from the first request to the refusal, and on without power", async () => {
    await step("The provisioning server asks");
    await text("#trust", "nobody");
    await next("Send the request");
    await step("A person presses the button");
    await find("#led.lit").waitFor();
    await find("#led:not(.lit)").waitFor();
    await text("#seconds", /^(30|2\d) s$/);
    expect(await barriers(demo.page)).toEqual([]);
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
    expect(await barriers(demo.page)).toEqual([]);
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
    await demo.pair();
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
    expect(await demo.page.evaluate(() => document.activeElement?.id)).toBe("next");
    await find("#button").focus();
    await demo.page.keyboard.down("Space");
    await find("#button[aria-pressed=true]").waitFor();
    await demo.page.keyboard.up("Space");
    await text("#trust", "the provisioning server");
    await find("input[name=read][value=all]").press("ArrowRight");
    await text("#lines .note", "may read only the temperature");
  }, STORY_MS);

  test("an arrow shows its stanza, and housekeeping is shown on demand", async () => {
    await demo.pair();
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

  test("at each width, light and dark, nothing runs out of the page and nobody is shut out", async () => {
    await demo.pair();
    await next("Ask to be a friend");
    await find(".question").waitFor();
    await demo.lookAround("", async (page, scheme) => {
      await page.locator("#next").waitFor();
      const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      expect(paper).toBe(scheme === "dark" ? "rgb(20, 24, 26)" : "rgb(243, 241, 234)");
    });
  }, STORY_MS);
});
