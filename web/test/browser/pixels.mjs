import assert from 'node:assert/strict'

/** Each colour in the picture of an element with its share and the box around it, colours rounded so that soft edges fall together. */
export async function colours(page, selector) {
  const box = await page.locator(selector).boundingBox()
  const png = await page.screenshot({ clip: box })
  // The page itself decodes the picture: no image library is needed for this alone.
  const { found, width, height } = await page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
    const { width, height } = bitmap
    const context = new OffscreenCanvas(width, height).getContext('2d')
    context.drawImage(bitmap, 0, 0)
    const { data } = context.getImageData(0, 0, width, height)
    const found = {}
    for (let i = 0; i < data.length; i += 4) {
      const one = (found[`${data[i] >> 3},${data[i + 1] >> 3},${data[i + 2] >> 3}`] ??= { count: 0, box: [width, height, 0, 0] })
      const [x, y] = [(i / 4) % width, Math.floor(i / 4 / width)]
      one.count++
      if (x < one.box[0]) one.box[0] = x
      if (y < one.box[1]) one.box[1] = y
      if (x > one.box[2]) one.box[2] = x
      if (y > one.box[3]) one.box[3] = y
    }
    return { found, width, height }
  }, png.toString('base64'))
  return Object.entries(found).map(([colour, { count, box }]) => ({ colour, share: count / (width * height), box, width, height })).sort((a, b) => b.share - a.share)
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

/** Waits until all that has a colour is to be seen on the map, and nothing of it is cut by an edge. */
export async function whole(page, colour, selector = '[data-testid=preview]') {
  const wanted = rounded([1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16)))
  await page.locator(selector).scrollIntoViewIfNeeded()
  for (let i = 0; ; i++) {
    const found = (await colours(page, selector)).find((one) => one.colour === wanted)
    if (found && Math.min(found.box[0], found.box[1], found.width - found.box[2], found.height - found.box[3]) >= 12) return
    assert.ok(i < 60, `${colour} is not whole on the map: ${JSON.stringify(found)}`)
    await page.waitForTimeout(500)
  }
}
