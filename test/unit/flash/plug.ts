/** A board that is imitated, on a pseudo-terminal: for commands that run as they are shipped. */
import { FakeConsole, type Kind } from "./fake.js";
import { FakeLoader } from "./loader.js";
import { Pty } from "./pty.js";

export class FakeBoard {
  readonly console: FakeConsole;
  readonly loader = new FakeLoader();
  /** The chip waits for its interpreter; it has none. */
  isLoading = false;

  private constructor(readonly pty: Pty, kind: Kind) {
    this.console = new FakeConsole(kind);
    this.console.onText = (text) => pty.write(text);
    this.loader.onText = (text) => pty.write(text);
    pty.onText = (text) => {
      if (this.isLoading) this.loader.feed(text);
      // The third file is verified: it starts.
      if (this.loader.sums === 3) this.isLoading = false;
      else if (this.isLoading) return;
      this.console.feed(text);
    };
  }

  static async plugIn(kind: Kind): Promise<FakeBoard> {
    return new FakeBoard(await Pty.open(), kind);
  }

  get port(): string {
    return this.pty.path;
  }

  async unplug(): Promise<void> {
    this.console.halt();
    await this.pty.close();
  }
}
