// Signing in and out in a real browser, at a real identity provider and with a local account. scripts/with-sample.sh starts what this needs.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import axe from 'axe-core'
import { launch, open } from './chromium.mjs'

const { NSDI_TEST_URL: given = '', NSDI_TEST_DATA: data = '', NSDI_TEST_ISSUER: issuer = '' } = process.env
const address = given.replace(/\/$/, '')
const results = new URL('../../test-results/', import.meta.url).pathname
const program = new URL('../../../bin/nsdi', import.meta.url).pathname
const missing = address && data && issuer ? false : 'needs scripts/with-sample.sh'
const timeout = 60_000
let browser

const text = {
  fa: { sso: 'ورود یکپارچه', out: 'خروج', everywhere: 'خروج از همه مرورگرها', again: 'ورود را از نو آغاز کنید', role: 'استعلام‌گیرنده', signIn: 'ورود' },
  en: { sso: 'Single sign-on', out: 'Sign out', everywhere: 'Sign out everywhere', again: 'Begin the sign-in again', role: 'Inquirer', signIn: 'Sign in' },
}

describe('signing in', { skip: missing }, () => {
  before(async () => {
    await mkdir(results, { recursive: true })
    browser = await launch()
    await nsdi('user', 'add', 'sara', '--name', 'سارا محمدی', '--agency', 'post', '--role', 'inquirer', '--issuer', issuer, '--subject', 'id1')
  })
  after(async () => { await browser?.close() })

  for (const [lang, width] of [['fa', 1400], ['en', 1400], ['fa', 390], ['en', 390]]) {
    it(`at the organisation's account and out again, ${lang} at ${width} pixels`, { timeout }, async () => {
      const { page, seen, close } = await begin(lang, width)
      await looks(page, `sign-in-${lang}-${width}`)
      const back = page.waitForRequest((request) => request.url().startsWith(`${address}/sign-in/callback?`))
      await page.getByRole('link', { name: text[lang].sso }).click()
      await atProvider(page, 'test-user@127.0.0.1')
      const callback = (await back).url()
      await page.waitForURL(`${address}/**`)
      assert.equal(new URL(page.url()).pathname, '/password', 'to where the person wanted to go')

      await page.goto(`${address}/sign-in?lang=${lang}`)
      assert.match(await page.locator('main').innerText(), new RegExp(`سارا محمدی[^]*sara[^]*post[^]*${text[lang].role}`))
      assert.equal((await me(page)).login, 'sara')
      await looks(page, `signed-in-${lang}-${width}`)

      await page.getByRole('button', { name: text[lang].out, exact: true }).click()
      await page.waitForURL(`${address}/sign-in?lang=${lang}`)
      await signedOut(page)
      await page.goBack()
      await page.waitForLoadState()
      await signedOut(page)
      await page.goto(callback)
      assert.match(await page.getByRole('alert').innerText(), new RegExp(text.fa.again), 'the address to which the provider sent the browser is worth nothing any more')
      await signedOut(page)
      assert.deepEqual([...seen.hosts].sort(), [address, issuer].map((one) => new URL(one).host).sort(), 'nobody else was asked')
      await close()
    })
  }

  it('shows what the provider refused, with a next step', { timeout }, async () => {
    for (const [lang, width] of [['fa', 390], ['en', 1400]]) {
      const { page, close } = await begin(lang, width)
      const state = await stateAt(page, lang)
      await page.goto(`${address}/sign-in/callback?error=access_denied&error_description=no&state=${state}`)
      const alert = await page.getByRole('alert').innerText()
      assert.match(alert, new RegExp(text[lang].again))
      assert.match(alert, lang === 'en' ? /did not sign you in/ : /ارائه‌دهنده هویت انجام نشد/)
      await looks(page, `sign-in-denied-${lang}-${width}`)
      await signedOut(page)
      await page.getByRole('link', { name: text[lang].sso }).click()
      await page.waitForURL(`${issuer}/**`)
      await close()
    }
  })

  it('refuses an answer that was tampered with, and says how to go on', { timeout }, async () => {
    const { page, close } = await begin('en', 1400)
    const state = await stateAt(page, 'en')
    await page.goto(`${address}/sign-in/callback?code=stolen&state=x${state}`)
    assert.match(await page.getByRole('alert').innerText(), /Begin the sign-in again/)
    await looks(page, 'sign-in-tampered')
    await signedOut(page)
    await close()
  })

  it('tells a person without an account here whom to ask', { timeout }, async () => {
    const { page, close } = await begin('en', 390)
    await page.getByRole('link', { name: text.en.sso }).click()
    await atProvider(page, 'test-user2')
    await page.waitForURL(`${address}/**`)
    const alert = await page.getByRole('alert').innerText()
    assert.match(alert, /no account here/)
    assert.match(alert, /id2/)
    await looks(page, 'sign-in-stranger')
    await page.getByRole('link', { name: 'فارسی' }).click()
    await page.waitForURL(`${address}/sign-in?lang=fa&**`)
    await signedOut(page)
    await close()
  })

  it('with a local account: a password of one\'s own first, and out of all browsers at once', { timeout }, async () => {
    const { stdout } = await nsdi('user', 'add', 'ali', '--agency', 'post', '--role', 'uploader')
    const generated = /password\s+(\S+)/.exec(stdout)[1]
    const { page, close } = await open(browser, `${address}/sign-in?lang=en`)
    await local(page, 'ali', 'a wrong password')
    assert.match(await page.getByRole('alert').innerText(), /login or the password is not right/)
    await looks(page, 'sign-in-wrong')
    await local(page, 'ali', generated)
    await page.waitForURL(`${address}/password?**`)
    await looks(page, 'password')
    const chosen = 'four unrelated words here'
    await page.getByLabel('Present password').fill(generated)
    await page.getByLabel('New password', { exact: false }).first().fill(chosen)
    await page.getByLabel('New password again').fill(chosen)
    await page.getByRole('button', { name: 'Change the password' }).click()
    await page.waitForURL(`${address}/?lang=en`)

    const other = await open(browser, `${address}/sign-in?lang=en`)
    await local(other.page, 'ali', chosen)
    await other.page.waitForURL(`${address}/?lang=en`)
    assert.equal((await me(other.page)).login, 'ali')
    await page.goto(`${address}/sign-in?lang=en`)
    await page.getByRole('button', { name: text.en.everywhere }).click()
    await page.waitForURL(`${address}/sign-in?lang=en`)
    await signedOut(page)
    await signedOut(other.page)
    await other.close()
    await close()
  })
})

