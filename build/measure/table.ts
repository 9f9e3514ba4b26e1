/** Figures beside their budget, for a console and for BENCHMARKS.md. */

export interface Figure {
  /** The name of its budget. */
  key: string;
  what: string;
  value: number;
}

export interface Measured {
  date: string;
  /** Of the sources, once it is written down. */
  commit?: string;
  builds: string[];
  bytes: number;
  figures: Figure[];
}

export type Limits = Record<string, number>;

/** Whole numbers as they are, ratios with two digits. */
function print(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}

function beside({ key, value }: Figure, limits: Limits): string {
  const limit = limits[key];
  if (limit === undefined) return "";
  return `of ${limit}${value > limit ? "  ABOVE THE BUDGET" : ""}`;
}

export function lines(measured: Measured, limits: Limits): string[] {
  const head = `  measured ${measured.date}${measured.commit ? ` at ${measured.commit}` : ""} on ${
    measured.builds.join(" and ")}; bundle of ${measured.bytes} bytes`;
  return [head, ...measured.figures.map((figure) =>
    `  ${figure.key.padEnd(8)} ${print(figure.value).padStart(9)}  ${
      beside(figure, limits).padEnd(10)}  ${figure.what}`.trimEnd())];
}

export function markdown(measured: Measured, limits: Limits): string {
  const rows = measured.figures.map((figure) => `| ${figure.what.replaceAll("|", "\\|")} | ${
    print(figure.value)} | ${limits[figure.key] ?? ""} |`);
  return [
    `\`npm run measure -- --write\`, ${measured.date}, sources of ${measured.commit}: the bundle`,
    `of board \`linux\` (${measured.bytes} bytes) in Storage, on`,
    `${measured.builds.join(" and ")}.`,
    "Instructions are those that valgrind counts from where the interpreter's loop enters",
    "JavaScript.",
    "",
    "| what | measured | at most |",
    "| --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}
