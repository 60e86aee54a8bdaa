// The tools of the map against a real server with the sample country: what is measured, chosen and shown comes back from the address.
import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { idle, launch, open, settled } from './chromium.mjs'
import { looks } from './looks.mjs'
import { shown } from './pixels.mjs'

const address = (process.env.NSDI_TEST_URL ?? '').replace(/\/$/, '')
const town = '#map=18.00/36.287700/59.589700'
let browser

before(async () => {
  await mkdir(new URL('../../test-results/', import.meta.url), { recursive: true })
  browser = await launch()
})
after(() => browser?.close())

const at = async (page, x, y, options) => {
  const box = await page.locator('[data-testid=map] canvas').boundingBox()
  await page.mouse.click(box.x + box.width * x, box.y + box.height * y, options)
}

/** The colours that parcels have in their style, by the value of its attribute; the last is that of all other values. */
const parcelColours = async () => (await (await fetch(`${address}/styles/cadastre-urban.json`)).json()).metadata['nsdi:legend']
  .map(({ attribute, value, colour }) => ({ attribute, value, colour, rgb: [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16)) }))

describe('the tools of the map', { skip: address ? false : 'needs scripts/with-sample.sh' }, () => {
  for (const [lang, width] of [['fa', 1400], ['en', 390]]) {
    it(`measure, and a link reproduces it: ${lang} at ${width}`, { timeout: 120_000 }, async () => {
      const { page, seen, close } = await open(browser, `${address}/?lang=${lang}&layers=admin-unit,cadastre-urban:40${town}`, { width })
      await page.emulateMedia({ colorScheme: lang === 'en' ? 'dark' : 'light' })
      await idle(page)
      await page.locator('.tool-button').first().click()
      await page.waitForSelector('[data-testid=distance]')
      for (const [x, y] of [[0.3, 0.5], [0.6, 0.5], [0.6, 0.65]]) await at(page, x, y)
      await page.waitForSelector('[data-testid=area]')
      await shown(page, '#d6006c', '[data-testid=map]')
      const told = await page.innerText('.tool-figures')
      assert.match(told, lang === 'fa' ? /متر[\s\S]*هکتار|متر مربع/ : /m[\s\S]*(ha|m²)/)
      assert.match(page.url(), /layers=admin-unit,cadastre-urban:40/)
      assert.equal(decodeURIComponent(new URL(page.url()).searchParams.get('measure')).split(';').length, 3)
      await looks(page, `map-measure-${lang}-${width}`)
      // On paper the map is a picture of itself, with what is drawn on it; by day, also where the screen is dark.
      const printed = await page.evaluate(() => {
        dispatchEvent(new Event('beforeprint'))
        const picture = document.querySelector('.map-picture')
        const { data } = picture.getContext('2d').getImageData(0, 0, picture.width, picture.height)
        let [drawn, green] = [0, 0]
        for (let i = 0; i < data.length; i += 4) {
          green += data[i + 1]
          if (data[i] > 190 && data[i + 1] < 40 && data[i + 2] > 80) drawn++
        }
        dispatchEvent(new Event('afterprint'))
        return { drawn, light: (4 * green) / data.length, ink: getComputedStyle(document.documentElement).getPropertyValue('--paper') }
      })
      assert.ok(printed.drawn > 50, `${printed.drawn} pixels of the line`)
      assert.ok(printed.light > 150, `of 255, the paper is as light as ${printed.light}`)
      assert.equal(printed.ink, lang === 'en' ? '#17242a' : '#fff', 'afterwards the screen is as it was')
      assert.equal(await page.locator('.map-picture').count(), 0)
      const again = await open(browser, page.url(), { width })
      await again.page.waitForSelector('[data-testid=area]')
      assert.equal(await again.page.innerText('.tool-figures'), told)
      await shown(again.page, '#d6006c', '[data-testid=map]')
      assert.equal(again.page.url(), page.url())
      await again.close()
      assert.deepEqual(seen.errors, [])
      await close()
    })

    it(`right click gives the address, coordinates and a link: ${lang} at ${width}`, { timeout: 120_000 }, async () => {
      const { page, close } = await open(browser, `${address}/?lang=${lang}&layers=admin-unit,road,gnaf-address${town}`, { width })
      await idle(page)
      await at(page, 0.5, width < 500 ? 0.3 : 0.5, { button: 'right' })
      await page.waitForSelector('.nearest li')
      const card = await page.innerText('.card')
      assert.match(card, /36\.28\d+, 59\.58\d+|36\.28\d+, 59\.59\d+/)
      assert.match(card, /40N 7325\d\d 40189\d\d|40N 7325\d\d 40190\d\d/, 'in its UTM zone')
      assert.match(page.url(), /sel=@36\.28/)
      await looks(page, `map-reverse-${lang}-${width}`)
      const again = await open(browser, page.url(), { width })
      await again.page.waitForSelector('.nearest li')
      assert.equal(await again.page.innerText('.coordinates'), await page.innerText('.coordinates'))
      await again.close()
      await close()
    })
  }

  it('leads from a parcel of the map to its page, and a link shows the parcel again', { timeout: 120_000 }, async () => {
    const { page, close } = await open(browser, `${address}/?lang=en&layers=admin-unit,cadastre-urban${town}`)
    await idle(page)
    await at(page, 0.5, 0.5)
    await page.waitForSelector('.card-links a[href^="/parcels"]')
    const plate = /(sub \d+ of )?main \d+/.exec(await page.innerText('.card'))[0]
    const ownId = /IR-\S+/.exec(await page.innerText('.card'))[0]
    await shown(page, '#ffb000', '[data-testid=map]')
    await looks(page, 'map-parcel-en-1400')
    const again = await open(browser, page.url())
    await again.page.waitForSelector('.card-links a')
    assert.ok((await again.page.innerText('.card')).includes(ownId))
    await again.close()
    await page.click('.card-links a')
    await page.fill('[name=purpose]', 'test of the page')
    await page.click('.postal-ask')
    await page.waitForSelector('[data-testid=parcel]')
    const parcel = await page.innerText('[data-testid=parcel]')
    assert.ok(parcel.includes(plate) && parcel.includes(ownId), 'it is the same parcel')
    await close()
  })

  for (const [lang, width] of [['fa', 390], ['en', 1400]]) {
    it(`the data, picture and link of what is shown: ${lang} at ${width}`, { timeout: 120_000 }, async () => {
      const { page, seen, close } = await open(browser, `${address}/?lang=${lang}&layers=admin-unit,cadastre-urban,road${town}`, { width })
      await idle(page)
      await page.locator('.tool-button').nth(1).click()
      await page.waitForSelector('[data-download=cadastre-urban]')
      const taken = async (selector) => {
        const [download] = await Promise.all([page.waitForEvent('download'), page.click(selector)])
        return { name: download.suggestedFilename(), body: await readFile(await download.path()) }
      }
      const file = await taken('[data-download=cadastre-urban]')
      assert.equal(file.name, 'cadastre-urban-area.geojson')
      const { features } = JSON.parse(file.body)
      const drawn = await page.evaluate(() => [...new URLSearchParams(location.search)].length) // the page is still itself
      assert.ok(features.length > 0 && features.length < 200 && drawn > 0, `${features.length} features are in view`)
      await page.emulateMedia({ colorScheme: 'dark' })
      await idle(page)
      const png = await taken('[data-save=png]')
      await page.emulateMedia({ colorScheme: 'light' })
      assert.match(png.name, /^nsdi-map-\d{4}-\d\d-\d\d\.png$/)
      await writeFile(new URL(`../../test-results/map-picture-${lang}-${width}.png`, import.meta.url), png.body)
      const known = await parcelColours()
      const colour = (known.find((one) => one.value === features[0].properties[one.attribute]) ?? known.at(-1)).rgb
      const { parcel, light, height } = await page.evaluate(async ([base64, [r, g, b]]) => {
        const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (one) => one.charCodeAt(0))]))
        const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
        const context = canvas.getContext('2d')
        context.drawImage(bitmap, 0, 0)
        const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height)
        let parcel = 0, light = 0
        for (let i = 0; i < data.length; i += 4) {
          if (Math.abs(data[i] - r) < 12 && Math.abs(data[i + 1] - g) < 12 && Math.abs(data[i + 2] - b) < 12) parcel++
          if (data[i] + data[i + 1] + data[i + 2] > 3 * 128) light++
        }
        return { parcel, light: light / (data.length / 4), height: bitmap.height }
      }, [png.body.toString('base64'), colour])
      assert.ok(parcel > 500, `edges of parcels are in the picture: ${parcel}`)
      assert.ok(light > 0.6, `the picture is by day, as its legend, on a page by night: ${light}`)
      const box = await page.locator('[data-testid=map] canvas').boundingBox()
      assert.equal(height, Math.round(box.height) + 74, 'below the map it says of when and from whom')
      await looks(page, `map-save-${lang}-${width}`)
      assert.deepEqual(seen.errors, [])
      await close()
    })

    it(`a day gone by: ${lang} at ${width}`, { timeout: 120_000 }, async () => {
      const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Tehran', year: 'numeric', month: '2-digit', day: '2-digit' }).format(new Date())
      const { page, seen, close } = await open(browser, `${address}/?lang=${lang}&layers=admin-unit,cadastre-urban&as_of=2001-01-01${town}`, { width })
      await page.getByRole('tab').nth(1).click()
      await page.waitForSelector('[data-testid=as-of] [data-kind=shown]')
      assert.match(await page.innerText('[data-testid=as-of]'), lang === 'fa' ? /۰ عارضه/ : /: 0 features/, 'nothing was published then')
      await looks(page, `map-asof-${lang}-${width}`)
      // In Persian the day is typed as it is counted there.
      await page.fill('.as-of input', lang === 'fa' ? new Intl.DateTimeFormat('fa-IR-u-ca-persian', { timeZone: 'Asia/Tehran', year: 'numeric', month: '2-digit', day: '2-digit' }).format(new Date()) : today)
      await page.press('.as-of input', 'Tab')
      await page.waitForFunction(() => /[1-9۱-۹]/.test(document.querySelector('[data-testid=as-of] [data-kind=shown]')?.textContent ?? ''))
      await shown(page, (await parcelColours()).map((one) => one.colour), '[data-testid=map]')
      assert.match(page.url(), new RegExp(`as_of=${today}`))
      await page.click('.as-of-chip button')
      await page.waitForSelector('.as-of-chip', { state: 'detached' })
      await settled(page)
      await shown(page, (await parcelColours()).map((one) => one.colour), '[data-testid=map]') // the tiles of now
      assert.deepEqual(seen.errors, [])
      await close()
    })
  }

  it('list the layers that are sought', { timeout: 60_000 }, async () => {
    const { page, close } = await open(browser, `${address}/?lang=en`)
    await page.getByRole('tab', { name: 'Layers' }).click()
    await page.getByRole('searchbox').fill('ROAD')
    assert.deepEqual(await page.locator('.layer-row [data-layer]').evaluateAll((all) => all.map((one) => one.dataset.layer)), ['road'])
    await page.getByRole('searchbox').fill('ساختمان')
    assert.deepEqual(await page.locator('.layer-row [data-layer]').evaluateAll((all) => all.map((one) => one.dataset.layer)), ['building'])
    await close()
  })
})

describe('the map at night', { skip: address ? false : 'needs scripts/with-sample.sh' }, () => {
  it('has a dark ground, and turns light when the day comes', { timeout: 60_000 }, async () => {
    const { page, close } = await open(browser, `${address}/?layers=`)
    await page.emulateMedia({ colorScheme: 'dark' })
    await idle(page)
    await shown(page, '#1b2a31', '[data-testid=map]') // land
    await looks(page, 'map-night-fa-1400')
    await page.emulateMedia({ colorScheme: 'light' })
    await shown(page, '#f8f9f8', '[data-testid=map]')
    await close()
  })
})
