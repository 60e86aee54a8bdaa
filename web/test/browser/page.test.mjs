// The whole page in a real browser, against NSDI_TEST_URL or the mock server.
import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import axe from 'axe-core'
import { idle, launch, open, server, settled } from './chromium.mjs'
import { weigh } from './first-view.mjs'
import { alone } from './people.mjs'
import { colours, rounded } from './pixels.mjs'

const results = new URL('../../test-results/', import.meta.url).pathname
let browser, target

before(async () => {
  await mkdir(results, { recursive: true })
  ;[browser, target] = await Promise.all([launch(), server()])
})
after(async () => { await browser?.close(); await target?.stop() })

const json = async (path) => {
  const response = await fetch(target.address + path)
  assert.equal(response.status, 200, path)
  return response.json()
}

describe('the first view', () => {
  for (const lang of ['fa', 'en']) {
    for (const [width, height] of [[1400, 900], [1024, 768], [390, 844]]) {
      it(`${lang} at ${width} pixels: map, figures, no fault, no other host`, { timeout: 90_000 }, async () => {
        const { page, seen, close } = await open(browser, `${target.address}/?lang=${lang}`, { width, height, touch: width < 500 })
        await idle(page)
        await page.screenshot({ path: `${results}${lang}-${width}.png` })

        const fills = await fillsOf(page)
        const ground = fills.find((one) => one.name === 'sea').share
        assert.ok(ground > 0.05 && ground < 0.95, `the sea covers ${ground} of the map`)
        const seenFills = fills.filter((one) => one.name !== 'sea' && one.share > 0.002)
        assert.ok(seenFills.length >= 3, `at least three colours of the legend fill the map: ${JSON.stringify(fills)}`)
        assert.ok(seenFills.some((one) => one.name === 'class'), 'some unit has a known figure')

        const direction = await page.evaluate(() => ({
          content: getComputedStyle(document.querySelector('.page')).direction,
          html: document.documentElement.dir, lang: document.documentElement.lang,
          wide: document.documentElement.scrollWidth - innerWidth,
          font: document.fonts.check('16px Vazirmatn'),
        }))
        assert.deepEqual(direction, { content: lang === 'fa' ? 'rtl' : 'ltr', html: 'ltr', lang, wide: 0, font: true })

        assert.equal(await page.locator('[data-testid="ranking"] tbody tr').count(), 31)
        assert.equal(await page.locator('details.article').count(), 5)
        assert.deepEqual([...seen.hosts], [new URL(target.address).host])
        assert.deepEqual(seen.errors, [])
        assert.deepEqual(seen.refused, [])
        await close()
      })
    }
  }

  it('weighs at most 500 KB besides tiles', { skip: alone, timeout: 60_000 }, async () => {
    const { files, sums } = await weigh(browser, `${target.address}/`)
    const heaviest = files.slice(0, 6).map((one) => `${one.path} ${one.bytes}`)
    assert.ok(sums.page + sums.font + sums.answers <= 500_000, `${JSON.stringify(sums)}: ${heaviest}`)
    for (const part of ['map-worker', 'woff2', 'index']) assert.ok(files.some((one) => one.path.includes(part)), `${part} is among what was weighed`)
  })

  /** How much of the map each colour fills, without the page's own boxes on top of it. The classes come from the legend. */
  async function fillsOf(page) {
    const classes = await page.evaluate(() => [...document.querySelectorAll('.legend .swatch:not(.hatched), .legend-ramp i')]
      .map((swatch) => getComputedStyle(swatch).backgroundColor.match(/\d+/g).map(Number)))
    assert.equal(classes.length, 6, 'the legend has its classes')
    await page.addStyleTag({ content: '.map > :not(.map-canvas), .sheet { visibility: hidden !important }' })
    const shares = await colours(page, '[data-testid="map"]')
    const hex = (colour) => [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16))
    return [['sea', hex('#e6eef3')], ['land', hex('#f8f9f8')], ['unknown', hex('#d5dade')], ['hatching', hex('#b3bcc2')], ...classes.map((one) => ['class', one])]
      .map(([name, rgb]) => ({ name, rgb, share: shares.filter((one) => one.colour === rounded(rgb)).reduce((sum, one) => sum + one.share, 0) }))
  }

  it('has no serious accessibility fault, closed or opened up', { timeout: 120_000 }, async () => {
    for (const [lang, width] of [['fa', 1400], ['en', 390]]) {
      const { page, close } = await open(browser, `${target.address}/?lang=${lang}`, { width, height: 844, touch: width < 500 })
      await idle(page)
      await page.evaluate(axe.source)
      const check = async (what) => {
        const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }))
        const serious = violations.filter((one) => ['serious', 'critical'].includes(one.impact))
        assert.deepEqual(serious.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(' | ')}`), [], `${what}, ${lang}, ${width}`)
      }
      await check('first view')
      for (const summary of await page.locator('details.article > summary').all()) await summary.click()
      await check('articles open')
      await page.click('#tab-layers')
      await check('layers')
      await close()
    }
  })
})

describe('the figures', () => {
  it('say unknown where nothing is known, and what the interface says where it is', { timeout: 60_000 }, async () => {
    const progress = await json('/v1/progress?unit=IR')
    const { page, close } = await open(browser, `${target.address}/?lang=en`)
    await idle(page)
    const shown = await page.locator('details.article summary .percent').allInnerTexts()
    const percent = new Intl.NumberFormat('en-GB', { style: 'percent', maximumFractionDigits: 1 })
    progress.articles.forEach((article, i) => {
      if (article.percent === null) assert.equal(shown[i], 'Unknown')
      else if (article.percent >= 0.1 && article.percent <= 99.9) assert.equal(shown[i], percent.format(article.percent / 100))
    })
    assert.equal(shown.length, progress.articles.length)
    const last = await page.locator('[data-testid="ranking"] tbody tr').last().innerText()
    if (progress.children.some((child) => child.percent === null)) assert.match(last, /Unknown/)
    await close()
  })

  it('colour the map by the obligation that is chosen, and the table follows', { timeout: 60_000 }, async () => {
    const progress = await json('/v1/progress?unit=IR')
    const chosen = progress.obligations.find((one) => progress.children.some((child) => child.obligations[one.code] != null)) ?? progress.obligations[0]
    const { page, close } = await open(browser, `${target.address}/?lang=en`)
    await idle(page)
    await page.selectOption('#colour-by', chosen.code)
    await settled(page)
    assert.equal(await page.locator('.ranking-by').innerText(), chosen.title.en)
    assert.equal(new URL(page.url()).searchParams.get('by'), chosen.code)
    const unknown = progress.children.filter((child) => (child.obligations[chosen.code] ?? null) === null).length
    assert.equal(await page.locator('[data-testid="ranking"] .percent.unknown').count(), unknown)
    // What is closed hands the keyboard on.
    await page.click('.legend .icon-button')
    await page.click('#tab-layers')
    await page.click('.legend-open')
    await page.waitForSelector('.legend .icon-button:focus')
    await page.click('.layers-intro .link-button')
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('role')), 'switch')
    await close()
  })

  it('colour the ground by H3 cells from close by, and a cell tells its share and what was counted in it', { skip: alone, timeout: 90_000 }, async () => {
    const { center: [lon, lat] } = await json('/tiles/cadastre-urban.json')
    const { page, seen, close } = await open(browser, `${target.address}/?lang=en&by=A24-REST#map=8.5/${lat}/${lon}`)
    await idle(page)
    const hex = (colour) => [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16))
    // The boxes on the map are as light as the bare land, and little else is.
    const land = (await colours(page, '[data-testid="map"]')).find((one) => one.colour === rounded(hex('#f8f9f8')))?.share ?? 0
    assert.ok(land < 0.25, `cells leave ${land} of the ground without colour`)
    const { x, y, width, height } = await page.locator('[data-testid="map"]').boundingBox()
    await page.mouse.click(x + width / 2 + 90, y + height / 2 - 90) // beside the city, whose own maps are another obligation's
    const card = page.locator('.card')
    await card.getByText('H3 cell', { exact: true }).waitFor()
    const cell = await card.locator('dd').filter({ hasText: /^8[0-9a-f]{14}$/ }).innerText()
    assert.match(await card.locator('.percent').innerText(), /^\d+(\.\d)?%$/)
    assert.deepEqual(seen.errors, [])
    await card.getByRole('link', { name: 'What was counted here' }).click()
    await page.getByText(cell).first().waitFor()
    assert.equal(new URL(page.url()).searchParams.get('list'), 'A24-REST')
    await close()
  })

  it('go into a province from the table, and back', { timeout: 90_000 }, async () => {
    const { units } = await json('/v1/admin-units?level=province')
    const placed = units.find((one) => one.bounds)
    assert.ok(placed, 'a province has a shape')
    const { page, seen, close } = await open(browser, `${target.address}/?lang=en`)
    await idle(page)
    const before = page.url()
    await page.locator('[data-testid="ranking"]').getByRole('button', { name: placed.name_en, exact: true }).click()
    await settled(page)
    assert.notEqual(page.url(), before, 'the map flew there')
    await page.locator('[data-testid="card"] .button').click()
    await page.waitForFunction((name) => document.querySelector('.scope h2')?.textContent === name, placed.name_en)
    assert.equal(new URL(page.url()).searchParams.get('unit'), placed.code)
    await settled(page)
    await page.screenshot({ path: `${results}province.png` })
    await page.getByRole('button', { name: 'Back to the whole country' }).click()
    await page.waitForFunction(() => document.querySelectorAll('[data-testid="ranking"] tbody tr').length === 31)
    assert.deepEqual(seen.errors, [])
    await close()
  })
})

