// Fills a demo with what people make in the course of a week, by the forms of the office itself.
import { resolve } from "node:path";
import { newVisitor } from "./house.mjs";

const LEDGER = resolve("fixtures/資産台帳_cp932.csv");

const dayAhead = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** Makes an import, a decision, an exception, a notice, a report and a voice; `page` is the administrator's. Gives the path of the receipt. */
export async function furnish(page, address) {
  const site = `${address}/s/minato`;
  await importLedger(page, site);
  await askForDecision(page, site);
  await askForException(page, site);
  await writeNotice(page, site);
  await makeReport(page, site);
  return sendVoice(address);
}

async function importLedger(page, site) {
  await page.goto(`${site}/import`);
  await page.locator("#import-files").setInputFiles([LEDGER]);
  await page.locator("form[enctype] button[type=submit]").click();
  await page.waitForURL(/\/import\/\d+/);
  await page.locator("main a[href*='/import/'][href$='/1']").first().waitFor({ timeout: 60_000 });
}

async function askForDecision(page, site) {
  await page.goto(`${site}/decisions`);
  await page.locator("details.card summary").click();
  await page.fill("#question", "古い検査端末を年度内に入れ替えますか");
  await page.fill("#reason", "保守が来年3月で終わります");
  await page.fill("#options", "入れ替える\n来年度にする");
  await page.fill("#due-on", dayAhead(30));
  await page.locator("form[action$='/decisions'] button[type=submit]").click();
  await page.locator("main a[href*='/decisions/']").first().waitFor();
}

async function askForException(page, site) {
  await page.goto(`${site}/exceptions/new`);
  await page.fill("[name=reason]", "更新まで接続を絞って使います");
  await page.fill("[name=until]", dayAhead(60));
  await page.fill("[name=control1]", "接続元を院内の1台に絞る");
  const evidence = await page.locator("[name=evidence1] option:not([value=''])").first().getAttribute("value");
  await page.selectOption("[name=evidence1]", evidence);
  await page.locator("main form[method=post] button[type=submit]").click();
  await page.waitForURL(/\/exceptions\/\d+/);
}

async function writeNotice(page, site) {
  await page.goto(`${site}/notices`);
  const form = page.locator("form[action$='/notices']");
  await page.locator("details", { has: form }).locator("summary").click();
  await form.locator("[name=title]").fill("あやしいメールに注意してください");
  await form.locator("[name=body]").fill("心当たりのない添付ファイルは開かず、情報係に電話してください。");
  await form.locator("[name=starts_on]").fill(dayAhead(0));
  await form.locator("[name=ends_on]").fill(dayAhead(7));
  await form.locator("button[type=submit]").click();
  await page.waitForURL(/\/notices/);
}

async function makeReport(page, site) {
  await page.goto(`${site}/reports`);
  await page.locator("main form[method=post] button[type=submit]").click();
  await page.locator("main a[href$='/report.pdf']").first().waitFor({ timeout: 180_000 });
}

async function sendVoice(address) {
  const { page, context } = await newVisitor();
  await page.goto(`${address}/staff/minato/voice`);
  await page.locator("#department option:not([value=''])").first().waitFor({ state: "attached" });
  await page.selectOption("#department", { index: 1 });
  await page.fill("#body", "共用の端末のパスワードが多くて困っています");
  await page.locator("main form[method=post] button[type=submit]").click();
  await page.waitForURL(/\/voice\/.+/);
  const receipt = page.url().slice(address.length);
  await context.close();
  return receipt;
}
