// The list behind a figure, against a server with the sample country: what a member of the committee does who doubts a number.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, it } from 'node:test'
import { launch, open } from './chromium.mjs'
import { looks } from './looks.mjs'
import { address, alone } from './people.mjs'

let browser
before(async () => { browser = await launch() })
after(async () => { await browser?.close() })

const number = (text) => Number(text.replace(/[^\d.]/g, ''))

it('a figure opens into its list, whose sum is the figure, on the page and as a file', { skip: alone, timeout: 90_000 }, async () => {
  const told = await (await fetch(`${address}/v1/progress`)).json()
  const figure = told.obligations.find((one) => one.code === 'A25-URBAN').beside.find((one) => one.measure === 'area')
  const { page, seen, close } = await open(browser, `${address}/progress?lang=en`)
  await page.waitForSelector('[data-ready]')
  // With the keyboard: the figure is a button as any other.
  const button = page.locator('.c-duty', { hasText: 'Urban cadastre' }).first().locator('.c-beside li', { hasText: 'By area' }).locator('.c-opens')
  await button.focus()
  await page.keyboard.press('Enter')
  await page.waitForSelector('#trace[data-list="A25-URBAN"]')
  assert.match(page.url(), /list=A25-URBAN&measure=area/)
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'trace', 'the list has the focus')
  const totals = await page.locator('#trace tfoot tr').last().locator('td').allInnerTexts()
  assert.deepEqual([number(totals[0]), number(totals[3])], [Math.round(figure.denominator), Math.round(figure.published)], 'whole and published')

  const [file] = await Promise.all([page.waitForEvent('download'), page.click('text=CSV of the whole list')])
  const [head, ...rows] = (await readFile(await file.path(), 'utf8')).trim().split('\n').map((row) => row.split(','))
  const sum = rows.reduce((all, row) => all + Number(row[head.indexOf('published')]), 0)
  assert.ok(Math.abs(sum - figure.published) < 0.01, `${sum} of the file, ${figure.published} on the card`)
  await looks(page, 'trace-en-1400')

  // A piece of ground opens into its parcels, page by page; back leads back.
  const done = page.locator('#trace tbody tr').filter({ hasNot: page.locator('td:nth-last-child(2)', { hasText: /^0$/ }) }).first()
  await done.locator('button').click()
  await page.waitForSelector('#trace >> text=Back to all pieces')
  await page.waitForSelector('#trace tbody >> text=Registry organisation for deeds and properties')
  await page.goBack()
  await page.waitForFunction(() => !document.querySelector('#trace')?.innerText.includes('Back to all pieces'))
  await page.goto(`${address}/progress?list=A27-GNAF`)
  await page.waitForSelector('#trace[data-list="A27-GNAF"]')
  assert.equal(await page.locator('#trace tbody tr').count(), 50)
  const first = await page.innerText('#trace tbody th')
  await page.getByRole('button', { name: 'صفحه بعد' }).click()
  await page.waitForFunction((was) => document.querySelector('#trace tbody th')?.innerText !== was, first)
  assert.match(page.url(), /page=2/)
  const second = await page.innerText('#trace tbody th')
  await page.reload()
  await page.waitForSelector('#trace[data-list="A27-GNAF"]')
  assert.equal(await page.innerText('#trace tbody th'), second, 'the link shows the same page')
  await page.setViewportSize({ width: 390, height: 844 })
  await looks(page, 'trace-fa-390')
  assert.deepEqual(seen.errors, [])
  await close()
})
