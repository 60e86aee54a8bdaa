// What a first view of the map loads, and how soon it answers on a phone: first-view.mjs ADDRESS prints both, as bench/first-view.txt keeps them.
import { pathToFileURL } from 'node:url'
import { idle, launch } from './chromium.mjs'

/** What Chromium's tools call Fast 4G, and a processor four times slower than this one. */
const phone = { latency: 165, downloadThroughput: 8_100_000 / 8, uploadThroughput: 1_350_000 / 8, offline: false }
const slower = 4

/** A phone that has never been here. */
async function fresh(browser) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })
  return { context, page: await context.newPage() }
}

/** What a path is counted as. */
const kind = (path) => (path.startsWith('/tiles/') ? 'tiles' : path.startsWith('/v1/') ? 'answers' : path.endsWith('.woff2') ? 'font' : 'page')

/** The bytes on the line, headers of answers too, of everything that a first view asks for until the map is whole; what is asked for a second time comes from the browser's cache. */
export async function weigh(browser, address) {
  const { context, page } = await fresh(browser)
  const sizes = new Map()
  const measured = []
  const measure = async (request) => {
    const [{ responseBodySize, responseHeadersSize }, response] = await Promise.all([request.sizes(), request.response()])
    // Of what a worker loads the browser tells no more than its headers, and those tell its length.
    const body = Math.max(responseBodySize, Number(await response.headerValue('content-length') ?? 0))
    const { pathname, search } = new URL(request.url())
    sizes.set(pathname + search, Math.max(sizes.get(pathname + search) ?? 0, body + responseHeadersSize))
  }
  page.on('requestfinished', (request) => measured.push(measure(request)))
  await page.goto(address)
  await idle(page)
  await page.waitForLoadState('networkidle')
  await Promise.all(measured)
  await context.close()
  const files = [...sizes].map(([path, bytes]) => ({ path, bytes, kind: kind(path) })).toSorted((a, b) => b.bytes - a.bytes)
  const sum = (of) => files.filter((one) => one.kind === of).reduce((total, one) => total + one.bytes, 0)
  return { files, sums: { page: sum('page'), font: sum('font'), answers: sum('answers'), tiles: sum('tiles') } }
}

/** Milliseconds from the navigation until something is painted, the figures are there, the map can be moved, and the map is whole with its labels. */
export async function hasten(browser, address) {
  const { context, page } = await fresh(browser)
  const devtools = await context.newCDPSession(page)
  await devtools.send('Network.enable')
  await devtools.send('Network.emulateNetworkConditions', phone)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slower })
  await page.addInitScript(() => {
    const times = globalThis.times = {}
    const signs = { figures: 'details.article', map: '[data-testid="map"]:not(:has(+ .map-wait)) .maplibregl-canvas', whole: '[data-map-idle="true"]' }
    const look = () => {
      for (const [name, sign] of Object.entries(signs)) if (!(name in times) && document.querySelector(sign)) times[name] = Math.round(performance.now())
      if (!('whole' in times)) setTimeout(look, 16)
    }
    look()
  })
  await page.goto(address, { waitUntil: 'commit' })
  await idle(page)
  const times = await page.evaluate(() => ({ paint: Math.round(performance.getEntriesByName('first-contentful-paint')[0].startTime), ...globalThis.times }))
  await context.close()
  return times
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [address, runs = '5'] = process.argv.slice(2)
  const browser = await launch()
  const { files, sums } = await weigh(browser, address)
  for (const one of files.filter(({ kind }) => kind !== 'tiles')) console.log(String(one.bytes).padStart(8), one.path)
  console.log(Object.entries(sums).map(([name, bytes]) => `${name} ${bytes}`).join(', '))
  for (let i = 0; i < Number(runs); i++) console.log(Object.entries(await hasten(browser, address)).map(([name, time]) => `${name} ${time} ms`).join(', '))
  await browser.close()
}