/** A house that the server finds itself: a street by a common name, then the nearest address to it. */
async function knownHouse() {
  const isHouse = (place) => place.properties.geocoding.type === 'house'
  for (const name of ['خیابان انقلاب', 'آزادی', 'ولیعصر', 'بهار']) {
    const { features } = await json(`/v1/geocode?q=${encodeURIComponent(name)}&limit=8`)
    for (const { geometry: { coordinates: [lon, lat] } } of features) {
      const house = (await json(`/v1/reverse?lat=${lat}&lon=${lon}&limit=1`)).features.find(isHouse)
      if (house) return house
    }
  }
  throw new Error('no house was found near any street of the usual names')
}

describe('the layers', () => {
  it('say from where they are seen, and go there', { timeout: 60_000 }, async () => {
    const { themes } = await json('/v1/themes')
    const theme = themes.find((one) => one.features > 0 && one.min_zoom > 2 && one.bounds)
    assert.ok(theme, 'a layer is published that is not seen from very far')
    const { page, seen, close } = await open(browser, `${target.address}/?lang=en#map=2/32/53`)
    await idle(page)
    await page.click('#tab-layers')
    await page.check(`[data-layer="${theme.code}"]`)
    const note = page.locator('.layer-row', { has: page.locator(`[data-layer="${theme.code}"]`) }).locator('.layer-note')
    assert.match(await note.innerText(), new RegExp(`zoom ${theme.min_zoom}`))
    await settled(page)
    await note.getByRole('button').click()
    await page.waitForFunction((zoom) => Number(/#map=([\d.]+)/.exec(location.hash)?.[1]) >= zoom, theme.min_zoom)
    assert.doesNotMatch(await note.innerText(), /Visible from/)
    assert.deepEqual(seen.errors, [])
    await close()
  })

  it('are drawn when they are switched on, and a link brings them back', { timeout: 120_000 }, async () => {
    const { themes } = await json('/v1/themes')
    const shown = themes.filter((theme) => theme.features > 0 && theme.geometry !== 'none')
    const theme = shown.find((one) => one.code === 'gnaf-address')
    const [lon, lat] = (await knownHouse()).geometry.coordinates
    const { page, seen, close } = await open(browser, `${target.address}/?lang=en#map=17.00/${lat}/${lon}`)
    await idle(page)
    await page.click('#tab-layers')
    assert.equal(await page.locator('[data-layer]').count(), shown.length)
    const tiles = page.waitForResponse((response) => new RegExp(`/tiles/${theme.code}/\\d`).test(response.url()) && response.status() === 200)
    await page.check(`[data-layer="${theme.code}"]`)
    await tiles
    await settled(page)
    const middle = async () => {
      const { x, y, width, height } = await page.locator('[data-testid="map"]').boundingBox()
      return (await page.screenshot({ clip: { x: x + width / 4, y: y + height / 4, width: width / 2, height: height / 2 } })).toString('base64')
    }
    const drawn = await middle()
    await page.uncheck(`[data-layer="${theme.code}"]`)
    await settled(page)
    assert.notEqual(await middle(), drawn, 'the map is another without the layer')
    await page.check(`[data-layer="${theme.code}"]`)
    await settled(page)
    assert.equal(await middle(), drawn, 'and the same when it is back')
    const address = page.url()
    await page.click('a.lang')
    await page.waitForFunction(() => document.documentElement.lang === 'fa')
    await settled(page)
    assert.equal(new URL(page.url()).hash, new URL(address).hash, 'the language switch keeps the view')
    assert.match(page.url(), new RegExp(`layers=[^#]*${theme.code}`))
    await page.screenshot({ path: `${results}layer.png` })
    const link = page.url()
    assert.deepEqual(seen.errors, [])
    await close()

    const again = await open(browser, link)
    await idle(again.page)
    await again.page.click('#tab-layers')
    assert.ok(await again.page.isChecked(`[data-layer="${theme.code}"]`))
    assert.equal(again.page.url(), link)
    await again.close()
  })
})

describe('the search', () => {
  it('flies to an answer by keyboard alone', { timeout: 90_000 }, async () => {
    const { postcode, label } = (await knownHouse()).properties.geocoding
    const query = postcode ?? label
    const expected = (await json(`/v1/geocode?q=${encodeURIComponent(query)}&limit=8`)).features[0]
    assert.ok(expected, `an answer for ${query}`)
    const { page, seen, close } = await open(browser, `${target.address}/`)
    await idle(page)
    await page.focus('[role="combobox"]')
    await page.keyboard.insertText(query)
    await page.waitForSelector('[role="option"]')
    await page.keyboard.press('ArrowDown')
    assert.equal(await page.getAttribute('[role="combobox"]', 'aria-expanded'), 'true')
    assert.ok(await page.getAttribute('[role="combobox"]', 'aria-activedescendant'))
    await page.screenshot({ path: `${results}search.png` })
    const stood = page.evaluate(() => new Promise((tell) => {
      new MutationObserver((_, watch) => {
        if (!document.querySelector('.maplibregl-marker')) return
        watch.disconnect()
        tell(location.hash)
      }).observe(document.body, { subtree: true, childList: true })
    }))
    await page.keyboard.press('Enter')
    await page.waitForSelector('.maplibregl-marker')
    await settled(page)
    assert.equal(await stood, new URL(page.url()).hash, 'where motion is not wanted, the map stands there at once')
    const [, , lat, lon] = /#map=([\d.]+)\/([\d.-]+)\/([\d.-]+)/.exec(page.url()).map(Number)
    const [x, y] = expected.geometry.coordinates
    assert.ok(Math.abs(lon - x) < 0.001 && Math.abs(lat - y) < 0.001, `the map stands at ${lat},${lon}, the answer at ${y},${x}`)
    const card = await page.locator('[data-testid="card"]').innerText()
    assert.match(card, /سطح تطبیق/)
    assert.match(card, /اطمینان\s+[۰-۹]/)
    await page.screenshot({ path: `${results}answer.png` })

    // The same point the other way round: a right click on the pin finds an address again.
    const box = await page.locator('[data-testid="map"]').boundingBox()
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2, { button: 'right' })
    await page.waitForSelector('.nearest li')
    assert.deepEqual(seen.errors, [])
    await close()
  })

  it('says so when nothing is found, and what to do', { timeout: 60_000 }, async () => {
    const { page, close } = await open(browser, `${target.address}/?lang=en`)
    await idle(page)
    await page.fill('[role="combobox"]', 'qqxqqz zzqx')
    await page.getByText('Add the city, leave out the house number').waitFor()
    await close()
  })

  it('shows a problem in the language of the page', { timeout: 60_000 }, async () => {
    const { page, close } = await open(browser, `${target.address}/`)
    await idle(page)
    await page.route('**/v1/geocode*', (route) => route.fulfill({ status: 422, contentType: 'application/problem+json',
      body: JSON.stringify({ status: 422, title: 'English title', title_fa: 'عنوان فارسی', next_step_fa: 'گام بعدی' }) }))
    await page.fill('[role="combobox"]', 'تهران')
    await page.getByRole('alert').getByText('عنوان فارسی').waitFor()
    await page.getByText('گام بعدی').waitFor()
    await close()
  })
})

describe('a small screen', () => {
  it('has a sheet that follows the finger and its button', { timeout: 60_000 }, async () => {
    const { page, seen, close } = await open(browser, `${target.address}/`, { width: 390, height: 844, touch: true })
    await idle(page)
    const height = async () => {
      await page.waitForTimeout(300)
      return (await page.locator('#panel').boundingBox()).height
    }
    const half = await height()
    const handle = await page.locator('.sheet-handle').boundingBox()
    await page.mouse.move(195, handle.y + 10)
    await page.mouse.down()
    await page.mouse.move(195, 300, { steps: 5 })
    await page.mouse.move(195, 150, { steps: 5 })
    await page.mouse.up()
    const full = await height()
    assert.ok(full > half + 200, `dragged up from ${half} to ${full}`)
    await page.focus('.sheet-handle')
    await page.keyboard.press('Enter')
    const low = await height()
    assert.ok(low < 120, `closed to ${low}`)
    const upright = page.url()
    await page.setViewportSize({ width: 740, height: 390 })
    await page.waitForFunction((before) => location.href !== before, upright) // turned, the phone shows the country whole again
    assert.deepEqual(seen.errors, [])
    await close()
  })

  it('tells the address under a finger that rests', { timeout: 60_000 }, async () => {
    const { page, seen, close } = await open(browser, `${target.address}/?lang=en`, { width: 390, height: 844, touch: true })
    await idle(page)
    const devtools = await page.context().newCDPSession(page)
    const touchPoints = [{ x: 195, y: 320 }]
    await devtools.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints })
    await page.getByRole('heading', { name: 'Nearest addresses' }).waitFor({ timeout: 5000 })
    await devtools.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
    await page.waitForTimeout(400)
    assert.ok(await page.getByRole('heading', { name: 'Nearest addresses' }).isVisible(), 'lifting the finger does not choose something else')
    assert.deepEqual(seen.errors, [])
    await close()
  })
})

