// Looking at pages: accessibility and pictures.
import { createRequire } from "node:module";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PICTURES } from "./house.mjs";

const require = createRequire(import.meta.url);
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds wrong on the page, one line per finding and place. */
export async function violations(page) {
  await page.evaluate(AXE);
  const result = await page.evaluate(() => globalThis.axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  }));
  return result.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")} — ${node.failureSummary?.split("\n")[1]?.trim() ?? rule.help}`));
}

/** The widths, colours and papers in which every page is looked at. */
export const LOOKS = {
  wide: { width: 1280, height: 900 },
  narrow: { width: 390, height: 844 },
  dark: { width: 1280, height: 900, dark: true },
};

/** Keeps pictures of a page, if pictures are wanted. */
export async function picture(page, name) {
  if (!PICTURES) return;
  mkdirSync(PICTURES, { recursive: true });
  for (const [look, { width, height, dark }] of Object.entries(LOOKS)) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: dark ? "dark" : "light", media: "screen" });
    await page.screenshot({ path: join(PICTURES, `${name}.${look}.png`), fullPage: true });
  }
  await page.emulateMedia({ media: "print" });
  await page.pdf({ path: join(PICTURES, `${name}.a4.pdf`), format: "A4", preferCSSPageSize: true, printBackground: false });
  await page.emulateMedia({ media: "screen", colorScheme: "light" });
  await page.setViewportSize({ width: LOOKS.wide.width, height: LOOKS.wide.height });
}

/** Whether something sticks out to the right of a narrow screen. */
export async function sticksOut(page) {
  await page.setViewportSize({ width: 390, height: 844 });
  const out = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await page.setViewportSize({ width: LOOKS.wide.width, height: LOOKS.wide.height });
  return out > 0 ? out : 0;
}
