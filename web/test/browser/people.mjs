// People and agencies for tests against a real server: made by the operator's commands, signed in at the page as anybody is.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const program = new URL('../../../bin/nsdi', import.meta.url).pathname
const chosen = 'four unrelated words here'

export const { NSDI_TEST_DATA: data = '' } = process.env
export const address = (process.env.NSDI_TEST_URL ?? '').replace(/\/$/, '')

/** A reason to leave tests out where there is no server of their own. */
export const alone = address && data ? false : 'needs scripts/with-sample.sh'

export const nsdi = async (...args) => (await promisify(execFile)(program, ['--data', data, ...args])).stdout

/** A municipality with its people: login and role. */
export async function municipality(code, territory, people) {
  await nsdi('agency', 'add', code, '--kind', 'municipality', '--name-fa', 'شهرداری آزمون', '--name-en', 'Test municipality', '--territory', territory)
  const passwords = {}
  for (const [login, role] of Object.entries(people)) {
    passwords[login] = /password\s+(\S+)/.exec(await nsdi('user', 'add', login, '--agency', code, '--role', role, '--name', 'مینا آزمون'))[1]
  }
  return passwords
}

/** Signs in with the password that the operator handed over, and chooses an own one, as the page asks. */
export async function signIn(page, login, password, next) {
  await page.goto(`${address}/sign-in?lang=en&next=${encodeURIComponent(next)}`)
  await page.getByLabel('Login').fill(login)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(`${address}/password?**`)
  await page.getByLabel('Present password').fill(password)
  await page.getByLabel('New password', { exact: false }).first().fill(chosen)
  await page.getByLabel('New password again').fill(chosen)
  await page.getByRole('button', { name: 'Change the password' }).click()
  await page.waitForURL(`${address}${next}`)
}

/** A page of somebody who signed in before. */
export async function as(browser, storageState, path, width) {
  const context = await browser.newContext({ storageState, viewport: { width, height: 844 }, hasTouch: width < 500, reducedMotion: 'reduce' })
  const page = await context.newPage()
  const seen = { errors: [] }
  page.on('console', (message) => { if (message.type() === 'error') seen.errors.push(message.text()) })
  page.on('pageerror', (error) => seen.errors.push(error.message))
  await page.goto(address + path)
  return { page, seen, close: () => context.close() }
}
