// The reviewers' desk: a real file is returned with a reason, delivered again, excepted from a rule, accepted and published by two people; the uploader reads it all.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { launch, open } from './chromium.mjs'
import { looks } from './looks.mjs'
import { address, alone, as, municipality, signIn } from './people.mjs'
import { shown } from './pixels.mjs'

const real = new URL('../../../../shared/data/dirty/tehran_neighbourhoods_swapped_latlng.csv', import.meta.url).pathname
const missing = alone || (existsSync(real) ? false : `needs ${real}`)
const run = Date.now().toString(36)
const agency = `review-${run}`
const roles = { uploader: `u-${run}`, reviewer: `r-${run}`, publisher: `p-${run}` }
const sessions = {}
let browser, rows

describe("the reviewers' desk", { skip: missing }, () => {
  before(async () => {
    await mkdir(new URL('../../test-results/', import.meta.url), { recursive: true })
    browser = await launch()
    const passwords = await municipality(agency, 'IR-23', Object.fromEntries(Object.entries(roles).map(([role, login]) => [login, role])))
    for (const [role, login] of Object.entries(roles)) {
      const { page, close } = await open(browser, `${address}/`)
      await signIn(page, login, passwords[login], '/review?lang=en')
      sessions[role] = await page.context().storageState()
      await close()
    }
    // The first thirty rows, of which one stands in the file twice; the second has its coordinates the other way round, and so lies outside the territory.
    rows = (await readFile(real, 'utf8')).trim().split(/\r?\n/).slice(0, 31)
    rows[2] = rows[2].replace(/,([^,]+),([^,]+)$/, ',$2,$1')
  })
  after(async () => { await browser?.close() })

  it('is closed to those who have no part in it', { timeout: 60_000 }, async () => {
    const { page, close } = await as(browser, sessions.uploader, '/review?lang=fa', 390)
    assert.match(await page.innerText('.closed'), /نقش «بازبین» یا «منتشرکننده»/)
    await looks(page, 'review-closed-fa')
    await close()
  })

  it('returns with a reason, which the uploader reads: Persian, wide', { timeout: 120_000 }, async () => {
    const tracking = await deliver()
    const { page, seen, close } = await as(browser, sessions.reviewer, '/review', 1400)
    await page.waitForFunction(() => /خدمات عمومی/.test(document.querySelector('[data-testid=queue] table')?.textContent))
    assert.match(await page.innerText('[data-testid=queue]'), new RegExp(`خدمات عمومی[^]*${tracking}[^]*در انتظار بازبین`))
    await looks(page, 'review-queue-fa')
    await page.click('[data-testid=queue] a')
    await page.waitForSelector('.decision')
    assert.match(await page.innerText('[data-testid=answer]'), /۲۹ ردیف از ۳۰ ردیف؛ ۱ ردیف رد شد/)
    assert.equal(await page.getByRole('button', { name: 'انتشار', exact: true }).count(), 0, 'a reviewer does not publish')
    await shown(page, '#1a7f37', '.report-map [data-testid=preview]')
    await shown(page, '#1a7f37', '.sides figure:last-child [data-testid=preview]')
    await looks(page, 'review-case-fa')
    await page.getByRole('button', { name: 'بازگرداندن' }).click()
    await page.click('.dialog .grave')
    assert.equal(await page.locator('article[data-state=submitted]').count(), 1, 'not without a reason')
    await page.fill('.dialog textarea', 'ردیف دوم در روسیه است؛ طول و عرض آن را جابه‌جا کنید.')
    await looks(page, 'review-return-fa')
    await page.click('.dialog .grave')
    await page.waitForSelector('article[data-state=returned]')
    assert.deepEqual(seen.errors, [])
    await close()
    const uploader = await as(browser, sessions.uploader, `/submissions/${tracking}`, 390)
    await uploader.page.waitForSelector('article[data-state=returned]')
    assert.equal(await uploader.page.locator('.steps [aria-current=step]').innerText().then((shown) => shown.replace(/\s+/g, ' ').trim()), '× بازگردانده شد')
    assert.match(await uploader.page.innerText('article'), /دلیل بازبین[^]*در روسیه است/)
    await uploader.close()
  })

  it('excepts a row with a reason, accepts, and publishes by another hand: English, narrow', { timeout: 180_000 }, async () => {
    const tracking = await deliver()
    const { page, seen, close } = await as(browser, sessions.reviewer, `/review/${tracking}?lang=en`, 390)
    await page.waitForSelector('.findings tbody tr')
    await page.selectOption('.findings [name=rule]', 'outside-territory')
    await page.waitForFunction(() => document.querySelectorAll('.findings tbody tr').length === 1)
    await page.getByRole('button', { name: 'Except' }).click()
    await page.fill('.dialog textarea', 'It is a consulate.')
    await looks(page, 'review-except-en')
    await page.click('.dialog .button:not(.plain)')
    await page.waitForFunction(() => /Accepted: all 30 rows/.test(document.querySelector('[data-testid=answer]')?.textContent), null, { timeout: 60_000 })
    await page.selectOption('.findings [name=rule]', 'outside-territory')
    await page.waitForFunction(() => /excepted with a reason/.test(document.querySelector('.findings tbody')?.textContent))
    if (await page.locator('article[data-state=validated]').count()) {
      // What was checked again is handed in again.
      const again = await as(browser, sessions.uploader, `/submissions/${tracking}?lang=en`, 390)
      await again.page.click('.submit .button')
      await again.page.waitForSelector('article[data-state=submitted]')
      await again.close()
      await page.reload()
    }
    await page.getByRole('button', { name: 'Accept for publication' }).click()
    await page.waitForSelector('article[data-state=reviewed]')
    assert.deepEqual(seen.errors, [])
    await close()

    const boss = await as(browser, sessions.publisher, '/review?lang=en', 390)
    await boss.page.waitForSelector('[data-testid=queue] table')
    await looks(boss.page, 'review-queue-en')
    await boss.page.locator('[data-testid=queue] tr', { hasText: tracking }).getByRole('link').click()
    await boss.page.getByRole('button', { name: 'Publish', exact: true }).click()
    await boss.page.waitForSelector('article[data-state=published]', { timeout: 60_000 })
    await looks(boss.page, 'review-published-en')
    await boss.close()
  })
})

