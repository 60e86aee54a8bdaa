// The page of postal codes, against NSDI_TEST_URL or the mock server. What the database has to hold, the test answers itself, in the interface's shape.
import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import axe from 'axe-core'
import { launch, open, server } from './chromium.mjs'

const results = new URL('../../test-results/', import.meta.url).pathname
let browser, target

before(async () => {
  await mkdir(results, { recursive: true })
  ;[browser, target] = await Promise.all([launch(), server()])
})
after(async () => { await browser?.close(); await target?.stop() })

const unit = {
  id: 1, postal_code: '1311133717', address: 'تهران، خیابان بهار، پلاک 10، واحد 1', province: 'تهران', city: 'تهران', street: 'خیابان بهار', number: 10, building: 'برج آفتاب', floor: 0, unit: '1',
}
const inquiry = { request: 'r', at: '2026-11-22T08:00:00Z', repeated: false }
const moment = { at: '2026-11-22T08:00:00Z', jalali: '1405-09-01' }
const ask = async (page, fields) => {
  for (const [n, value] of fields.entries()) await page.locator('.postal-form input:not([name=purpose]), .postal-form textarea').nth(n).fill(value)
  const purpose = page.locator('input[name=purpose]')
  if (await purpose.count()) await purpose.fill('آزمون')
  await page.click('.postal-ask')
}
const done = (page, state = 'done') => page.waitForSelector(`.postal-result[data-state="${state}"]`)
const answering = (page, pattern, body, status = 200, wait = 0) => page.route(pattern, async (route) => {
  if (wait) await new Promise((resolve) => setTimeout(resolve, wait))
  await route.fulfill({ status, contentType: status < 400 ? 'application/json' : 'application/problem+json', body: JSON.stringify(body) })
})
const at = (lang, tab = '') => `${target.address}/postal-codes?lang=${lang}${tab && `&tab=${tab}`}`

describe('the page of postal codes', () => {
  it('is reached from the map, and its language and question stand in the address, what is asked does not', { timeout: 60_000 }, async () => {
    const { page, close } = await open(browser, `${target.address}/?lang=en`)
    await page.click('.menu summary')
    await page.click('.menu a[href^="/postal-codes"]')
    await page.waitForURL('**/postal-codes?lang=en')
    await page.click('.postal-tabs a >> nth=1')
    await ask(page, ['1311133799'])
    await done(page, 'failed')
    assert.match(page.url(), /\/postal-codes\?lang=en&tab=address$/)
    assert.match(await page.innerText('.postal-none'), /There is no such postal code/)
    await page.click('.lang')
    assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('.postal')).direction), 'rtl')
    await close()
  })

  it('validates: four answers, reasons, and suggestions that can be taken', { timeout: 60_000 }, async () => {
    const { page, seen, close } = await open(browser, at('fa'))
    await ask(page, ['۱۲۳'])
    await done(page)
    assert.deepEqual(await page.locator('.postal-checks li').evaluateAll((all) => all.map((one) => one.dataset.is)), ['false', 'null', 'null', 'null'])
    assert.equal(await page.locator('.postal-findings li').count(), 1)
    const asked = []
    page.on('request', (request) => { if (request.url().includes('/validate')) asked.push(new URL(request.url()).searchParams.get('code')) })
    await answering(page, '**/validate?**', {
      inquiry, data_version: '1', postal_code: '1311133711', format_valid: true, prefix_known: true, exists: false, active: false, errors: [], warnings: [],
      suggestions: [{ postal_code: '1311133717', slip: 'one-digit', city: 'تهران', same_city: false }],
    })
    await ask(page, ['1311133711'])
    await page.click('.postal-suggestions button')
    await page.waitForFunction(() => document.querySelector('.postal-form input').value === '1311133717')
    assert.deepEqual(asked, ['1311133711', '1311133717'])
    assert.deepEqual(seen.errors, [])
    assert.deepEqual([...seen.hosts], [new URL(target.address).host])
    await close()
  })

  for (const [lang, width] of [['fa', 1200], ['fa', 390], ['en', 1200], ['en', 390]]) {
    it(`shows waiting, an address, no right, a fault and a certificate: ${lang} at ${width}`, { timeout: 90_000 }, async () => {
      const { page, close } = await open(browser, at(lang, 'address'), { width, height: 860, touch: width < 500 })
      const fits = async (what) => {
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0, what)
        await page.screenshot({ path: `${results}postal-${what}-${lang}-${width}.png`, fullPage: true })
      }
      await answering(page, '**/v1/postal-codes/1311133717?**', { inquiry, data_version: '1', postal_code: unit.postal_code, units: [unit] }, 200, 700)
      await ask(page, ['1311133717'])
      await page.waitForSelector('.postal-result .loading')
      await done(page)
      assert.match(await page.innerText('.postal-card'), lang === 'fa' ? /همکف/ : /ground floor/)
      await fits('address')
      await page.evaluate(axe.source)
      const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }))
      assert.deepEqual(violations.filter((one) => ['serious', 'critical'].includes(one.impact)).map((one) => one.id), [])

      await page.click('.postal-tabs a >> nth=2')
      await ask(page, ['تهران، خیابان بهار، پلاک ۱۰'])
      await page.waitForSelector('.postal-closed a[href*="/sign-in"]')
      await fits('closed')
      await answering(page, '**/v1/postal-codes/search', {
        type: '/problems/grant-needed', code: 'grant-needed', status: 403, title: 'This service needs a grant', title_fa: 'برای این خدمت مجوز لازم است', errors: [],
      }, 403)
      await page.click('.postal-ask')
      await page.waitForSelector('.postal-closed:not(:has(a))')
      await page.unroute('**/v1/postal-codes/search')
      await answering(page, '**/v1/postal-codes/search', {
        inquiry, data_version: '1', grants: [], candidates: [{ level: 'site', confidence: 0.93, reasons: { fa: ['معبر و شماره عیناً در داده هست.'], en: ['The way and the number are in the data exactly.'] }, unmatched: ['نو'], address: 'تهران، خیابان بهار، پلاک 10', units: [unit, { ...unit, id: 2, postal_code: '1311133718', unit: '2' }] }],
      })
      await page.click('.postal-ask')
      await page.waitForSelector('.postal-units')
      assert.equal(await page.locator('.postal-units li').count(), 2)
      await fits('codes')
      await page.unroute('**/v1/postal-codes/search')
      await page.route('**/v1/postal-codes/search', (route) => route.abort())
      await page.click('.postal-ask')
      await page.waitForSelector('.failure .button')

      await page.click('.postal-tabs a >> nth=5')
      await ask(page, ['XYZ'])
      await page.waitForSelector('.postal-none')
      await answering(page, '**/v1/verify/**', { kind: 'postal-certificate', number: 'SDI-7K3M-9Q2P', issued: moment, expires: moment, current: true, state: 'valid', sha256: '', code_matches: false })
      await ask(page, ['SDI-7K3M-9Q2P', '1311133799'])
      await done(page)
      assert.equal(await page.getAttribute('.postal-card', 'data-good'), 'false', 'of another code')
      await fits('verify')
      await close()
    })
  }
})
