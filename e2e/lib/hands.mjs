// The same walk by mouse and by keyboard alone.

/** Points and clicks. */
export class Mouse {
  constructor(page) { this.page = page; }
  async follow(target) { await target.click(); }
  async press(target) { await target.click(); }
  async fill(target, text) { await target.fill(text); }
  async choose(target, value) { await target.selectOption(value); }
  async check(target) { await target.check(); }
  async files(target, paths) { await target.setInputFiles(paths); }
}

/** Never touches the mouse: reaches everything by Tab. */
export class Keyboard {
  constructor(page) {
    this.page = page;
    // The browser is told once, and long before, to hand choosers over: told at the moment of the key, it may hear it too late.
    page.on("filechooser", () => {});
  }

  /** Presses Tab until the focus is on `target`, and sees that the focus can be seen. */
  async reach(target) {
    await target.first().waitFor();
    const handle = await target.first().elementHandle();
    for (let pressed = 0; pressed < 400; pressed += 1) {
      if (await handle.evaluate((wanted) => wanted === document.activeElement)) {
        const seen = await handle.evaluate((element) => {
          const style = getComputedStyle(element);
          return style.outlineStyle !== "none" || style.boxShadow !== "none";
        });
        if (!seen) throw new Error(`the focus on ${target} can't be seen`);
        return;
      }
      await this.page.keyboard.press("Tab");
    }
    throw new Error(`${target} is not reached by Tab`);
  }

  /** Presses Enter and waits for what it leads to. */
  async enter(target) {
    await this.reach(target);
    const led = this.page.waitForEvent("framenavigated", { timeout: 5_000 }).catch(() => undefined);
    await this.page.keyboard.press("Enter");
    await led;
    await this.page.waitForLoadState();
  }

  async follow(target) { await this.enter(target); }
  async press(target) { await this.enter(target); }

  async fill(target, text) {
    await this.reach(target);
    await this.page.keyboard.press("ControlOrMeta+A");
    await this.page.keyboard.press("Delete");
    await this.page.keyboard.insertText(text);
  }

  async choose(target, value) {
    await this.reach(target);
    const values = await target.first().evaluate((field) => [...field.options].map((option) => option.value));
    await this.page.keyboard.press("Home");
    for (let step = 0; step < values.indexOf(value); step += 1) await this.page.keyboard.press("ArrowDown");
    if ((await target.first().inputValue()) !== value) throw new Error(`${value} can't be chosen by keyboard`);
  }

  async check(target) {
    await this.reach(target);
    if (!(await target.first().isChecked())) await this.page.keyboard.press("Space");
  }

  async files(target, paths) {
    await this.reach(target);
    const chosen = this.page.waitForEvent("filechooser");
    await this.page.keyboard.press("Enter");
    await (await chosen).setFiles(paths);
  }
}
