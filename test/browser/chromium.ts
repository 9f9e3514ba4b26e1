/**
 * A Chromium for tests of pages: opened at a width and a colour scheme, with everything written
 * down that a page complains about, and looked through for what shuts people out.
 */
import axe from "axe-core";
import { existsSync } from "node:fs";
import { type Browser, type Page, chromium } from "playwright-core";

const PROGRAM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const PATIENCE_MS = 60000;

/** Where there is no Chromium these tests are skipped, unless CI says that there must be one. */
export const IS_SKIPPED = !existsSync(PROGRAM) && process.env["CI"] !== "true";
if (IS_SKIPPED) console.log(`the pages are not tested: there is no ${PROGRAM}`);

export type Scheme = "light" | "dark";

export class Chromium {
  /** What pages wrote to their consoles, threw, or asked in dialogues. */
  readonly faults: string[] = [];

  private constructor(
    private readonly browser: Browser, private readonly isExpected: (fault: string) => boolean,
  ) {}

  static async start(isExpected: (fault: string) => boolean = () => false): Promise<Chromium> {
    return new Chromium(await chromium.launch({ executablePath: PROGRAM, args: FLAGS }), isExpected);
  }

  /** Without animations, whose middle has other colours, nothing is looked at too early. */
  async open(url: string, width = 1440, height = 900, colorScheme: Scheme = "light"): Promise<Page> {
    const context = await this.browser.newContext({ viewport: { width, height }, colorScheme,
      reducedMotion: "reduce" });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    page.on("console", (message) => this.note(message.type(), message.text()));
    page.on("pageerror", (error) => this.note("error", error.message));
    page.on("dialog", (dialog) => {
      this.note("error", "dialog");
      void dialog.dismiss();
    });
    await page.goto(url);
    return page;
  }

  close(): Promise<void> {
    return this.browser.close();
  }

  private note(type: string, fault: string): void {
    if (["error", "warning"].includes(type) && !this.isExpected(fault)) this.faults.push(fault);
  }
}

/** What WCAG 2.2 (A and AA) or good practice forbids, as far as a machine sees it. */
export async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    return violations.map(({ id, nodes }) =>
      `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
  });
}
