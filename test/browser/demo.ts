/** The page of `npm start` in a Chromium, with what its tests say again and again. */
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { loadPage } from "../../demo/page.js";
import { Stage } from "../../demo/stage.js";
import { type Web, createApp, listen } from "../../demo/web.js";
import { Chromium, type Scheme, barriers } from "./chromium.js";

/** Narrowest, phone, tablet, and the widths at which the layout is another one. */
const WIDTHS = [360, 390, 768, 1024, 1280, 1920];
/** One for each layout: here colours and barriers are looked at as well, which takes seconds. */
const EXAMINED = [390, 1280];

/** Whoever wants to look at the pictures says where they shall stay. */
const KEPT = process.env["SCREENSHOTS"] ?? "";

export class Demo {
  private constructor(
    readonly stage: Stage, readonly page: Page, private readonly web: Web,
    private readonly chromium: Chromium,
  ) {}

  static async start(): Promise<Demo> {
    const stage = new Stage();
    const [files] = await Promise.all([loadPage(), stage.open()]);
    const web = await listen(createApp(stage, files), 0);
    // What is refused with a reason (409) is told by the browser, too.
    const chromium = await Chromium.start((fault) => fault.includes("409"));
    return new Demo(stage, await chromium.open(web.url), web, chromium);
  }

  async end(): Promise<void> {
    await this.chromium.close();
    this.web.close();
    await this.stage.close();
    expect(this.chromium.faults).toEqual([]);
  }

  /** The story again, with parties who know nothing. */
  async restart(): Promise<void> {
    await this.stage.act("restart", {});
    await this.text("#board-state", "online");
    await this.text("#newcomer-state", "in its box");
  }

  find(selector: string): Locator {
    return this.page.locator(selector);
  }

  /** Waits until it says so. */
  text(selector: string, part: string | RegExp): Promise<void> {
    return this.find(selector).filter({ hasText: part }).first().waitFor();
  }

  /** The story's own button, by what it says. */
  next(label: string): Promise<void> {
    return this.find("#next").filter({ hasText: label }).click();
  }

  async pair(): Promise<void> {
    await this.next("Send the request");
    await this.find(".board.pairing").waitFor();
    await this.next("Press the button");
    await this.text("#trust", "the provisioning server");
  }

  async picture(name: string, page = this.page): Promise<void> {
    if (KEPT) await page.screenshot({ path: join(KEPT, `${name}.png`), fullPage: true });
  }

  /** As it is now, at each width, light and dark: nothing runs out, nobody is shut out. */
  async lookAround(name: string, look: (page: Page, scheme: Scheme) => Promise<void>) {
    for (const width of WIDTHS) await this.lookAt(name, width, "light", look);
    for (const width of EXAMINED) await this.lookAt(name, width, "dark", look);
  }

  private async lookAt(
    name: string, width: number, scheme: Scheme,
    look: (page: Page, scheme: Scheme) => Promise<void>,
  ): Promise<void> {
    const what = `${name}${width}-${scheme}`;
    const page = await this.chromium.open(this.web.url, width, 900, scheme);
    await look(page, scheme);
    await this.picture(what, page);
    const [inner, outer] = await page.evaluate(() =>
      [document.documentElement.scrollWidth, window.innerWidth]);
    expect(inner, what).toBeLessThanOrEqual(outer!);
    if (EXAMINED.includes(width)) expect(await barriers(page), what).toEqual([]);
    await page.context().close();
  }
}
