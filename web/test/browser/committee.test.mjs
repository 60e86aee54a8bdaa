// The committee's page, against NSDI_TEST_URL or the mock server. Years of snapshots no test server has, so the test answers them itself, in the interface's shape.
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

const day = (n) => new Date(Date.UTC(2026, 5, 6 + 7 * n)).toISOString().slice(0, 10)
const moment = (n, percent) => ({ snapshot: n + 1, day: day(n), day_jalali: '', state: 'known', unit: 'm2', denominator: 2e6, value: percent * 2e4, delivered_percent: percent + 9, validated_percent: percent + 4, published_percent: percent, fresh_percent: percent })
const standing = (planned, spi, pace, deadline, late) => ({ planned_percent: planned, spi, pace, deadline, days_overdue: late, days_left: late ? 0 : 482 })
const course = (code, article, known) => ({
  obligation: code, measure: 'headline', article, title: { fa: `تکلیف ${code}`, en: `Obligation ${code}` },
  points: known ? Array.from({ length: 20 }, (_, n) => moment(n, 10 + 2 * n)) : [], now: known ? { ...moment(24, 50), snapshot: undefined } : null,
  breaks: known ? [{ day: day(9), kind: 'rules', text: { fa: 'مجموعه قاعده ۱۰ به جای ۹', en: 'Rule set 10 instead of 9' } }] : [],
  legal_plan: { kind: 'legal', decision: '1392-12-20', decided_on: '2014-09-07', milestones: [{ due: '2014-09-07', percent: 0 }, { due: '2015-03-20', percent: 60 }, { due: '2016-09-06', percent: 100 }] },
  revised_plan: known ? { kind: 'revised', decision: '12/1405', decided_on: '2026-04-01', milestones: [{ due: '2026-04-01', percent: 10 }, { due: '2028-03-19', percent: 100 }] } : null,
  legal: standing(100, known ? 0.5 : null, known ? 'far-back' : 'unknown', '2016-09-06', 3729), revised: known ? standing(52, 0.962, 'on-track', '2028-03-19', 0) : standing(null, null, 'unknown', null, null),
  forecast: known ? { state: 'dated', percent_per_day: 0.2857, percent_per_day_slow: 0.2, percent_per_day_fast: 0.4, date: '2027-05-16', earliest: '2027-03-27', latest: '2027-07-30' } : { state: 'none', percent_per_day: null, percent_per_day_slow: null, percent_per_day_fast: null, date: null, earliest: null, latest: null },
  missing: known ? { amount: 1e6, unit: 'm2', percent: 50 } : null, change: known ? { points: 8.5, days: 28 } : null,
})
const unit = (code, fa, en) => ({ code, level: 'province', name_fa: fa, name_en: en })
const answers = {
  series: { as_of: '2026-11-22T08:00:00Z', unit: { ...unit('IR', 'ایران', 'Iran'), level: 'country' }, series: [course('A24-URBAN', '24', true), course('A25-URBAN', '25', true), course('A27-GNAF', '27', false)] },
  overdue: { overdue: [
    { obligation: 'A25-URBAN', title: { fa: 'کاداستر شهری', en: 'Urban cadastre' }, unit: unit('IR-23', 'تهران', 'Tehran'), agency: { code: 'registry', name_fa: 'سازمان ثبت', name_en: 'Registry' }, percent: 50, missing: { amount: 1e6, unit: 'm2', percent: 50 }, days_overdue: 3729, next_step: { fa: 'آنچه مانده است تحویل شود.', en: 'Deliver what is left.' }, revised: standing(52, 0.962, 'on-track', '2028-03-19', 0) },
    { obligation: 'A27-GNAF', title: { fa: 'نشانی', en: 'Addresses' }, unit: unit('IR-30', 'البرز', 'Alborz'), agency: { code: 'committee', name_fa: 'کمیته راهبری', name_en: 'Committee' }, percent: null, missing: null, days_overdue: 3729, next_step: { fa: 'کمیته مخرج را تصویب کند.', en: 'The committee approves the denominator.' }, revised: standing(null, null, 'unknown', null, null) },
  ] },
  reminders: { reminders: [{ dataset: 7, theme: 'road', title: { fa: 'راه', en: 'Roads' }, agency: { code: 'm', name_fa: 'شهرداری', name_en: 'Municipality' }, update_cycle: { fa: 'سالانه', en: 'Yearly' }, due: '2026-11-01', days_overdue: 21, days_left: 0 }] },
  snapshots: { snapshots: [{ id: 2, day: '2026-11-21', week: '2026-11-21', note: '' }, { id: 1, day: '2026-06-06', week: '2026-06-06', note: '' }] },
  outlines: { unit: { ...unit('IR', 'ایران', 'Iran'), level: 'country' }, above: [], units: [['IR-23', 'تهران', 'Tehran', 51], ['IR-30', 'البرز', 'Alborz', 50], ['IR-02', 'مازندران', 'Mazandaran', 52]].map(([code, fa, en, x]) => ({
    ...unit(code, fa, en), geometry: { type: 'Polygon', coordinates: [[[x, 35], [x + 1, 35], [x + 1, 36], [x, 36], [x, 35]]] } })) },
  compare: { from: { day: '2026-06-06' }, to: { day: '2026-11-22', snapshot: null }, units: [{ ...unit('IR', 'ایران', 'Iran'), figures: [{ obligation: 'A24-URBAN', from_percent: 10, to_percent: 50, difference: 40, comparable: false }] }] },
}
const visit = async (query, options) => {
  const visited = await open(browser, 'about:blank', options)
  for (const [name, body] of Object.entries(answers)) {
    await visited.page.route(new RegExp(`/v1/progress/${name}(\\?|$)`), (route) => route.fulfill({ contentType: 'application/json', body: JSON.stringify(body) }))
  }
  await visited.page.goto(`${target.address}/progress?${query}`)
  await visited.page.waitForSelector('[data-ready]')
  return visited
}

