import assert from 'node:assert/strict'

/** How often each colour occurs in the picture of an element, colours rounded so that soft edges fall together. */
export async function colours(page, selector) {
  const box = await page.locator(selector).boundingBox()
  const png = await page.screenshot({ clip: box })
  // The page itself decodes the picture: no image library is needed for this alone.
  const counts = await page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
    const context = canvas.getContext('2d')
    context.drawImage(bitmap, 0, 0)
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height)
    const found = {}
    for (let i = 0; i < data.length; i += 4) {
      const key = `${data[i] >> 3},${data[i + 1] >> 3},${data[i + 2] >> 3}`
      found[key] = (found[key] ?? 0) + 1
    }
    return found
  }, png.toString('base64'))
  const total = Object.values(counts).reduce((a, b) => a + b, 0)
  return Object.entries(counts).map(([colour, count]) => ({ colour, share: count / total })).sort((a, b) => b.share - a.share)
}

/** A colour, rounded as above. */
export function rounded(rgb) {
  return rgb.map((channel) => channel >> 3).join()
}

/** Waits until a colour, or one of several, is to be seen on the map. */
export async function shown(page, colour, selector = '[data-testid=preview]') {
  const wanted = [colour].flat().map((one) => rounded([1, 3, 5].map((i) => parseInt(one.slice(i, i + 2), 16))))
  await page.locator(selector).scrollIntoViewIfNeeded()
  for (let i = 0; ; i++) {
    const found = (await colours(page, selector)).find((one) => wanted.includes(one.colour))
    if (found) return
    assert.ok(i < 60, `${colour} is not on the map`)
    await page.waitForTimeout(500)
  }
}
