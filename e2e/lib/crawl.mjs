// Finds every page that somebody can reach by links.

/** `/s/minato/evidence/12/view?at=x` → `/s/{}/evidence/{}/view`: pages of one kind count once or twice. */
export function kindOf(path, patterns) {
  const bare = path.split("?")[0];
  return patterns.find((pattern) => new RegExp(`^${pattern.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{[a-z_]+\}/g, "[^/]+")}$`).test(bare)) ?? bare;
}

/**
 * Visits the pages of `first` and what they lead to, each kind at most `each` times. `look(page, path, kind, answer)` is called on every
 * one; the kind is that of the page that was shown in the end, not of the address that led there.
 */
export async function crawl(page, address, first, patterns, each, look) {
  const waiting = [...first];
  const seen = new Set();
  const counts = new Map();
  while (waiting.length > 0) {
    const path = waiting.shift();
    const kind = kindOf(path, patterns);
    if (seen.has(path) || (counts.get(kind) ?? 0) >= each) continue;
    seen.add(path);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    const answer = await page.goto(address + path).catch((err) => {
      // A download is no page.
      if (/Download is starting|ERR_ABORTED/.test(String(err))) return null;
      throw err;
    });
    if (!answer || !(answer.headers()["content-type"] ?? "").startsWith("text/html")) continue;
    await look(page, path, kindOf(page.url().slice(address.length), patterns), answer);
    const links = await page.$$eval("a[href]", (found) => found.map((link) => link.href));
    for (const link of links) {
      if (!link.startsWith(address + "/")) continue;
      const next = link.slice(address.length).split("#")[0];
      if (!/[?&]format=|\/static\/|\/logout|\/download|\.json$/.test(next)) waiting.push(next);
    }
  }
  return counts;
}
