// Every page of every role: no accessibility finding, nothing sticking out of a phone, no error in the console, little script.
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { closeBrowser, folder, missing, newVisitor, startDemo } from "../lib/house.mjs";
import { crawl } from "../lib/crawl.mjs";
import { picture, sticksOut, violations } from "../lib/look.mjs";

const skip = missing();
const ROUTES = readFileSync("../crates/office/tests/it/routes.txt", "utf8").trim().split("\n").map((line) => {
  const [method, path] = line.split(/\s+/);
  return { method, path };
});
const PATTERNS = ROUTES.filter(({ method }) => method === "GET").map(({ path }) => path);
const reached = new Set();
let place;
let demo;

before(async () => {
  if (skip) return;
  place = folder();
  demo = await startDemo(place.path);
});

after(async () => {
  await demo?.stop();
  place?.remove();
  await closeBrowser();
});

async function walk(role, first) {
  const { page, problems } = await newVisitor();
  const { address, links } = demo.found;
  if (role !== "anybody") await page.goto(links[role]);
  const start = role === "anybody" ? first : page.url().slice(address.length);
  const findings = [];
  await crawl(page, address, start, PATTERNS, 2, async (page, path, kind, answer) => {
    reached.add(kind);
    if (answer.status() >= 500) findings.push(`${path}: status ${answer.status()}`);
    for (const found of await violations(page)) findings.push(`${path}: ${found}`);
    const out = await sticksOut(page);
    if (out > 0) findings.push(`${path}: sticks out by ${out} px at 390 px`);
    if ((await page.locator("h1").count()) !== 1) findings.push(`${path}: not one h1`);
    await picture(page, `${role}${path.split("?")[0].replace(/[^A-Za-z0-9]+/g, "_")}`.slice(0, 100));
  });
  findings.push(...problems);
  assert.deepEqual(findings, [], findings.join("\n"));
}

for (const role of ["administrator", "executive", "auditor", "staff", "vendor", "group_operator"]) {
  test(`pages of the ${role}`, { skip }, () => walk(role, "/"));
}
test("pages without an account", { skip }, () => walk("anybody", "/staff"));

test("every page was reached", { skip }, () => {
  const unreached = PATTERNS.filter((path) => !reached.has(path) && !path.startsWith("/api/") && !path.includes("download"));
  console.log(`reached ${reached.size} kinds of pages; not by links: ${unreached.join(" ")}`);
});
