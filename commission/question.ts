/**
 * What a person is asked: at a terminal with the comfort of one, else line by line from what is
 * piped in. Questions go to stderr where nobody types, so that stdout stays the report.
 */
import { createInterface } from "node:readline";
import type { Interface } from "node:readline";
import { confirm, input, password } from "@inquirer/prompts";
import { Misuse } from "../hal/host/argument.js";

export interface Asker {
  /** `check` says what is wrong with an answer, or "". */
  text(question: string, check: (answer: string) => string): Promise<string>;
  secret(question: string, check: (answer: string) => string): Promise<string>;
  yes(question: string): Promise<boolean>;
  close(): void;
}

/** A person who may mistype, and is asked again. */
class Person implements Asker {
  private readonly stop = new AbortController();

  text(message: string, check: (answer: string) => string): Promise<string> {
    return input({ message, validate: (answer) => check(answer) || true }, this.context());
  }

  secret(message: string, check: (answer: string) => string): Promise<string> {
    return password({ message, mask: "*", validate: (answer) => check(answer) || true },
      this.context());
  }

  yes(message: string): Promise<boolean> {
    return confirm({ message, default: true }, this.context());
  }

  close(): void {
    this.stop.abort();
  }

  private context() {
    return { signal: this.stop.signal };
  }
}

/** A script: one line for each question, and no second try. */
class Script implements Asker {
  private readonly lines: string[] = [];
  private readonly waiting: ((line: string | null) => void)[] = [];
  private reader: Interface | null = null;
  private isOver = false;

  async text(question: string, check: (answer: string) => string): Promise<string> {
    const line = await this.next(question);
    const fault = check(line);
    if (fault !== "") throw new Misuse(fault);
    return line;
  }

  secret(question: string, check: (answer: string) => string): Promise<string> {
    return this.text(question, check);
  }

  async yes(question: string): Promise<boolean> {
    return /^y(es)?$/i.test(await this.next(question));
  }

  close(): void {
    this.reader?.close();
  }

  private async next(question: string): Promise<string> {
    this.reader ??= this.open();
    const line = this.lines.shift() ?? (this.isOver ? null
      : await new Promise<string | null>((resolve) => this.waiting.push(resolve)));
    if (line === null) throw new Misuse(`${question} Nobody answered: give it as an option`);
    return line.trim();
  }

  private open(): Interface {
    const reader = createInterface({ input: process.stdin });
    reader.on("line", (line) => {
      const waiting = this.waiting.shift();
      if (waiting) waiting(line);
      else this.lines.push(line);
    });
    reader.on("close", () => {
      this.isOver = true;
      for (const resolve of this.waiting.splice(0)) resolve(null);
    });
    return reader;
  }
}

export function createAsker(): Asker {
  return process.stdin.isTTY && process.stdout.isTTY ? new Person() : new Script();
}