/** Hands the rows in for review, as a program of the uploader would. */
async function deliver() {
  const { page, close } = await as(browser, sessions.uploader, '/submissions', 800)
  const tracking = await page.evaluate(async ({ agency, text }) => {
    const b64 = (value) => btoa(value)
    const content = new TextEncoder().encode(text)
    const made = await fetch('/v1/uploads', {
      method: 'POST', body: content,
      headers: { 'Tus-Resumable': '1.0.0', 'Upload-Length': String(content.length), 'Upload-Metadata': `filename ${b64('neighbourhoods.csv')},agency ${b64(agency)}`, 'Content-Type': 'application/offset+octet-stream' },
    })
    const send = async (path, body) => {
      const answer = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
      if (!answer.ok) throw new Error(await answer.text())
      return answer.json()
    }
    const { tracking } = await send('/v1/submissions', {
      agency, theme: 'public-facility', uploads: [made.headers.get('Location').split('/').pop()], confirm: true,
      mapping: { point: { lon: 'lat', lat: 'lng' }, attributes: { facility_id: { template: '{district}-{name_fa}' }, name_fa: 'name_fa', kind: { value: 'محله' } } },
    })
    for (;;) {
      const { state } = await (await fetch(`/v1/submissions/${tracking}`)).json()
      if (state === 'validated') break
      if (state === 'refused') throw new Error('refused')
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    await send(`/v1/submissions/${tracking}/submit`, { accept_refused: true })
    return tracking
  }, { agency, text: rows.join('\n') })
  await close()
  return tracking
}
