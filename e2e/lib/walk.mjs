// The walk of a hospital's first day, for any pair of hands.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { SAMPLES, newVisitor, totp } from "./house.mjs";
import { picture, violations } from "./look.mjs";

const LEDGER = resolve("fixtures/資産台帳_cp932.csv");
const PASSWORD = "さくらの並木道を歩く朝の空";

/** Settles the second factor on the page that shows the secret; gives the secret. */
async function enrol(page, hands, look = check) {
  await page.waitForURL(/\/login\/enrol/);
  await look(page, "enrol");
  const secret = (await page.locator("#enrol-secret").textContent()).trim();
  await hands.fill(page.locator("[name=code]"), totp(secret));
  await hands.press(page.locator("main button[type=submit]"));
  await page.locator("main code").first().waitFor();
  assert.ok((await page.locator("main li code").count()) >= 8, "recovery codes are shown");
  await look(page, "codes");
  await hands.follow(page.locator("main .actions a.button"));
  return secret;
}

/** The first run: hospital, first administrator, second factor. */
export async function setUp(page, hands, address, code, look = check) {
  await page.goto(address + "/");
  await page.waitForURL(/\/setup/);
  await look(page, "setup");
  await hands.fill(page.locator("[name=code]"), code);
  await hands.fill(page.locator("[name=site_name]"), "さくら川病院");
  await hands.choose(page.locator("[name=kind]"), "hospital");
  await hands.fill(page.locator("[name=beds]"), "120");
  await hands.fill(page.locator("[name=site]"), "sakura");
  await hands.fill(page.locator("[name=name]"), "佐藤 花子");
  await hands.fill(page.locator("[name=login]"), "sato");
  await hands.fill(page.locator("[name=new]"), PASSWORD);
  await hands.fill(page.locator("[name=again]"), PASSWORD);
  await hands.press(page.locator("main button[type=submit]"));
  return enrol(page, hands, look);
}

/** Signs in again: password, then the code; every step is looked at. */
export async function signIn(page, hands, address, login, secret, look = check) {
  await page.goto(`${address}/login`);
  await look(page, "login");
  await hands.fill(page.locator("[name=login]"), login);
  await hands.fill(page.locator("[name=password]"), "ちがうパスワードです");
  await hands.press(page.locator("main button[type=submit]"));
  await page.locator("main [role=alert]").waitFor();
  await look(page, "login_wrong");
  await hands.fill(page.locator("[name=login]"), login);
  await hands.fill(page.locator("[name=password]"), PASSWORD);
  await hands.press(page.locator("main button[type=submit]"));
  await page.waitForURL(/\/login\/code/);
  await look(page, "code");
  // The code of enrolment was used; that of the next half minute counts already.
  await hands.fill(page.locator("[name=code]"), totp(secret, Date.now() + 30_000));
  await hands.press(page.locator("main button[type=submit]"));
  await page.waitForURL(/\/s\//);
}

/** Hands in the ledger of the fixture, looks at the differences, applies them. */
export async function importLedger(page, hands) {
  await hands.follow(page.locator("nav.side a[href$='/import']"));
  await check(page, "import");
  await hands.files(page.locator("#import-files"), [LEDGER]);
  await hands.press(page.locator("form[enctype] button[type=submit]"));
  await page.waitForURL(/\/import\/\d+/);
  const waiting = page.locator("main a[href*='/import/'][href$='/1']").first();
  await waiting.waitFor({ timeout: 60_000 });
  await hands.follow(waiting);
  await page.locator("form[action$='/apply']").waitFor();
  assert.match(await page.locator("main").textContent(), /SV-0001/, "the differences name the server");
  await check(page, "preview");
  await hands.press(page.locator("form[action$='/apply'] button"));
  await page.locator("main [role=status], main .notice").first().waitFor();
}

/** Hands in the policy backups of the samples, if this machine has them; gives how many files. */
export async function importPolicies(page, hands) {
  const folder = join(SAMPLES, "gpo");
  if (!existsSync(folder)) {
    console.log("SKIPPED: no samples of group policies here");
    return 0;
  }
  const files = walkFiles(folder).filter((path) => statSync(path).size < 2_000_000);
  await hands.follow(page.locator("nav.side a[href$='/import']"));
  await page.locator("#import-folder").setInputFiles(folder);
  await hands.press(page.locator("form[enctype] button[type=submit]"));
  await page.waitForURL(/\/import\/\d+/);
  await page.getByText("判定し直しました").first().waitFor({ timeout: 120_000 });
  return files.length;
}

function walkFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? walkFiles(join(folder, entry.name)) : [join(folder, entry.name)]);
}

