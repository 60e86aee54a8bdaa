import assert from 'node:assert/strict'
import axe from 'axe-core'

const results = new URL('../../test-results/', import.meta.url).pathname

/** Takes a picture; nothing reaches out of the page sideways, and nobody is kept out by how it is made. */
export async function looks(page, name) {
  await page.evaluate(() => document.fonts.ready)
  await page.screenshot({ path: `${results}${name}.png` })
  const { wide, font } = await page.evaluate(() => ({ wide: Math.max(0, ...[document.documentElement, ...document.querySelectorAll('.desk')].map((one) => one.scrollWidth - one.clientWidth)), font: document.fonts.check('16px Vazirmatn') }))
  assert.deepEqual({ wide, font }, { wide: 0, font: true }, name)
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }))
  assert.deepEqual(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(' | ')}`), [], name)
}
