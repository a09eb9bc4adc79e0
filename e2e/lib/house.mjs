// Starts the program in a folder of its own and opens browsers on it.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createHmac } from "node:crypto";
import { chromium } from "playwright-core";

/** The program under test. */
export const PROGRAM = resolve(process.env.MAMORI ?? "../target/debug/mamori");
/** Real files of the field, where the machine has them. */
export const SAMPLES = resolve(process.env.MAMORI_SAMPLES ?? "../../shared/samples");
/** Where pictures go; none are made without it. */
export const PICTURES = process.env.MAMORI_PICTURES;

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => existsSync(path));
const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

/** Why the browser tests can't run here, or undefined. */
export function missing() {
  if (!CHROMIUM) return "SKIPPED: chromium is not installed (apt-get install chromium)";
  if (!existsSync(PROGRAM)) return `SKIPPED: ${PROGRAM} is not built`;
  return undefined;
}

/** A folder that goes away. */
export function folder() {
  const path = mkdtempSync(join(tmpdir(), "mamori-e2e-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Runs the program until it is done. */
export function run(args, options = {}) {
  return new Promise((done, fail) => {
    const child = spawn(PROGRAM, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
    let out = "";
    child.stdout.on("data", (text) => { out += text; });
    child.stderr.on("data", (text) => { out += text; });
    child.on("error", fail);
    child.on("exit", (code) => done({ code, out }));
  });
}

/** Starts a command that serves; `ready` is asked of everything printed so far until it gives something. */
export async function start(args, ready, seconds = 120) {
  const child = spawn(PROGRAM, args, { stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  child.stdout.on("data", (text) => { out += text; });
  child.stderr.on("data", (text) => { out += text; });
  const ended = new Promise((done) => child.on("exit", done));
  const stop = async (signal = "SIGTERM") => { child.kill(signal); await ended; };
  for (let waited = 0; waited < seconds * 10; waited += 1) {
    const found = ready(out);
    if (found) return { child, stop, ended, found, output: () => out };
    if (child.exitCode !== null) throw new Error(`the program ended: ${out}`);
    await new Promise((done) => setTimeout(done, 100));
  }
  await stop("SIGKILL");
  throw new Error(`the program was not ready within ${seconds} s: ${out}`);
}

/** An office with nothing in it; gives its address and the set-up code. */
export async function startEmpty(data, more = []) {
  return start(["--lang", "ja", "--data", data, "serve", "--plain-http", "--listen", "127.0.0.1:0", ...more], (out) => {
    const address = out.match(/https?:\/\/127\.0\.0\.1:\d+/)?.[0];
    const code = out.match(/\b\d{8}\b/)?.[0];
    return address && (code || more.length) ? { address, code } : undefined;
  });
}

/** The demo with its three sites; gives the links with which its people sign in, by role. */
export async function startDemo(out) {
  return start(["--lang", "ja", "demo", "--out", out, "--listen", "127.0.0.1:0"], (printed) => {
    const links = [...printed.matchAll(/(https?:\/\/127\.0\.0\.1:\d+)\/link\/([A-Za-z0-9_-]{20,})/g)];
    if (links.length < 6) return undefined;
    const roles = ["executive", "administrator", "auditor", "staff", "vendor", "group_operator"];
    return { address: links[0][1], links: Object.fromEntries(roles.map((role, index) => [role, links[index][0]])) };
  });
}

let browser;

/** A new window with nothing remembered. */
export async function newVisitor(options = {}) {
  browser ??= await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  const context = await browser.newContext({
    locale: "ja-JP", timezoneId: "Asia/Tokyo", viewport: { width: 1280, height: 900 }, ignoreHTTPSErrors: true, ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const problems = [];
  page.on("pageerror", (err) => problems.push(String(err)));
  page.on("console", (line) => { if (line.type() === "error" && !/status of 4\d\d/.test(line.text())) problems.push(line.text()); });
  return { page, context, problems };
}

/** Ends the browser. */
export async function closeBrowser() {
  await browser?.close();
  browser = undefined;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The code an authenticator app shows now for a secret in base32. */
export function totp(secret, at = Date.now()) {
  let bits = "";
  for (const letter of secret.replace(/[\s=]/g, "").toUpperCase()) bits += ALPHABET.indexOf(letter).toString(2).padStart(5, "0");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const digest = createHmac("sha1", key).update(counter).digest();
  const offset = digest[19] & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
