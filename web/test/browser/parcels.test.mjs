// The page of parcels against a real server with the sample country: from a plate to the extract, and from the extract's number to its verification.
import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { launch, open } from './chromium.mjs'
import { looks } from './looks.mjs'
import { shown } from './pixels.mjs'

const address = (process.env.NSDI_TEST_URL ?? '').replace(/\/$/, '')
let browser

before(async () => {
  await mkdir(new URL('../../test-results/', import.meta.url), { recursive: true })
  browser = await launch()
})
after(() => browser?.close())

const words = {
  fa: { none: /قطعه‌ای یافت نشد/, plate: (sub, main) => new RegExp(`${sub} فرعی از ${main} اصلی`), valid: /برابر است/, closed: /ورود/ },
  en: { none: /No parcel was found/, plate: (sub, main) => new RegExp(`sub ${sub} of main ${main}`), valid: /shows what is published now/, closed: /Sign in/ },
}
const persian = (n) => String(n).replace(/\d/g, (d) => String.fromCodePoint(0x06f0 + Number(d)))

/** A parcel of the sample that has a sub plate. */
async function some() {
  const asked = `purpose=test&request=${crypto.randomUUID()}`
  const { parcels } = await (await fetch(`${address}/v1/parcels?bbox=59.589,36.287,59.5905,36.2885&limit=50&${asked}`)).json()
  return parcels.find((one) => one.plate.sub)
}

describe('the page of parcels', { skip: address ? false : 'needs scripts/with-sample.sh' }, () => {
  for (const [lang, width, scheme] of [['fa', 1400, 'light'], ['en', 390, 'dark']]) {
    it(`from a plate to the extract and its verification: ${lang} at ${width}, ${scheme}`, { timeout: 120_000 }, async () => {
      const parcel = await some()
      const { page, seen, close } = await open(browser, `${address}/parcels?lang=${lang}`, { width, height: 860, touch: width < 500 })
      await page.emulateMedia({ colorScheme: scheme })
      const w = words[lang]
      const digits = lang === 'fa' ? persian : String
      // The two numbers are two fields, and what they mean is read back before anything is asked.
      await page.fill('[name=section]', parcel.section)
      await page.fill('[name=main]', persian(parcel.plate.main))
      await page.fill('[name=sub]', '999999')
      assert.match(await page.innerText('.plate-read'), w.plate(digits(999999), digits(parcel.plate.main)))
      await page.fill('[name=purpose]', 'آزمون صفحه')
      await page.click('.postal-ask')
      await page.waitForSelector('.postal-none')
      assert.match(await page.innerText('.postal-none'), w.none)
      await page.fill('[name=sub]', digits(parcel.plate.sub))
      await page.click('.postal-ask')
      await page.waitForSelector('[data-testid=parcel]')
      const list = page.locator('.parcel-list button')
      for (let i = 0; i < await list.count(); i++) { // other districts may have the same plate
        await list.nth(i).click()
        if ((await page.innerText('.parcel dl')).includes(parcel.parcel_id)) break
      }
      assert.match(await page.innerText('.parcel h2'), w.plate(digits(parcel.plate.sub), digits(parcel.plate.main)))
      assert.ok((await page.innerText('.parcel dl')).includes(parcel.parcel_id))
      assert.doesNotMatch(page.url(), /section|main=|sub=/, 'what is asked stands in no address')
      await shown(page, '#8c3f7d') // its outline
      for (const part of ['neighbours', 'history', 'addresses']) {
        await page.click(`[data-part=${part}] summary`)
        await page.waitForSelector(`[data-part=${part}] .postal-result[data-state=done]`)
      }
      assert.ok(await page.locator('[data-part=neighbours] tbody tr').count() > 0)
      assert.equal(await page.locator('[data-part=history] tbody tr').count(), 1)
      await page.click('[data-part=facts] summary')
      await page.waitForSelector('[data-part=facts] .postal-closed a')
      assert.match(await page.innerText('[data-part=facts] .postal-closed'), w.closed, 'facts of the register are not for everybody')
      await looks(page, `parcel-${lang}-${width}-${scheme}`)

      const extract = await page.getAttribute('.parcel .actions a.button', 'href')
      const pdf = await fetch(address + extract)
      assert.equal(pdf.headers.get('content-type'), 'application/pdf')
      assert.equal(Buffer.from(await pdf.arrayBuffer()).subarray(0, 5).toString(), '%PDF-')
      const number = /filename="(.+)\.pdf"/.exec(pdf.headers.get('content-disposition'))[1]
      await page.locator('.postal-tabs a').nth(3).click()
      await page.locator('.postal-form input').first().fill(number)
      await page.click('.postal-ask')
      await page.waitForSelector('.postal-card[data-good=true]')
      assert.match(await page.innerText('.postal-card'), w.valid)
      assert.match(await page.innerText('.postal-card'), w.plate(digits(parcel.plate.sub), digits(parcel.plate.main)))
      await looks(page, `parcel-verify-${lang}-${width}-${scheme}`)
      assert.deepEqual(seen.refused.filter((one) => !one.startsWith('401')), [])
      assert.deepEqual([...seen.hosts], [new URL(address).host])
      await close()
    })
  }

  it('by a point of the map', { timeout: 90_000 }, async () => {
    const { page, close } = await open(browser, `${address}/parcels?lang=en&lon=59.5897&lat=36.2877`)
    await page.fill('[name=purpose]', 'test of the page')
    await page.waitForSelector('[data-testid=preview][data-map-idle=true]')
    await page.click('[data-testid=preview] canvas')
    const [lat, lon] = await page.locator('[name=lat], [name=lon]').evaluateAll((all) => all.map((one) => Number(one.value)))
    assert.ok(Math.abs(lon - 59.5897) < 0.001 && Math.abs(lat - 36.2877) < 0.001, `${lat} ${lon} is in the middle of the map`)
    await shown(page, '#b3261e')
    await page.fill('[name=lon]', '۵۹٫۵۸۹۷')
    assert.equal(await page.inputValue('[name=lon]'), '59.5897', 'as a Persian keyboard writes it')
    await page.click('.postal-ask')
    await page.waitForSelector('.postal-result[data-state=done]')
    await looks(page, 'parcel-point-en-1400')
    await close()
  })
})