const nsdi = (...args) => promisify(execFile)(program, ['--data', data, ...args])

/** The sign-in page, on the way to a page that only somebody who signed in sees. */
const begin = (lang, width) => open(browser, `${address}/sign-in?lang=${lang}&next=${encodeURIComponent(`/password?lang=${lang}`)}`, { width, height: 844, touch: width < 500 })

async function atProvider(page, user) {
  await page.waitForURL(`${issuer}/**`)
  await page.getByLabel('Username:').fill(user)
  await page.getByLabel('Password:').fill('verysecure')
  await page.getByRole('button', { name: 'Login' }).click()
}

/** Goes to the provider and answers the state of the sign-in that began. */
async function stateAt(page, lang) {
  const asked = page.waitForRequest((request) => request.url().startsWith(`${issuer}/auth?`))
  await page.getByRole('link', { name: text[lang].sso }).click()
  const state = new URL((await asked).url()).searchParams.get('state')
  await page.waitForURL(`${issuer}/login/**`)
  assert.ok(state.length >= 26)
  return state
}

async function local(page, login, password) {
  await page.getByLabel('Login').fill(login)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: text.en.signIn }).click()
  await page.waitForLoadState()
}

const me = async (page) => (await page.request.get(`${address}/v1/me`)).json()

async function signedOut(page) {
  assert.equal((await page.request.get(`${address}/v1/me`)).status(), 401)
  assert.doesNotMatch(await page.locator('body').innerText(), /سارا محمدی/)
}

/** Takes a picture; nothing reaches out of the page sideways, and nobody is kept out by how it is made. */
async function looks(page, name) {
  await page.evaluate(() => document.fonts.ready)
  await page.screenshot({ path: `${results}${name}.png` })
  const { wide, font } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth - innerWidth, font: document.fonts.check('16px Vazirmatn') }))
  assert.deepEqual({ wide, font }, { wide: 0, font: true }, name)
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }))
  const serious = violations.filter((one) => ['serious', 'critical'].includes(one.impact))
  assert.deepEqual(serious.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(' | ')}`), [], name)
}
