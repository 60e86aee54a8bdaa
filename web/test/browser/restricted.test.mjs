// A dataset of a restricted theme on the map of those who may read it, and of nobody else.
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { idle, launch, settled } from './chromium.mjs'
import { looks } from './looks.mjs'
import { address, alone, as, data, nsdi, signIn } from './people.mjs'
import { colours, rounded, shown } from './pixels.mjs'

let browser, reader, stranger, colour, layer

describe('a restricted dataset', { skip: alone }, () => {
  before(async () => {
    await mkdir(new URL('../../test-results/', import.meta.url), { recursive: true })
    browser = await launch()
    const line = { type: 'Feature', properties: { line_id: 'EL-77', voltage_kv: 63, kind: 'overhead' }, geometry: { type: 'LineString', coordinates: [[59.586, 36.2877], [59.593, 36.2877]] } }
    await writeFile(`${data}/lines.geojson`, JSON.stringify({ type: 'FeatureCollection', features: [line] }))
    await nsdi('agency', 'add', 'test-power', '--kind', 'ministry', '--name-fa', 'شرکت برق آزمون', '--name-en', 'Test power company', '--theme', 'electricity')
    await nsdi('import', '--theme', 'electricity', '--agency', 'test-power', `${data}/lines.geojson`)
    const sign = async (login, agency) => {
      const password = /password\s+(\S+)/.exec(await nsdi('user', 'add', login, '--agency', agency, '--role', 'publisher', '--name', 'مینا آزمون'))[1]
      const context = await browser.newContext()
      await signIn(await context.newPage(), login, password, '/submissions')
      const state = await context.storageState()
      return { context, state }
    }
    const at = await sign('lines-publisher', 'test-power')
    reader = at.state
    ;[{ layer }] = (await (await at.context.request.get(`${address}/v1/me/layers`)).json()).layers
    const style = await (await at.context.request.get(`${address}/styles/${layer}.json`)).json()
    colour = style.metadata['nsdi:legend'].find(({ value }) => value === 'overhead')?.colour ?? style.metadata['nsdi:legend'][0].colour
    await at.context.close()
    const other = await sign('post-publisher', 'post')
    stranger = other.state
    await other.context.close()
  })
  after(() => browser?.close())

  const drawn = async (page) => (await colours(page, '[data-testid=map]')).some((one) => one.colour === rounded([1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16))))

  it('is in the list of its reader, drawn in its style and told on a card, and for nobody else is anything there', { timeout: 300_000 }, async () => {
    const { page, seen, close } = await as(browser, reader, '/?lang=en#map=16.00/36.287700/59.589700', 1000)
    await idle(page)
    await page.click('#tab-layers')
    const row = page.locator('.layer-row', { has: page.locator(`[data-layer="${layer}"]`) })
    assert.match(await row.innerText(), /Electricity network[^]*Restricted[^]*Test power company[^]*1 feature/)
    assert.equal(await drawn(page), false)
    await page.check(`[data-layer="${layer}"]`)
    await settled(page)
    await shown(page, colour, '[data-testid=map]')
    assert.match(await row.innerText(), /Overhead/, 'the legend of its style')
    await atMiddle(page)
    const card = page.locator('[data-testid=card]')
    await card.getByText('Voltage (kV)').waitFor()
    assert.match(await card.innerText(), /Electricity network, Test power company[^]*Restricted[^]*EL-77[^]*63[^]*Overhead/)
    await looks(page, 'map-restricted-en-1000')
    assert.deepEqual(seen.errors, [])

    // The link shows the same to the reader, and to somebody else nothing that would tell of it.
    const link = page.url().replace(address, '')
    for (const state of [undefined, stranger]) {
      const other = await as(browser, state, link, 800)
      await other.page.click('#tab-layers')
      await other.page.waitForSelector('.layer-row')
      await idle(other.page)
      assert.doesNotMatch(await other.page.innerText('#app'), /Electricity|Restricted|Test power/)
      assert.equal(await drawn(other.page), false)
      assert.deepEqual(other.seen.errors, [])
      await other.close()
    }
    await close()
  })

  it('is seen as it stood on a day, and styled by its agency', { timeout: 300_000 }, async () => {
    const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Tehran', year: 'numeric', month: '2-digit', day: '2-digit' }).format(new Date())
    for (const [day, n] of [['2001-01-01', '۰'], [today, '۱']]) {
      const { page, seen, close } = await as(browser, reader, `/?layers=admin-unit,${layer}&as_of=${day}#map=16.00/36.287700/59.589700`, 1000)
      await page.click('#tab-layers')
      await page.locator('[data-testid=as-of] [data-kind=shown]', { hasText: `شبکه برق، شرکت برق آزمون: ${n} عارضه` }).waitFor()
      if (day === today) await shown(page, colour, '[data-testid=map]')
      assert.deepEqual(seen.errors, [])
      await close()
    }
    const { page, seen, close } = await as(browser, reader, `/administration?tab=styles&layer=${layer}`, 390)
    await page.locator('.s-legend input[type=color]').first().waitFor()
    assert.match(await page.locator('[name=layer] option:checked').innerText(), /شبکه برق · شرکت برق آزمون · محدود/)
    assert.ok(await page.locator('.s-legend input[type=color]').first().isEnabled())
    assert.deepEqual(seen.errors, [])
    await close()
  })

  it('goes from the page when its reader signs out beside it', { timeout: 120_000 }, async () => {
    const { page, close } = await as(browser, reader, `/?lang=en&layers=admin-unit,${layer}#map=16.00/36.287700/59.589700`, 1000)
    await idle(page)
    await shown(page, colour, '[data-testid=map]')
    await page.click('#tab-layers')
    await atMiddle(page)
    const card = page.locator('[data-testid=card]', { hasText: 'EL-77' })
    await card.waitFor()
    const beside = await page.context().newPage()
    await beside.goto(`${address}/sign-in?lang=en`)
    await beside.getByRole('button', { name: 'Sign out', exact: true }).click()
    await beside.getByLabel('Login').waitFor()
    await page.locator(`[data-layer="${layer}"]`).waitFor({ state: 'detached' }) // the page begins anew by itself
    await card.waitFor({ state: 'detached' })
    await settled(page)
    await page.click('#tab-layers')
    assert.equal(await page.locator(`[data-layer="${layer}"]`).count(), 0)
    assert.equal(await drawn(page), false)
    assert.doesNotMatch(await page.innerText('#app'), /Electricity|Restricted|Test power/)
    await close()
  })
})

async function atMiddle(page) {
  const { x, y, width, height } = await page.locator('[data-testid=map]').boundingBox()
  await page.mouse.click(x + width / 2, y + height / 2)
}
