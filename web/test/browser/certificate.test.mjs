// A certificate of a postal code from the page, by somebody of the Post, against a real server: given out, opened, verified by anybody, revoked, and verified again.
import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import axe from 'axe-core'
import { launch, open } from './chromium.mjs'
import { address, alone, nsdi, signIn } from './people.mjs'

const results = new URL('../../test-results/', import.meta.url).pathname
let browser

before(async () => {
  await mkdir(results, { recursive: true })
  browser = await launch()
})
after(async () => { await browser?.close() })

/** What anybody is told of a certificate's number and code. */
async function verdict(number, code) {
  const { page, close } = await open(browser, `${address}/postal-codes?lang=en&tab=verify`)
  for (const [n, value] of [number, code].entries()) await page.locator('.postal-form input').nth(n).fill(value)
  await page.click('.postal-ask')
  await page.waitForSelector('.postal-result[data-state="done"]')
  const told = [await page.innerText('.postal-card'), await page.getAttribute('.postal-card', 'data-good')]
  await close()
  return told
}

describe('a certificate of a postal code', { skip: alone }, () => {
  it('is given out, verified, revoked, and told to be revoked', { timeout: 180_000 }, async () => {
    const login = `clerk-${Date.now()}`
    const password = /password\s+(\S+)/.exec(await nsdi('user', 'add', login, '--agency', 'post', '--role', 'inquirer', '--name', 'مینا آزمون'))[1]
    const { page, seen, close } = await open(browser, `${address}/postal-codes?lang=en`, { width: 390, height: 860, touch: true })
    await signIn(page, login, password, '/postal-codes?lang=en&tab=certificates')
    const code = '4613300000' // the sample country's first
    await page.fill('.postal-form textarea', `${code}\n1311133799`)
    await page.fill('input[name=purpose]', 'a customer asked for it')
    await page.click('.postal-ask')
    await page.waitForSelector('.postal-card[data-good="true"]')
    assert.deepEqual(await page.locator('.postal-card').evaluateAll((all) => all.map((one) => one.dataset.good)), ['true', 'false'], 'the other code is not there')
    const link = page.locator('.postal-card a.button').first()
    const file = await page.request.get(new URL(await link.getAttribute('href'), address).href)
    assert.equal(file.headers()['content-type'], 'application/pdf')
    assert.equal((await file.body()).subarray(0, 5).toString(), '%PDF-')
    const number = await page.locator('.postal-card .actions bdi').first().innerText()
    const [valid, good] = await verdict(number, code)
    assert.match(valid, /The certificate is valid[^]*The certificate is of this code/)
    assert.equal(good, 'true')

    // It can be ended where it was given out, and its file goes with it,
    await page.click('.postal-ask')
    await page.locator('.postal-card .actions bdi', { hasNotText: number }).waitFor()
    await page.click('.postal-revoke summary')
    await page.fill('.postal-revoke input', 'The address is another one')
    await page.click('.postal-revoke button')
    await page.locator('.postal-card', { hasText: 'The certificate was revoked' }).waitFor()
    assert.equal(await page.evaluate(() => document.activeElement.className), 'postal-result', 'the keyboard goes on at the answer')
    assert.equal(await page.locator('.postal-card a.button').count(), 0, 'a file that is no longer given out is not offered')
    // and later by its number alone.
    await page.goto(`${address}/postal-codes?lang=en&tab=verify`)
    await page.locator('.postal-form input').first().fill(number)
    await page.click('.postal-ask')
    await page.click('.postal-revoke summary')
    await page.fill('.postal-revoke input', 'The customer has moved')
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0)
    await page.screenshot({ path: `${results}certificate-revoke-390.png`, fullPage: true })
    await page.evaluate(axe.source)
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }))
    assert.deepEqual(violations.filter((one) => ['serious', 'critical'].includes(one.impact)).map((one) => one.id), [])
    await page.click('.postal-revoke button')
    await page.locator('.postal-verdict', { hasText: 'The certificate was revoked' }).waitFor()
    const [revoked, still] = await verdict(number, code)
    assert.match(revoked, /The certificate was revoked[^]*Revoked on/)
    assert.equal(still, 'false')
    assert.deepEqual(seen.errors.filter((one) => !one.includes('401')), [])
    await close()
  })
})
