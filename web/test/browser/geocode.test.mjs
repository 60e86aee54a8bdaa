// Addresses become places: one of them with the reasons, and a file of thousands whose doubtful rows a person looks at.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { launch, open } from './chromium.mjs'
import { looks } from './looks.mjs'
import { address, alone, as, municipality, signIn } from './people.mjs'
import { shown } from './pixels.mjs'

const run = Date.now().toString(36)
let browser, session, published, passwords

describe('the page of addresses', { skip: alone }, () => {
  before(async () => {
    await mkdir(new URL('../../test-results/', import.meta.url), { recursive: true })
    browser = await launch()
    const login = `g-${run}`
    passwords = await municipality(`geocode-${run}`, 'IR-02', { [login]: 'uploader', [`h-${run}`]: 'uploader' })
    const { page, close } = await open(browser, `${address}/`)
    await signIn(page, login, passwords[login], '/geocode')
    session = await page.context().storageState()
    await close()
    const { datasets } = await (await fetch(`${address}/v1/datasets?theme=gnaf-address&agency=post`)).json()
    published = (await (await fetch(`${address}/v1/datasets/${datasets[0].id}/features?limit=1000`)).json()).features
  })
  after(async () => { await browser?.close() })

  for (const [lang, width] of [['fa', 1400], ['en', 390]]) {
    it(`finds one address and says why: ${lang} at ${width}`, { timeout: 90_000 }, async () => {
      const { page, seen, close } = await open(browser, `${address}/geocode?lang=${lang}`, { width, height: 844, touch: width < 500 })
      const { properties: one, geometry } = published[0]
      await page.fill('[name=address]', `${one.city}، ${one.street_before}، ${one.street}، پلاک ${one.number}`)
      await page.click('.geocode-form .button')
      await page.waitForSelector('[data-testid=answers][data-state=done] .answer-card')
      const card = await page.innerText('.answer-card >> nth=0')
      assert.match(card, lang === 'fa' ? /کوچه سوسن[^]*چرا این پاسخ/ : /Why this answer/)
      const [lon, lat] = geometry.coordinates
      const [y, x] = /([\d.]+), ([\d.]+)/.exec(card).slice(1).map(Number)
      assert.ok(Math.abs(x - lon) < 1e-4 && Math.abs(y - lat) < 1e-4, `${x} ${y} is where it was published`)
      await shown(page, '#1a7f37')
      await looks(page, `geocode-one-${lang}-${width}`)
      await page.emulateMedia({ media: 'print' })
      assert.deepEqual([await page.isVisible('.answer-head bdi >> nth=0'), await page.isVisible('.geocode-form')], [true, false], 'what was found is on paper')
      await page.emulateMedia({ media: null })
      await page.fill('[name=address]', 'bcdfg hjklmn')
      await page.click('.geocode-form .button')
      await page.waitForSelector('.answers .empty')
      assert.deepEqual(seen.errors, [])
      assert.deepEqual([...seen.hosts], [new URL(address).host])
      await close()
    })
  }

  it('takes a file of 6,000 rows, shows how far it is, and has the doubtful ones looked at: Persian, wide', { timeout: 180_000 }, async () => {
    const { page, seen, close } = await as(browser, session, '/geocode?tab=file', 1400)
    await page.waitForSelector('[data-testid=drop]')
    // Each published site once, over and over; two rows that are nowhere, the first and the last.
    const rows = Array.from({ length: 5998 }, (_, i) => { const { properties: p } = published[i % published.length]; return `${i},${p.city},"${p.street_before}، ${p.street}",${p.number}` })
    const text = ['ردیف مشتری,شهر,معبر,پلاک', 'الف,bcdfg,hjklmn,', ...rows, '=x,bcdfg,hjklmn,'].join('\n')
    await page.setInputFiles('[data-testid=drop] input', { name: 'مشتریان.csv', mimeType: 'text/csv', buffer: Buffer.from('\ufeff' + text) })
    await page.waitForSelector('.columns table')
    assert.deepEqual(await page.locator('.columns select').evaluateAll((all) => all.map((one) => one.value)), ['', 'city', 'street', 'number'])
    await looks(page, 'geocode-columns-fa')
    const pieces = []
    page.on('request', (request) => { if (request.url().endsWith('/v1/geocode/batch')) pieces.push(request.postData().split('\r\n')[0]) })
    await page.getByRole('button', { name: /یافتن ۶٬۰۰۰ نشانی/ }).click()
    await page.waitForSelector('[data-testid=results][data-state=done]', { timeout: 120_000 })
    assert.deepEqual(pieces, Array(3).fill('city,street,number'), 'what is no address stays here')
    const figures = () => page.locator('.figures > div').evaluateAll((all) => Object.fromEntries(all.map((one) => [one.dataset.figure, one.querySelector('dd').textContent])))
    assert.equal((await figures()).missing, '۲')
    await page.selectOption('[name=show]', 'missing')
    assert.deepEqual(await page.locator('.results tbody tr td:first-child').allInnerTexts(), ['۱', '۶٬۰۰۰'])
    await shown(page, '#1a7f37')
    await looks(page, 'geocode-results-fa')

    // By hand: the first gets a place, the last has none.
    const { properties: known } = published[0]
    await page.locator('.results tbody tr').first().getByRole('button', { name: 'جای دیگر' }).click()
    await page.fill('.others input', `${known.city}، ${known.street_before}، ${known.street}، پلاک ${known.number}`)
    await page.click('.others form .button')
    await page.waitForSelector('.others li')
    await looks(page, 'geocode-hand-fa')
    await page.locator('.others li').first().getByRole('button', { name: 'این است' }).click()
    // With the keyboard the next row is at hand, what was decided can be taken back, and a reload loses nothing.
    assert.match(await page.evaluate(() => document.activeElement.closest('tr').innerText), /۶٬۰۰۰/)
    await page.getByRole('button', { name: 'جایی ندارد' }).press('Enter')
    assert.equal((await figures()).checked, '۲')
    await page.waitForSelector('[data-testid=results][data-kept=true]')
    await page.reload()
    await page.waitForSelector('[data-testid=results][data-state=stopped], [data-testid=results][data-state=done]')
    assert.equal((await figures()).checked, '۲')
    await page.selectOption('[name=show]', 'checked')
    const last = () => page.locator('.results tbody tr', { hasText: '۶٬۰۰۰' })
    await last().getByRole('button', { name: 'واگرد' }).press('Enter')
    assert.deepEqual([(await figures()).checked, (await figures()).missing], ['۱', '۱'], 'it is as it was found')
    await page.selectOption('[name=show]', 'missing')
    await last().getByRole('button', { name: 'جایی ندارد' }).press('Enter')
    assert.equal((await figures()).checked, '۲')
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: /بارگیری/ }).click()])
    assert.equal(download.suggestedFilename(), 'مشتریان-nsdi.csv')
    const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n')
    assert.equal(lines.length, 6001)
    assert.match(lines[0], /^\ufeffردیف مشتری,شهر,معبر,پلاک,match_level,.*,match_checked$/)
    assert.match(lines[1], new RegExp(`^الف,.*${String(published[0].geometry.coordinates[0]).slice(0, 7)}.*,chosen$`))
    assert.match(lines[6000], /^'=x,.*,none$/)
    assert.deepEqual(seen.errors, [])
    await close()
  })

  it('says what is wrong with a file, and stops and goes on: English, narrow', { timeout: 90_000 }, async () => {
    const { page, close } = await as(browser, session, '/geocode?tab=file&lang=en', 360)
    await page.waitForSelector('[data-testid=drop]')
    await looks(page, 'geocode-file-en')
    await page.setInputFiles('[data-testid=drop] input', { name: 'a.xlsx', mimeType: 'application/zip', buffer: Buffer.from('PK\u0003\u0004 nothing') })
    await page.waitForSelector('.drop .wrong')
    assert.match(await page.innerText('.drop .wrong'), /could not be read[^]*Save it as CSV/)
    const rows = published.slice(0, 900).map(({ properties: p }) => `${p.city}، ${p.street}، ${p.number}`)
    await page.setInputFiles('[data-testid=drop] input', { name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from(['where', ...rows, ...rows, ...rows].join('\n')) })
    await page.waitForSelector('.columns table')
    assert.equal(await page.inputValue('.columns select'), 'address', 'told by what stands in it')
    await page.selectOption('.columns select', '')
    assert.match(await page.innerText('.columns .wrong'), /Say which column/)
    await page.selectOption('.columns select', 'address')
    let hold = () => {}
    await page.route('**/v1/geocode/batch', async (route) => {
      if (route.request().postData().split('\r\n').length < 2000) await new Promise((resolve) => { hold = resolve })
      await route.continue().catch(() => {})
    })
    await page.getByRole('button', { name: 'Find 2,700 addresses' }).click()
    await page.waitForFunction(() => /2,000 of 2,700/.test(document.querySelector('.work').textContent), null, { timeout: 60_000 })
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.waitForSelector('[data-testid=results][data-state=stopped]')
    hold()
    await page.unroute('**/v1/geocode/batch')
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.waitForSelector('[data-testid=results][data-state=done]', { timeout: 60_000 })
    await looks(page, 'geocode-results-en')
    await close()
  })

  it('has a large file worked on in the background, and finds it again when it is opened anew: Persian', { timeout: 120_000 }, async () => {
    const { page, seen, close } = await as(browser, session, '/geocode?tab=file', 1400)
    await page.waitForSelector('[data-testid=drop]')
    const long = 'x'.repeat(950_000)
    const rows = Array.from({ length: 40 }, (_, i) => { const { properties: p } = published[i % published.length]; return `"${p.city}، ${p.street_before}، ${p.street}، پلاک ${p.number}",${i < 4 ? 'short' : long}` })
    const text = ['نشانی,شهر', ...rows, '"bcdfg\nhjklmn",y'].join('\n')
    const folder = await mkdtemp(join(tmpdir(), 'geocode-'))
    await writeFile(join(folder, 'بزرگ.csv'), text)
    await page.setInputFiles('[data-testid=drop] input', join(folder, 'بزرگ.csv'))
    await page.waitForSelector('.columns .note')
    assert.equal(await page.locator('.columns tbody tr').count(), 2, 'its beginning tells the columns')
    await page.locator('.columns select').nth(1).selectOption('')
    const asked = page.waitForRequest((request) => request.method() === 'POST' && request.url().includes('/v1/geocode/batches'))
    await page.getByRole('button', { name: 'بفرست' }).click()
    const query = new URL((await asked).url()).searchParams
    assert.deepEqual([query.get('address'), query.get('city')], ['نشانی', ''], 'a column that is not chosen is none')
    await page.waitForSelector('[data-testid=later]:not([data-state=sending])')
    await page.reload()
    await page.waitForSelector('[data-testid=later][data-state=ready]', { timeout: 90_000 })
    assert.match(await page.innerText('.work'), /بزرگ\.csv · پایان یافت · ۴۱ ردیف/)
    assert.deepEqual(await page.locator('.figures > div').evaluateAll((all) => all.map((one) => [one.dataset.figure, one.querySelector('dd').textContent])), [['foundRows', '۴۰'], ['missing', '۱'], ['unread', '۰']])
    await looks(page, 'geocode-later-fa')
    const result = await page.evaluate(async (href) => (await fetch(href)).text(), await page.getAttribute('[data-testid=later] a.button', 'href'))
    assert.match(result, /^نشانی,شهر,match_level,/)
    await page.getByRole('button', { name: 'پرونده‌ای دیگر' }).click()
    await page.waitForSelector('[data-testid=drop]')

    // What a person leaves in the browser goes when the person does, in every tab of it, and when another one comes; until then it is told, and can go at once.
    const held = () => page.evaluate(() => new Promise((resolve, reject) => {
      const asked = indexedDB.open('nsdi-geocode', 1)
      asked.onerror = () => reject(asked.error)
      asked.onupgradeneeded = () => { for (const one of ['sheet', 'pieces', 'hands']) asked.result.createObjectStore(one) }
      asked.onsuccess = () => { const all = asked.result.transaction('sheet').objectStore('sheet').getAllKeys(); all.onsuccess = () => { asked.result.close(); resolve(all.result) } }
    }))
    const begin = async () => {
      await page.setInputFiles('[data-testid=drop] input', { name: 'خصوصی.csv', mimeType: 'text/csv', buffer: Buffer.from(['نشانی', ...rows.slice(0, 3)].join('\n')) })
      await page.waitForFunction(() => document.activeElement?.closest('.columns'))
      await page.getByRole('button', { name: 'یافتن ۳ نشانی' }).press('Enter')
      await page.waitForSelector('[data-testid=results][data-state=done]')
      await page.waitForFunction(() => document.activeElement?.closest('.results .actions'))
      assert.notDeepEqual(await held(), [])
    }
    await begin()
    assert.match(await page.innerText('.results'), /تا خارج شوید/)
    await page.getByRole('button', { name: 'همین حالا پاک کن' }).click()
    await page.getByRole('button', { name: 'کنار بگذار' }).click()
    await page.waitForFunction(() => document.activeElement?.closest('[data-testid=drop]'))
    assert.deepEqual(await held(), [])
    await begin()
    const second = await page.context().newPage()
    await second.goto(`${address}/sign-in`)
    await second.getByRole('button', { name: 'خروج', exact: true }).click()
    assert.match(await second.innerText('.done'), /در این مرورگر مانده بود پاک شد/)
    await page.waitForSelector('[data-testid=drop]')
    assert.deepEqual([await held(), await page.evaluate(() => Object.keys(localStorage))], [[], []])
    // A session that ends by itself takes nothing along: its person finds it again, and somebody else does not.
    const enter = async (login) => {
      await second.goto(`${address}/sign-in?lang=en&next=/track`)
      await second.getByLabel('Login').fill(login)
      await second.getByLabel('Password').fill('four unrelated words here')
      await second.getByRole('button', { name: 'Sign in' }).click()
      await second.waitForURL(`${address}/track`)
    }
    await enter(`g-${run}`)
    await page.reload()
    await page.waitForSelector('[data-testid=drop]')
    await begin()
    await page.context().clearCookies()
    await page.reload()
    await page.waitForSelector('[data-testid=drop]')
    assert.notDeepEqual(await held(), [])
    await enter(`g-${run}`)
    await page.reload()
    await page.waitForSelector('[data-testid=results]')
    // Signing out everywhere, from another machine, does: this page learns it when it is looked at.
    const elsewhere = await page.context().browser().newContext({ extraHTTPHeaders: { origin: address } })
    await elsewhere.request.post(`${address}/sign-in`, { form: { login: `g-${run}`, password: 'four unrelated words here', next: '/track' } })
    await elsewhere.request.post(`${address}/sign-out`, { form: { everywhere: 'yes' } })
    await elsewhere.close()
    await page.evaluate(() => { document.dispatchEvent(new Event('visibilitychange')) })
    await page.waitForSelector('[data-testid=drop]')
    assert.deepEqual(await held(), [])
    await enter(`g-${run}`)
    await page.reload()
    await page.waitForSelector('[data-testid=drop]')
    await begin()
    assert.deepEqual(seen.errors, [])
    await page.context().clearCookies()
    await signIn(second, `h-${run}`, passwords[`h-${run}`], '/track')
    await page.waitForSelector('[data-testid=drop]')
    assert.deepEqual(await held(), [])
    await close()
    await rm(folder, { recursive: true })
  })
})
