// An administrator's day, against a server with the sample country: an agency, a person in it, a key, and what the audit trail says of all that.
import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { launch, open } from './chromium.mjs'
import { looks } from './looks.mjs'
import { address, alone, as, nsdi, signIn } from './people.mjs'

let browser
before(async () => { browser = await launch() })
after(async () => { await browser?.close() })

it('an administrator makes an agency, a person and a key, ends the key, and sees it in the audit trail', { skip: alone, timeout: 120_000 }, async () => {
  const password = /password\s+(\S+)/.exec(await nsdi('user', 'add', 'rahim', '--agency', 'committee', '--role', 'administrator'))[1]
  await nsdi('user', 'role', 'rahim', '--agency', 'committee', '--role', 'auditor')
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, reducedMotion: 'reduce' })
  const page = await context.newPage()
  const errors = []
  page.on('pageerror', (error) => errors.push(error.message))
  await signIn(page, 'rahim', password, '/administration?lang=en')
  await page.getByRole('link', { name: 'Administration' }).first().waitFor()

  await page.getByRole('button', { name: 'Add an agency' }).click()
  await page.fill('[name=code]', 'municipality-room')
  await page.fill('[name=name_fa]', 'شهرداری اتاق')
  await page.fill('[name=name_en]', 'Municipality of Room')
  await page.fill('[name=territories]', 'XX')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.waitForSelector('form .failure')
  assert.match(await page.innerText('form .failure'), /no such administrative unit/i, 'what is wrong is told in its place')
  await page.fill('[name=territories]', 'IR-02-S01-C9')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.waitForSelector('td >> text=Municipality of Room')
  // Its row opens the same form with what is known of it.
  await page.getByRole('button', { name: /^Edit.*Municipality of Room/ }).click()
  assert.equal(await page.inputValue('[name=territories]'), 'IR-02-S01-C9')
  await page.fill('[name=name_en]', 'Municipality of the Room')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.waitForSelector('td >> text=Municipality of the Room')
  await looks(page, 'administration-agencies-en-1400')

  await page.getByRole('tab', { name: 'People and roles' }).click()
  await page.getByRole('button', { name: 'Add a person' }).click()
  await page.fill('[name=login]', 'nasrin')
  await page.selectOption('[name=agency]', 'municipality-room')
  await page.getByRole('button', { name: 'Save' }).click()
  const given = await page.getByTestId('secret').innerText()
  assert.ok(given.length >= 20)
  await page.waitForSelector('td >> text=nasrin')
  await looks(page, 'administration-people-en-1400')

  await page.getByRole('tab', { name: 'API keys' }).click()
  await page.getByRole('button', { name: 'Make a key' }).click()
  await page.fill('[name=key-name]', 'room program')
  await page.selectOption('[name=key-agency]', 'municipality-room')
  await page.fill('[name=scopes]', 'upload:road')
  await page.getByRole('button', { name: 'Save' }).click()
  const key = await page.getByTestId('secret').innerText()
  assert.match(key, /^nsdi_[a-z2-7]{8}_[a-z2-7]{52}$/)
  const who = await (await fetch(`${address}/v1/me`, { headers: { 'x-api-key': key } })).json()
  assert.equal(who.memberships[0].agency, 'municipality-room', 'the key works')
  await page.reload()
  await page.waitForSelector('td >> text=room program')
  assert.ok(!(await page.content()).includes(key), 'it is shown once')
  // What takes something away asks once more.
  await page.getByRole('button', { name: /^Revoke/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  await page.waitForFunction(() => /^Revoke/.test(document.activeElement.textContent)) // the focus is back where it was
  assert.equal((await fetch(`${address}/v1/me`, { headers: { 'x-api-key': key } })).status, 200)
  await page.getByRole('button', { name: /^Revoke/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.locator('tbody td', { hasText: /^Revoked/ }).waitFor()
  assert.equal((await fetch(`${address}/v1/me`, { headers: { 'x-api-key': key } })).status, 401)

  // A layer is drawn in another colour, the legend follows, and the style that nsdi makes comes back.
  await page.getByRole('tab', { name: 'Styles of layers' }).click()
  await page.selectOption('[name=layer]', 'road')
  await page.waitForSelector('.s-legend input')
  await page.locator('.s-legend input').first().fill('#123456')
  await page.fill('[name=reason]', 'Darker')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.waitForSelector('td >> text=Darker')
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H2') // the form began anew
  const drawn = async () => (await (await fetch(`${address}/styles/road.json`)).json()).metadata['nsdi:legend'][0].colour
  assert.equal(await drawn(), '#123456')
  // The map of the front page is drawn so, and its legend says so.
  const front = await context.newPage()
  await front.goto(`${address}/?lang=en&layers=road`)
  await front.getByRole('tab', { name: 'Layers' }).click()
  await front.waitForSelector('[data-map-idle=true]')
  assert.equal(await front.locator('.layer-legend i').first().evaluate((one) => getComputedStyle(one).backgroundColor), 'rgb(18, 52, 86)')
  await front.close()
  await looks(page, 'administration-styles-en-1400')
  await page.fill('[name=style]', (await page.inputValue('[name=style]')).replace('"version": 8', '"version": 8, "sprite": "https://elsewhere.example/x"'))
  await page.getByRole('button', { name: 'Save' }).click()
  await page.waitForSelector('form .failure')
  assert.match(await page.innerText('form'), /sprite/)
  await page.getByRole('button', { name: /^Back to the style that nsdi makes/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: /^Back/ }).click()
  await page.waitForSelector('td >> text=The style that nsdi makes')
  assert.notEqual(await drawn(), '#123456')

  await page.getByRole('tab', { name: 'Audit trail' }).click()
  await page.selectOption('[name=about]', 'key')
  await page.fill('[name=resource]', key.split('_')[1])
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 2)
  assert.match(await page.innerText('tbody'), /rahim[\s\S]*The key was revoked[\s\S]*rahim[\s\S]*Key made: roles Inquirer; scope \W*upload:road/)
  assert.match(page.url(), /tab=audit.*resource=key/)
  await page.selectOption('[name=about]', 'person')
  await page.fill('[name=resource]', 'nasrin')
  await page.waitForFunction(() => document.querySelector('tbody')?.innerText.includes('Account made with the role Uploader'))
  // A day is a whole one, its end too; the sheet is of the same filter.
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Tehran' })
  const [yesterday, today] = [day.format(Date.now() - 86_400_000), day.format(Date.now())]
  await page.fill('[name=from]', yesterday)
  await page.fill('[name=to]', today)
  await page.waitForFunction((day) => new URLSearchParams(location.search).get('to') === day, today)
  await page.waitForFunction(() => document.querySelector('tbody')?.innerText.includes('Account made'))
  assert.match(await page.getAttribute('a[download]', 'href'), /resource=person%3Anasrin&from=/)
  await page.getByRole('link', { name: 'فارسی' }).click()
  await page.waitForFunction(() => document.querySelector('tbody')?.innerText.includes('حساب ساخته شد، با نقش «تحویل‌دهنده»'))
  assert.equal(await page.inputValue('[name=from]'), new Intl.DateTimeFormat('fa-IR-u-ca-persian', { year: 'numeric', month: '2-digit', day: '2-digit', timeZone: 'UTC' }).format(new Date(`${yesterday}T00:00:00Z`)).replace(/[^۰-۹/]/g, ''))
  await page.getByRole('link', { name: 'English' }).click()
  await page.getByRole('button', { name: 'Clear the filter' }).click()
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length > 5)
  await looks(page, 'administration-audit-en-1400')
  // What is typed is looked for when the typing pauses.
  const looked = []
  page.on('request', (one) => { if (one.url().includes('/v1/audit?')) looked.push(new URL(one.url()).searchParams.get('person')) })
  await page.clock.install()
  await page.clock.pauseAt(Date.now() + 60_000)
  for (const typed of ['n', 'na', 'nas']) {
    await page.fill('[name=actor]', typed)
    await page.clock.runFor(100)
  }
  assert.deepEqual(looked, [])
  await page.clock.resume()
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length <= 5)
  assert.deepEqual(looked, ['nas'])
  assert.deepEqual(errors, [])

  // In Persian on a telephone; and who has no role there sees why.
  const state = await context.storageState()
  for (const tab of ['people', 'keys', 'rules', 'styles&layer=road', 'audit']) {
    const { page: small, seen, close } = await as(browser, state, `/administration?tab=${tab}`, 390)
    await small.waitForSelector('.administration tbody td')
    await looks(small, `administration-${tab.split('&')[0]}-fa-390`)
    assert.deepEqual(seen.errors, [])
    await close()
  }
  const stranger = await browser.newContext()
  const other = await stranger.newPage()
  await signIn(other, 'nasrin', given, '/administration?lang=en')
  await other.waitForSelector('.closed[role=alert]')
  assert.match(await other.innerText('.closed'), /administrators, publishers, auditors and members/)
  const nobody = await open(browser, `${address}/administration?lang=en`)
  await nobody.page.waitForSelector('.closed >> text=Sign in to administer')
  await Promise.all([nobody.close(), stranger.close(), context.close()])
})

