import { chromium } from 'playwright-core'
import { startMockServer } from '../mock-server.mjs'

/** Debian's browser; WebGL in software, and all else without it, which takes less; and nothing that asks another host on the browser's own account. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.NSDI_TEST_CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: ['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-gpu-compositing', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
}

/** The server under test: the one that the environment names, or a mock of it. */
export async function server() {
  const given = process.env.NSDI_TEST_URL
  return given ? { address: given.replace(/\/$/, ''), stop: async () => {} } : startMockServer()
}

/** A page that remembers what went wrong in it, and every host that it asked. */
export async function open(browser, address, { width = 1400, height = 900, touch = false } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, hasTouch: touch, reducedMotion: 'reduce' })
  const page = await context.newPage()
  const seen = { errors: [], hosts: new Set(), refused: [] }
  page.on('console', (message) => { if (message.type() === 'error') seen.errors.push(message.text()) })
  page.on('pageerror', (error) => seen.errors.push(error.message))
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.protocol !== 'data:' && url.protocol !== 'blob:') seen.hosts.add(url.host)
  })
  page.on('response', (response) => { if (response.status() >= 400) seen.refused.push(`${response.status()} ${response.url()}`) })
  await page.goto(address)
  return { page, seen, close: () => context.close() }
}

export async function idle(page) {
  await page.waitForSelector('[data-map-idle="true"]', { timeout: 45_000 })
}

/** Idle that begins after now: for what has just been asked of the map. */
export async function settled(page) {
  await page.waitForTimeout(250)
  await idle(page)
}
