// Every page as each kind of person sees it, in both languages, by day on a desk and by night on a phone: axe finds nothing, nothing reaches out sideways, and the switch of the language loses nothing.
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import axe from 'axe-core'
import { launch } from './chromium.mjs'
import { address, alone, nsdi } from './people.mjs'

const results = new URL('../../test-results/', import.meta.url).pathname
const run = Date.now().toString(36)
const parts = (path, ...tabs) => tabs.map((tab) => `${path}?tab=${tab}`)
/** Who, of which agency, and the pages that are another than a visitor's. A visitor sees all of them. */
const kinds = [
  { role: 'visitor', pages: ['/', '/progress', '/submissions', '/review', '/geocode', '/geocode?tab=file', ...parts('/parcels', 'plate', 'identifier', 'point', 'verify'),
    ...parts('/postal-codes', 'validate', 'address', 'codes', 'at', 'certificates', 'verify'), '/track', '/track/NSDI-1405-AAAA-AAAA-A', '/services', '/docs', '/sign-in', '/administration'] },
  { role: 'uploader', agency: 'post', pages: ['/submissions', '/submissions?theme=gnaf-address', '/review', '/administration', '/sign-in', '/password'] },
  { role: 'reviewer', agency: 'post', pages: ['/review'] },
  { role: 'publisher', agency: 'post', pages: ['/review', '/administration?tab=styles'] },
  { role: 'inquirer', agency: 'post', pages: ['/postal-codes?tab=certificates', '/services'] },
  { role: 'committee-member', agency: 'committee', pages: ['/progress', ...parts('/administration', 'decisions', 'rules')] },
  { role: 'administrator', agency: 'committee', pages: parts('/administration', 'agencies', 'people', 'keys', 'delegations', 'styles') },
  { role: 'auditor', agency: 'committee', pages: parts('/administration', 'audit', 'rules') },
]
/** Pages that the server writes are asked for in the language; the others switch to it. */
const written = /^\/(services|docs|sign-in|password)/
const lines = []
let browser

describe('everyone', { skip: alone }, () => {
  before(async () => {
    await mkdir(results, { recursive: true })
    browser = await launch()
  })
  after(async () => {
    await browser?.close()
    await writeFile(`${results}axe.txt`, `axe-core ${axe.version}, all rules: violations, rules that passed, and rules about which axe leaves it to the eye\n${lines.join('\n')}\n`)
  })

  for (const { role, agency, pages } of kinds) {
    it(`${role}: ${pages.length} pages`, { timeout: 600_000 }, async () => {
      const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, reducedMotion: 'reduce' })
      if (agency) await enter(context, role, agency)
      const page = await context.newPage()
      const errors = []
      page.on('pageerror', (error) => errors.push(error.message))
      for (const path of pages) {
        await page.setViewportSize({ width: 1400, height: 900 })
        await page.emulateMedia({ colorScheme: 'light' })
        await page.goto(address + path)
        await sound(page, role, path, 'fa', 'light')
        await page.setViewportSize({ width: 390, height: 844 })
        await page.emulateMedia({ colorScheme: 'dark' })
        if (written.test(path)) await page.goto(`${address}${path}?lang=en`)
        else {
          // What somebody has written, and where the page stands, is as it was in the other language.
          const field = page.locator('main input:not([type]):not([name=date]):visible, main textarea:visible').first()
          const typed = await field.count() > 0 && !path.startsWith('/administration')
          if (typed) await field.fill('12')
          await page.locator('a.lang').click()
          await page.waitForFunction(() => document.documentElement.lang === 'en')
          const asked = new URL(page.url())
          assert.equal(asked.searchParams.get('lang'), 'en')
          for (const [name, value] of new URL(path, address).searchParams) if (name !== 'tab' || !/plate|validate/.test(value)) assert.equal(asked.searchParams.get(name), value, `${name} of ${path}`)
          if (typed) assert.equal(await field.inputValue(), '12', path)
        }
        await sound(page, role, path, 'en', 'dark')
      }
      assert.deepEqual(errors, [])
      await context.close()
    })
  }
})

/** Waits for what the page loads, and asks axe. */
async function sound(page, role, path, lang, scheme) {
  await page.waitForFunction(() => document.querySelector('main, .sheet')?.innerText.length > 20 && !document.querySelector('.loading'))
  const width = page.viewportSize().width
  const what = `${role.padEnd(16)} ${lang} ${String(width).padStart(4)} ${scheme.padEnd(5)} ${path}`
  assert.equal(await page.evaluate(() => Math.max(0, ...[document.documentElement, ...document.querySelectorAll('.desk')].map((one) => one.scrollWidth - one.clientWidth))), 0, what)
  await page.evaluate(axe.source)
  const { violations, passes, incomplete } = await page.evaluate(async () => {
    const { violations, passes, incomplete } = await globalThis.axe.run(document, { preload: false })
    const told = (rules) => rules.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(' | ')}`)
    return { violations: told(violations), passes: passes.length, incomplete: told(incomplete) }
  })
  lines.push(`${what}: ${violations.length}, ${passes}, ${incomplete.length}`)
  assert.deepEqual(violations, [], what)
}

/** Makes a person with this role, and signs in by the forms of the page without drawing them. */
async function enter(context, role, agency) {
  const login = `${role}-${run}`
  const password = /password\s+(\S+)/.exec(await nsdi('user', 'add', login, '--agency', agency, '--role', role, '--name', 'مینا آزمون'))[1]
  const send = (path, form) => context.request.post(address + path, { form, headers: { origin: address } })
  await send('/sign-in', { login, password, next: '/' })
  await send('/password', { present: password, new: 'four unrelated words here', again: 'four unrelated words here', next: '/' })
  const session = await (await context.request.get(`${address}/v1/session`)).json()
  assert.deepEqual([session.person?.login, session.must_change_password], [login, false])
}
