// A folder of event logs is dropped → alerts → a person's word → the staff are told.
import { test, after } from "node:test";
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { closeBrowser, folder, missing, newVisitor, run, SAMPLES, startEmpty } from "../lib/house.mjs";
import { Mouse } from "../lib/hands.mjs";
import { check } from "../lib/walk.mjs";
import * as walk from "../lib/walk.mjs";

const skip = missing();
after(closeBrowser);

/** Logs of real attacks, where the machine has them; else those of the demo. */
async function logs(place) {
  const samples = join(SAMPLES, "evtx", "Defense Evasion");
  if (existsSync(samples)) return samples;
  console.log("SKIPPED: no samples of event logs here; the demo's are taken");
  await run(["demo", "--once", "--out", join(place, "demo")]);
  return join(place, "demo", "evidence", "minato", "ログ");
}

test("event logs become alerts, a person's word, and a notice for the staff", { skip }, async () => {
  const place = folder();
  const house = await startEmpty(place.path + "/data");
  const { page, problems } = await newVisitor();
  try {
    const { address, code } = house.found;
    const hands = new Mouse(page);
    await walk.setUp(page, hands, address, code);
    const site = `${address}/s/sakura`;
    await page.goto(`${site}/alerts`);
    assert.match(await page.locator("main").innerText(), /wevtutil/, "an empty page tells how to get a log");
    await check(page, "alerts_empty");
    await page.goto(`${site}/import`);
    await page.locator("#import-folder").setInputFiles(await logs(place.path));
    await hands.press(page.locator("form[enctype] button[type=submit]"));
    await page.waitForURL(/\/import\/\d+/);
    await page.getByText("判定し直しました").first().waitFor({ timeout: 120_000 });
    const cleared = page.getByRole("link", { name: "セキュリティログが消された" });
    for (let tries = 0; tries < 60 && (await cleared.count()) === 0; tries += 1) {
      await page.waitForTimeout(1_000);
      await page.goto(`${site}/alerts`);
    }
    await check(page, "alerts");
    await hands.follow(cleared.first());
    await page.getByRole("heading", { name: "最初にすること" }).waitFor();
    await check(page, "alert");
    const alert = page.url();
    await hands.follow(page.locator("td.day a").first());
    await page.locator(".bytes").getByText("1102", { exact: true }).waitFor();
    await check(page, "event");
    await page.goto(alert);
    await hands.press(page.getByText("問題ないと分かった"));
    await hands.fill(page.locator("#harmless-why"), "入れ替え前の初期化。業者に電話で確かめた");
    await hands.press(page.getByRole("button", { name: "問題なしとする" }));
    await page.getByText("入れ替え前の初期化").waitFor();
    await check(page, "alert_harmless");
    await page.goto(`${site}/alerts`);
    await hands.follow(page.getByRole("link", { name: "職員への週報を作る" }));
    const draft = await page.locator("#body").inputValue();
    assert.match(draft, /この1週間に/);
    await check(page, "digest");
    await hands.press(page.locator("main form button[type=submit]"));
    await page.waitForURL(/\/notices\/\d+/);
    await page.goto(`${address}/staff/sakura`);
    await page.getByText("今週の見守りのお知らせ").waitFor();
    assert.deepEqual(problems, []);
  } catch (err) {
    console.log(page.url(), (await page.locator("main").innerText()).slice(0, 1_500));
    console.log(house.output().split("\n").filter((line) => /WARN|ERROR|panicked/.test(line)).join("\n").slice(-2_000));
    throw err;
  } finally {
    await house.stop();
    place.remove();
  }
});