describe('the keyboard', () => {
  it('reads what is in the middle of the map', { timeout: 60_000 }, async () => {
    const { page, close } = await open(browser, `${target.address}/?lang=en`)
    await idle(page)
    await page.focus('[data-testid="map"] canvas')
    await page.keyboard.press('Enter')
    await page.waitForSelector('[data-testid="card"] dl')
    await page.keyboard.press('Escape')
    await page.waitForSelector('[data-testid="card"]', { state: 'detached' })
    await close()
  })
})

describe('a browser that draws no map', () => {
  for (const [lang, told, search] of [['fa', /این مرورگر نمی‌تواند نقشه را بکشد/, 'تهران'], ['en', /This browser cannot draw the map/, 'Tehran']]) {
    it(`is told so, and the rest of the page works: ${lang}`, { timeout: 60_000 }, async () => {
      const context = await browser.newContext({ viewport: { width: 1400, height: 900 } })
      const page = await context.newPage()
      await page.addInitScript(() => {
        const { getContext } = HTMLCanvasElement.prototype
        HTMLCanvasElement.prototype.getContext = function (kind, ...rest) { return kind.startsWith('webgl') ? null : getContext.call(this, kind, ...rest) }
      })
      await page.goto(`${target.address}/?lang=${lang}&measure=36.2877,59.5897`)
      await page.getByRole('alert').filter({ hasText: told }).waitFor()
      assert.equal(await page.locator('.controls:visible, .tool:visible, .map-hint:visible').count(), 0, 'what only works on a map is not offered')
      await page.locator('details.article > summary').first().click()
      assert.ok(await page.locator('.obligations li:visible').count() > 0)
      await page.fill('[role="combobox"]', search)
      await page.waitForSelector('[role="option"]')
      await context.close()
    })
  }
})

describe('a failing server', () => {
  it('is told where tiles fail', { timeout: 60_000 }, async () => {
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 } })
    const page = await context.newPage()
    await page.route(/\/tiles\/admin-unit\/\d/, (route) => route.fulfill({ status: 500, body: '' }))
    await page.goto(`${target.address}/?lang=en`)
    await page.getByText(/Part of the layer “.+” could not be loaded/).waitFor()
    await page.getByRole('button', { name: 'Dismiss the message' }).click()
    await context.close()
  })

  it('is told, with a way to try again that works', { timeout: 60_000 }, async () => {
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 } })
    const page = await context.newPage()
    let broken = true
    await page.route('**/v1/progress*', (route) => (broken ? route.abort() : route.continue()))
    await page.goto(`${target.address}/?lang=en`)
    await page.getByText('The server did not answer.').waitFor()
    await idle(page)
    broken = false
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.waitForSelector('[data-testid="ranking"]')
    await context.close()
  })
})
