// First run → set-up → import → preview → apply → contradiction → exception → approval → report; by mouse and by keyboard.
import { test, after } from "node:test";
import assert from "node:assert/strict";
import { closeBrowser, folder, missing, newVisitor, startEmpty } from "../lib/house.mjs";
import { Keyboard, Mouse } from "../lib/hands.mjs";
import * as walk from "../lib/walk.mjs";

const skip = missing();
after(closeBrowser);

for (const Hands of [Mouse, Keyboard]) {
  test(`the first day of a hospital, by ${Hands.name.toLowerCase()}`, { skip }, async () => {
    const place = folder();
    const house = await startEmpty(place.path + "/data");
    const open = [];
    try {
      const { address, code } = house.found;
      const { page, problems } = await newVisitor();
      open.push(page);
      const hands = new Hands(page);
      await walk.setUp(page, hands, address, code);
      await page.goto(address + "/s/sakura/today");
      await walk.importLedger(page, hands);
      if (Hands === Mouse) await walk.importPolicies(page, hands);
      await walk.seeContradiction(page, hands);
      await walk.askForException(page, hands);
      const link = await walk.invite(page, hands, { login: "incho", name: "院長 一郎", role: "executive" });
      const executive = await walk.somebodyElse(Hands);
      open.push(executive.page);
      await walk.accept(executive.page, executive.hands, address, link);
      await walk.approve(executive.page, executive.hands, address);
      await walk.report(executive.page, executive.hands);
      await nobodySeesMore(page, hands, address);
      assert.deepEqual([...problems, ...executive.problems], []);
    } catch (err) {
      for (const page of open) console.log(page.url(), (await page.locator("main").innerText()).slice(0, 1_500));
      console.log(house.output().split("\n").filter((line) => /WARN|ERROR|panicked/.test(line)).join("\n").slice(-2_000));
      throw err;
    } finally {
      await house.stop();
      place.remove();
    }
  });
}

/** Staff and vendors see nothing that is not theirs. */
async function nobodySeesMore(page, hands, address) {
  for (const [role, name] of [["staff", "鈴木"], ["vendor", "保守 次郎"]]) {
    const link = await walk.invite(page, hands, { login: `one-${role}`, name, role });
    const other = await walk.somebodyElse(Mouse);
    await walk.accept(other.page, other.hands, address, link);
    await other.page.goto(address + "/");
    const links = await other.page.$$eval("a[href]", (found) => found.map((one) => one.getAttribute("href")));
    assert.ok(links.every((path) => !/subjects|evidence|exceptions|checklists|people|audit/.test(path)), links.join(" "));
    for (const path of ["subjects/asset", "evidence", "exceptions", "executive", "people", "checklists", "search?q=ehr"]) {
      const answer = await other.page.goto(`${address}/s/sakura/${path}`);
      assert.equal(answer.status(), 403, `${role} at ${path}`);
      assert.doesNotMatch(await other.page.content(), /ehr01|SV-0001/);
    }
    await other.context.close();
  }
}