/** Waits until the assessment has been made and the item stands where it must. */
export async function seeContradiction(page, hands) {
  const path = page.url().split("/s/")[0] + "/s/sakura/checklists/mhlw-r7-hospital";
  for (let tries = 0; tries < 60; tries += 1) {
    await page.goto(path);
    if ((await page.locator("main .badge.danger").count()) > 0) break;
    await page.waitForTimeout(1_000);
  }
  await check(page, "checklist");
  await hands.follow(page.locator("main a[href$='/R7-2-8']").first());
  await page.waitForURL(/R7-2-8/);
  assert.ok((await page.locator("main .badge.danger").count()) > 0, "the item is contradicted");
  await check(page, "item");
  const bytes = page.locator("main a[href*='/view?at=']").first();
  await hands.follow(bytes);
  await page.locator(".bytes .hit").first().waitFor();
  assert.match(await page.locator(".bytes").textContent(), /共通/, "the very cell of the ledger is shown");
  await check(page, "bytes");
  await page.goBack();
}

/** A "yes" against the evidence is refused; an exception is asked for instead. */
export async function askForException(page, hands) {
  await hands.check(page.locator("#answer-yes"));
  const sent = page.waitForResponse((answer) => answer.request().method() === "POST" && answer.url().endsWith("/answer"));
  await hands.press(page.locator("form[action$='/answer'] button[type=submit]"));
  assert.equal((await sent).status(), 422, "a yes against the evidence is refused");
  await page.locator("#problem").waitFor();
  assert.ok((await page.locator("#problem a[href*='/checks/']").count()) > 0, "the refusal names the check that speaks against it");
  const item = page.url().split("/s/")[0] + "/s/sakura/checklists/mhlw-r7-hospital/R7-2-8";
  await page.goto(item);
  await hands.follow(page.locator("main a[href*='/exceptions/new']").first());
  await check(page, "exception_new");
  await hands.fill(page.locator("[name=reason]"), "来年3月の更新で一台ずつ違うものにします");
  const day = new Date(Date.now() + 60 * 86_400_000).toISOString().slice(0, 10);
  await page.locator("[name=until]").fill(day);
  await hands.fill(page.locator("[name=control1]"), "管理者のログオンを毎週確かめる");
  const evidence = await page.locator("[name=evidence1] option:not([value=''])").first().getAttribute("value");
  await hands.choose(page.locator("[name=evidence1]"), evidence);
  await hands.press(page.locator("main form[method=post] button[type=submit]"));
  await page.waitForURL(/\/exceptions\/\d+/);
}

/** Invites somebody; gives the link. */
export async function invite(page, hands, { login, name, role }) {
  await hands.follow(page.locator("nav.side a[href$='/people']"));
  await hands.follow(page.locator("main a[href$='/people/new']").first());
  await hands.fill(page.locator("main [name=login]"), login);
  await hands.fill(page.locator("main [name=name]"), name);
  await hands.check(page.locator(`main input[type=checkbox][value=${role}], main input[type=checkbox][name=${role}], main input[type=checkbox][name=role_${role}]`).first());
  const company = page.locator("main [name=vendor]");
  if (role === "vendor" && (await company.count())) await hands.fill(company, "みらい医療システム");
  await hands.press(page.locator("main form[method=post] button[type=submit]").first());
  const text = await page.locator("main").textContent();
  const link = text.match(/\/link\/[A-Za-z0-9_-]{20,}/)?.[0];
  assert.ok(link, `a link is shown once: ${text}`);
  return link;
}

/** Accepts an invitation: password, second factor. */
export async function accept(page, hands, address, link, look = check) {
  await page.goto(address + link);
  await look(page, "link");
  await hands.fill(page.locator("[name=new]"), PASSWORD + "２");
  await hands.fill(page.locator("[name=again]"), PASSWORD + "２");
  await hands.press(page.locator("main button[type=submit]"));
  return enrol(page, hands, look);
}

/** The executive approves what waits. */
export async function approve(page, hands, address) {
  await page.goto(address + "/s/sakura/executive");
  await check(page, "executive");
  await hands.follow(page.locator("nav.side a[href$='/decisions']"));
  await check(page, "decisions");
  await hands.follow(page.locator("main a[href*='/decisions/exceptions/']").first());
  await check(page, "decide");
  await hands.check(page.locator("#approve"));
  await hands.press(page.locator("main form[method=post] button[type=submit]"));
  await page.waitForURL(/\/decisions/);
}

/** Makes the report and reads the PDF. */
export async function report(page, hands) {
  await hands.follow(page.locator("nav.side a[href$='/reports']"));
  await hands.press(page.locator("main form[method=post] button[type=submit]"));
  const link = page.locator("main a[href$='/report.pdf']").first();
  await link.waitFor({ timeout: 120_000 });
  const [download] = await Promise.all([page.waitForEvent("download"), hands.follow(link)]);
  const path = await download.path();
  assert.equal(readFileSync(path).subarray(0, 5).toString(), "%PDF-");
  if (existsSync("/usr/bin/pdftotext")) {
    const text = execFileSync("/usr/bin/pdftotext", [path, "-"]).toString();
    assert.match(text, /さくら川病院/);
  }
}

/** Every page of a walk is looked at. */
export async function check(page, name) {
  assert.deepEqual(await violations(page), [], `${name} at ${page.url()}`);
  await picture(page, `walk_${name}`);
}

/** A visitor of their own for somebody else. */
export async function somebodyElse(Hands) {
  const visitor = await newVisitor();
  return { ...visitor, hands: new Hands(visitor.page) };
}