describe('the committee page', () => {
  it('leads from the figure to its course, who must act, and two dates; all of it stands in the address', { timeout: 60_000 }, async () => {
    const { page, seen, close } = await visit('lang=en')
    assert.equal(await page.locator('.c-card').count(), 5, 'five articles')
    await page.selectOption('#curve select >> nth=0', 'A25-URBAN')
    assert.match(await page.innerText('#curve-title'), /A25-URBAN/)
    const words = await page.innerText('.c-words')
    for (const said of [/16 May 2027.*between 27 Mar 2027.* and 30 Jul 2027/, /Left to do: 1.0 km²|Left to do: 1 km²/, /Far behind · SPI 0\.5/, /On track · SPI 0\.96/, /Rule set 10 instead of 9/]) assert.match(words, said)
    await page.click('.c-behind summary')
    assert.equal(await page.locator('.c-behind tbody tr').count(), 21, 'a row a snapshot, and now')
    assert.match(await page.innerText('.c-behind tbody tr >> nth=0'), /now/)
    await page.selectOption('#late select', 'registry')
    assert.equal(await page.locator('.c-late tbody tr').count(), 1)
    assert.match(await page.innerText('.c-late tbody'), /Tehran[\s\S]*3,729 days overdue[\s\S]*Registry[\s\S]*Deliver what is left/)
    await page.selectOption('#ranking select >> nth=0', 'A24-URBAN')
    await page.selectOption('#ranking select >> nth=1', 'worst')
    assert.match(page.url(), /obligation=A25-URBAN/)
    assert.match(page.url(), /agency=registry/)
    assert.match(page.url(), /order=worst/)
    // Whoever gets the link sees the same.
    const [url, title] = [page.url(), await page.innerText('#curve-title')]
    await page.goto('about:blank')
    await page.goto(url)
    await page.waitForSelector('[data-ready]')
    assert.equal(await page.innerText('#curve-title'), title)
    assert.equal(await page.inputValue('#late select'), 'registry')
    assert.equal(await page.inputValue('#ranking select >> nth=1'), 'worst')
    // Down into a province and back.
    const province = page.locator('#ranking tbody button').first()
    const name = await province.innerText()
    await province.click()
    await page.waitForFunction((wanted) => document.querySelector('h1').innerText.includes(wanted), name)
    assert.match(page.url(), /unit=IR-/)
    await page.goBack()
    await page.waitForFunction(() => document.querySelector('h1').innerText.includes('Whole country'))
    // The map's colours are the table's figures, and a unit on it leads down with the keyboard too.
    await page.selectOption('#map select', 'A24-URBAN')
    const figures = (await (await fetch(`${target.address}/v1/progress`)).json()).children
    for (const code of ['IR-23', 'IR-30', 'IR-02']) {
      const { name_en: name, obligations } = figures.find((one) => one.code === code)
      const label = await page.getAttribute(`#map a[data-unit="${code}"]`, 'aria-label')
      assert.ok(label.startsWith(`${name}: `) && (obligations['A24-URBAN'] === null) === label.endsWith('Unknown'), `${label}, told ${obligations['A24-URBAN']}`)
    }
    await page.focus('#map a[data-unit="IR-30"]')
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => new URLSearchParams(location.search).get('unit') === 'IR-30')
    await page.goBack()
    assert.deepEqual(seen.errors, [])
    assert.deepEqual([...seen.hosts].filter(Boolean), [new URL(target.address).host], 'no other host is asked')
    await close()
  })

  it('draws planned, actual and forecast, from either side', { timeout: 60_000 }, async () => {
    const { page, close } = await visit('lang=fa&span=year')
    await page.waitForSelector('.c-chart canvas')
    await page.waitForTimeout(600)
    // Where the teal line stands on average, as a share of the width: in the last year it is the earlier part of an axis that runs to the end of the plan.
    const drawn = () => page.evaluate(() => {
      const canvas = document.querySelector('.c-chart canvas')
      const { data, width, height } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
      let [teal, at, brown] = [0, 0, 0]
      for (let i = 0; i < data.length; i += 4) {
        const [r, g, b, a] = data.slice(i, i + 4)
        if (a > 200 && Math.abs(r - 23) < 12 && Math.abs(g - 112) < 12 && Math.abs(b - 108) < 12) { teal++; at += ((i / 4) % width) / width }
        if (a > 200 && Math.abs(r - 122) < 12 && Math.abs(g - 75) < 12 && Math.abs(b - 18) < 12) brown++
      }
      return { teal, at: at / teal, brown }
    })
    const one = await drawn()
    assert.ok(one.teal > 400 && one.brown > 100, JSON.stringify(one))
    await page.click('.c-tools .c-quiet')
    assert.match(page.url(), /axis=rtl/)
    await page.waitForTimeout(400)
    const other = await drawn()
    assert.ok(one.at < 0.5 && other.at > 0.5 && Math.abs(one.at + other.at - 1) < 0.08, `mirrored: ${JSON.stringify(one)} ${JSON.stringify(other)}`)
    await close()
  })

  for (const [lang, width] of [['fa', 1400], ['fa', 360], ['en', 1400], ['en', 360], ['fa', 3840]]) {
    it(`fits and has no barrier: ${lang} at ${width}`, { timeout: 90_000 }, async () => {
      const { page, close } = await visit(`lang=${lang}`, { width, height: width > 2000 ? 2160 : 900, touch: width < 500 })
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0)
      assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('.committee')).direction), lang === 'fa' ? 'rtl' : 'ltr')
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme })
        await page.waitForTimeout(300)
        await page.evaluate(axe.source)
        const { violations } = await page.evaluate(() => globalThis.axe.run())
        assert.deepEqual(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`), [], colorScheme)
        await page.screenshot({ path: `${results}committee-${lang}-${width}-${colorScheme}.png` })
      }
      await close()
    })
  }

  it('prints as a pack: all known courses, the whole list, no tools', { timeout: 60_000 }, async () => {
    const { page, close } = await visit('lang=fa&print=1')
    assert.match(await page.innerText('.c-asof'), /^داده‌ها تا [۰-۹]+ \S+ [۰-۹]{4}، ساعت [۰-۹]{2}:[۰-۹]{2} \d{4}-\d\d-\d\d · تغییر/, 'the day and hour in Tehran, and the ISO day')
    await page.emulateMedia({ media: 'print' })
    assert.equal(await page.locator('.c-printed').count(), 2)
    assert.equal(await page.innerText('#curve-title'), 'روند تکلیف‌ها', 'all, not the one that is chosen on the screen')
    assert.equal(await page.locator('#exports').count(), 0)
    assert.equal(await page.isVisible('.c-tools >> nth=0'), false)
    const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true })
    const box = /\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)/.exec(pdf.toString('latin1'))
    assert.ok(Math.abs(box[1] - 841.9) < 1.5 && Math.abs(box[2] - 595.3) < 1.5, `A4 landscape: ${box[1]} × ${box[2]}`)
    await close()
  })

  it('tells a fault in its place, and the rest stays', { timeout: 60_000 }, async () => {
    const { page, close } = await open(browser, 'about:blank')
    for (const [name, body] of Object.entries(answers)) {
      await page.route(new RegExp(`/v1/progress/${name}(\\?|$)`), (route) => name === 'overdue'
        ? route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify({ status: 500, code: 'internal', title: 'Internal error', title_fa: 'خطای داخلی', detail: 'd', detail_fa: 'ش', next_step: 'n', next_step_fa: 'گ' }) })
        : route.fulfill({ contentType: 'application/json', body: JSON.stringify(body) }))
    }
    await page.goto(`${target.address}/progress?lang=fa`)
    await page.waitForSelector('#late .failure')
    assert.match(await page.innerText('#late .failure'), /خطای داخلی/)
    assert.equal(await page.locator('#curve canvas').count(), 1)
    await close()
  })
})
