/**
 * The loader in a chip's ROM, and the helper that esptool-js puts into its RAM: frames of SLIP, a
 * command in each, and a flash that is told apart from what was sent by its MD5.
 */
import { createHash } from "node:crypto";
import { inflateSync } from "node:zlib";

const END = 0xc0;
const SYNC = 0x08;
const MEM_END = 0x06;
const READ_REG = 0x0a;
const BEGIN = 0x10;
const DATA = 0x11;
const MD5 = 0x13;
const SECURITY = 0x14;
/** Where a chip says what it is, and what the classic ESP32 says there. */
const MAGIC_ADDRESS = 0x40001000;
const HEAD_BYTES = 8;
/** The ROM answers so often, and never with the helper's 0. */
const SYNCS = 8;
/** Of a data command, before its data. */
const BLOCK_BYTES = 16;

export class FakeLoader {
  onText: (text: string) => void = () => undefined;
  /** Address → what was written there. */
  written = new Map<number, Buffer>();
  /** The MD5s that were asked for: after the last one the chip is started. */
  sums = 0;
  /** Flash that keeps something else than what it is given. */
  isBad = false;
  private text: number[] = [];
  private blocks: Buffer[] = [];
  private address = 0;
  private isStub = false;

  constructor(private readonly magic = 0x00f01d83) {}

  feed(text: string): void {
    for (const octet of Buffer.from(text, "latin1")) {
      if (octet !== END) this.text.push(octet);
      else if (this.text.length > 0) {
        const frame = Buffer.from(this.text);
        this.text = [];
        this.command(unslip(frame));
      }
    }
  }

  private command(frame: Buffer): void {
    const [, op] = frame;
    const data = frame.subarray(HEAD_BYTES);
    if (op === SECURITY) return this.answer(op, 0, Buffer.alloc(0), true);
    if (op === READ_REG) {
      const isMagic = data.readUInt32LE(0) === MAGIC_ADDRESS;
      return this.answer(op, isMagic ? this.magic : 0);
    }
    if (op === BEGIN) {
      this.flush();
      this.address = data.readUInt32LE(12);
    }
    if (op === DATA) this.blocks.push(data.subarray(BLOCK_BYTES));
    if (op === MD5) {
      this.flush();
      this.sums++;
      const content = this.written.get(data.readUInt32LE(0)) ?? Buffer.alloc(0);
      const sum = createHash("md5").update(this.isBad ? "other" : content).digest();
      return this.answer(op, 0, this.isStub ? sum : Buffer.from(sum.toString("hex")));
    }
    if (op === SYNC) {
      this.isStub = false;
      for (let i = 1; i < SYNCS; i++) this.answer(op, 1);
    }
    this.answer(op!, op === SYNC ? 1 : 0);
    if (op === MEM_END) {
      this.isStub = true;
      this.send(Buffer.from("OHAI"));
    }
  }

  private flush(): void {
    if (this.blocks.length === 0) return;
    this.written.set(this.address, inflateSync(Buffer.concat(this.blocks)));
    this.blocks = [];
  }

  private answer(op: number, value: number, data = Buffer.alloc(0), isError = false): void {
    const status = Buffer.from([isError ? 1 : 0, isError ? 5 : 0, 0, 0])
      .subarray(0, this.isStub ? 2 : 4);
    const head = Buffer.from([1, op, data.length + status.length, 0, 0, 0, 0, 0]);
    head.writeUInt32LE(value >>> 0, 4);
    this.send(Buffer.concat([head, data, status]));
  }

  private send(frame: Buffer): void {
    const octets = [...frame].flatMap((octet) =>
      octet === END ? [0xdb, 0xdc] : octet === 0xdb ? [0xdb, 0xdd] : [octet]);
    this.onText(Buffer.from([END, ...octets, END]).toString("latin1"));
  }
}

function unslip(frame: Buffer): Buffer {
  const text = frame.toString("latin1").replace(/\xdb\xdc/g, "\xc0").replace(/\xdb\xdd/g, "\xdb");
  return Buffer.from(text, "latin1");
}