it('a member of the committee decides a target and a denominator, and is told what is wrong in the own language', { skip: alone, timeout: 120_000 }, async () => {
  const password = /password\s+(\S+)/.exec(await nsdi('user', 'add', 'mahin', '--agency', 'committee', '--role', 'committee-member'))[1]
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, reducedMotion: 'reduce' })
  const page = await context.newPage()
  await signIn(page, 'mahin', password, '/administration?tab=decisions&unit=IR-02')
  await page.getByRole('button', { name: 'تصویب عدد' }).click()
  const fill = async (values) => { for (const [name, value] of Object.entries(values)) await page.fill(`[name=${name}]`, value) }
  await fill({ amount: '1000', source: 'سرشماری', dated: '۱۴۰۵/۱۳/۱', 'denominator-decision': '۷۷', 'denominator-decided': '1405/2/1', 'denominator-fa': 'کمیته راهبری', 'denominator-en': 'Steering committee' })
  const save = page.getByRole('button', { name: 'ثبت', exact: true })
  await save.click()
  await page.waitForSelector('form .failure >> text=چنین روزی در تقویم نیست')
  await fill({ dated: '۱۴۹۹/۱/۱' })
  await save.click()
  await page.waitForSelector('form .failure >> text=این مخرج پذیرفته نیست')
  await looks(page, 'administration-decisions-fa-1400')
  await fill({ dated: '۱۴۰۵/۱/۱' })
  await save.click()
  await page.locator('.a-decisions', { hasText: 'سرشماری' }).locator('td', { hasText: '۷۷' }).waitFor()
  const { denominators } = await (await fetch(`${address}/v1/progress/denominators?unit=IR-02`)).json()
  assert.deepEqual([denominators[0].amount, denominators[0].dated, denominators[0].decided_on], [1000, '2026-03-21', '2026-04-21'])

  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`${address}/administration?lang=en&tab=decisions&unit=IR-02`)
  await page.getByRole('button', { name: 'Set a revised target' }).click()
  await page.selectOption('[name=plan-obligation]', 'A25-URBAN')
  await fill({ 'plan-decision': '12/1405', 'plan-decided': '2026-04-04', 'plan-fa': 'کمیته راهبری', 'plan-en': 'Steering committee', 'due-0': '1407/12/29', 'percent-0': '90' })
  await page.getByRole('button', { name: 'Save' }).click()
  await page.waitForSelector('form .failure >> text=has to be 100 per cent')
  await page.fill('[name=percent-0]', '100')
  await page.getByRole('button', { name: 'Add a milestone before these' }).click()
  await fill({ 'due-0': '1406/12/29', 'percent-0': '60' })
  await looks(page, 'administration-target-en-390')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.locator('td', { hasText: '12/1405' }).waitFor()
  const { plans } = await (await fetch(`${address}/v1/progress/plans?unit=IR-02`)).json()
  assert.deepEqual(plans.find((one) => one.kind === 'revised').milestones.map(({ due, percent }) => [due, percent]), [['2028-03-19', 60], ['2029-03-19', 100]])

  // A delivered layer becomes the approved denominator by hand, and both decisions are on the page of progress.
  await page.setViewportSize({ width: 1400, height: 900 })
  const row = page.locator('tr', { hasText: 'Rangeland and forest' })
  await row.getByText('Provisional').waitFor()
  await row.getByRole('button', { name: /^Approve/ }).click()
  assert.notEqual(await page.inputValue('[name=approval-dataset]'), '')
  await page.waitForFunction(() => document.activeElement?.name === 'approval-dataset') // the keyboard is in the form
  await fill({ 'approval-decision': '13/1405', 'approval-decided': '1405/1/15', 'approval-fa': 'کمیته راهبری', 'approval-en': 'Steering committee' })
  await page.getByRole('button', { name: 'Save' }).click()
  await row.getByText('13/1405').waitFor()
  await looks(page, 'administration-approved-en-1400')
  await page.goto(`${address}/progress?lang=en&unit=IR-02`)
  await page.locator('.c-revised', { hasText: '12/1405' }).waitFor()
  await page.locator('li', { hasText: /Rangeland.*approved by.*13\/1405/ }).first().waitFor({ state: 'attached' })
  assert.equal(await page.locator('.c-duty', { hasText: 'range' }).first().locator('.c-provisional').count(), 0)
  // The pages that the server makes have the header of the others.
  for (const [path, here] of [['/services', 'Services'], ['/sign-out', null]]) {
    for (const width of [1400, 390]) {
      await page.setViewportSize({ width, height: 844 })
      await page.goto(`${address}${path}?lang=en`)
      assert.deepEqual(await page.locator('.pages a[aria-current]').allInnerTexts(), here ? [here] : [])
      if (!here) assert.match(await page.innerText('.roles'), /SDI steering committee committee\s+Committee member/)
      await looks(page, `header${path.replace('/', '-')}-en-${width}`)
    }
  }
  await context.close()
})
