// Every page of every role, in both languages, full and empty: no accessibility finding, nothing sticking out of a phone, no error in the
// console; and no page that nobody looked at.
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { closeBrowser, folder, missing, newVisitor, startDemo, startEmpty } from "../lib/house.mjs";
import { crawl, kindOf } from "../lib/crawl.mjs";
import { furnish } from "../lib/furnish.mjs";
import { Mouse } from "../lib/hands.mjs";
import { picture, sticksOut, violations } from "../lib/look.mjs";
import * as steps from "../lib/walk.mjs";

const skip = missing();
const PATTERNS = readFileSync("../crates/office/tests/it/routes.txt", "utf8").trim().split("\n")
  .map((line) => line.split(/\s+/)).filter(([method]) => method === "GET").map(([, path]) => path);

/** What is no page to look at: it leads elsewhere, or is read by programs or kept as a file. Everything else must be reached. */
const NO_PAGES = [
  "/", "/health", "/s/{site}/", "/s/{site}/audit/key", "/s/{site}/audit/verify_ledger.py", "/s/{site}/audit/{seq}/proof",
  "/s/{site}/evidence/{number}/download", "/s/{site}/reports/{id}/{file}",
];

const reached = new Set();
let place;
let demo;
let receipt;

before(async () => {
  if (skip) return;
  place = folder();
  demo = await startDemo(`${place.path}/demo`);
  const { page } = await signedIn("administrator");
  receipt = await furnish(page, demo.found.address);
});

after(async () => {
  await demo?.stop();
  place?.remove();
  await closeBrowser();
});

/** Everything that may be wrong with the page that is open. */
async function wrongs(page, name) {
  const found = await violations(page);
  const out = await sticksOut(page);
  if (out > 0) found.push(`sticks out by ${out} px at 390 px`);
  if ((await page.locator("h1").count()) !== 1) found.push("not one h1");
  if ((await page.locator("body").innerText()).includes("⟦")) found.push("a message is missing");
  await picture(page, name.replace(/[^A-Za-z0-9]+/g, "_").slice(0, 100));
  return found;
}

/** Looks at everything that can be reached from `first`. */
async function walk({ page, problems }, address, name, first, lang = "ja") {
  const findings = [];
  await crawl(page, address, first, PATTERNS, 2, async (page, path, kind, answer) => {
    if (answer.status() === 200) reached.add(kind);
    if (answer.status() >= 500) findings.push(`${path}: status ${answer.status()}`);
    if ((await page.locator("html").getAttribute("lang")) !== lang) findings.push(`${path}: not in ${lang}`);
    for (const found of await wrongs(page, `${name}${path.split("?")[0]}`)) findings.push(`${path}: ${found}`);
  });
  findings.push(...problems);
  assert.deepEqual(findings, [], findings.join("\n"));
}

const cookies = {};

/** Somebody of the demo, signed in, in a new window; gives the page at which they begin as well. */
async function signedIn(role) {
  const { address, links } = demo.found;
  const visitor = await newVisitor({ storageState: cookies[role] });
  await visitor.page.goto(cookies[role] ? `${address}/` : links[role]);
  if (!cookies[role]) {
    // Looking at the link changes nothing: the button opens the door.
    const found = await wrongs(visitor.page, "demo link");
    assert.deepEqual(found, []);
    await visitor.page.locator("main form button[type=submit]").click();
    await visitor.page.waitForURL(/\/s\//);
  }
  cookies[role] ??= await visitor.context.storageState();
  const begin = visitor.page.url().slice(address.length);
  assert.match(begin, /^\/s\//, `${role} is signed in`);
  return { ...visitor, begin };
}

const MORE = { administrator: ["/s/minato/search?q=server", "/s/minato/search?q=zzzznothing", "/me", "/help"] };

for (const role of ["administrator", "executive", "auditor", "staff", "vendor", "group_operator"]) {
  test(`pages of the ${role}`, { skip }, async () => {
    const visitor = await signedIn(role);
    await walk(visitor, demo.found.address, role, [visitor.begin, ...(MORE[role] ?? [])]);
  });
}

test("pages without an account", { skip }, async () => {
  const { address } = demo.found;
  await walk(await newVisitor(), address, "anybody", ["/staff", receipt, "/login", "/staff/nowhere", "/link/over"]);
});

test("pages in English", { skip }, async () => {
  const { address } = demo.found;
  const visitor = await signedIn("administrator");
  const { page } = visitor;
  await page.goto(`${address}/me`);
  await page.selectOption("#lang", "en");
  await page.locator("form", { has: page.locator("#lang") }).locator("button[type=submit]").click();
  await page.locator("html[lang=en]").waitFor({ state: "attached" });
  await walk(visitor, address, "english", [visitor.begin, ...MORE.administrator], "en");
  const anybody = await newVisitor({ locale: "en-GB" });
  await walk(anybody, address, "english_anybody", ["/staff", receipt, "/login", "/nowhere"], "en");
});

test("an empty office: set-up, signing in, and every page before the first evidence", { skip }, async () => {
  const house = await startEmpty(`${place.path}/empty`);
  try {
    const { address, code } = house.found;
    const visitor = await newVisitor();
    const { page } = visitor;
    const findings = [];
    const look = async (page, name) => {
      reached.add(kindOf(page.url().slice(address.length), PATTERNS));
      for (const found of await wrongs(page, `step_${name}`)) findings.push(`${name}: ${found}`);
    };
    const hands = new Mouse(page);
    const secret = await steps.setUp(page, hands, address, code, look);
    await walk(visitor, address, "empty", ["/s/sakura/today", "/s/sakura/search?q=server"]);
    await page.goto(`${address}/s/sakura/today`);
    const link = await steps.invite(page, hands, { login: "incho", name: "院長 一郎", role: "executive" });
    await page.context().clearCookies();
    await steps.signIn(page, hands, address, "sato", secret, look);
    const executive = await newVisitor();
    await steps.accept(executive.page, new Mouse(executive.page), address, link, look);
    await walk(executive, address, "empty_executive", ["/s/sakura/executive"]);
    assert.deepEqual(findings, [], findings.join("\n"));
  } finally {
    await house.stop();
  }
});

test("every page was looked at", { skip }, () => {
  const unreached = PATTERNS.filter((path) => !reached.has(path) && !path.startsWith("/api/"));
  assert.deepEqual(unreached, NO_PAGES);
});
