import { formatDistance } from '../format'
import { direction, lang } from '../i18n'
import type { NationalMap } from '../map/national-map'
import { dark } from '../map/scheme'

export interface Caption { title: string; date: string; source: string; link: string; legend: readonly { colour: string; name: string }[] }

/** A picture of the map as it stands, with what a picture by itself would not say: of what, from whom, of when, at which scale. */
export async function picture(view: NationalMap, caption: Caption, metresPerPixel: number): Promise<Blob> {
  await document.fonts.load('16px Vazirmatn')
  const { gl } = view
  const map = gl.getCanvas()
  const ratio = map.width / map.clientWidth
  const foot = 74
  const canvas = document.createElement('canvas')
  canvas.width = map.width
  canvas.height = map.height + Math.round(foot * ratio)
  const c = canvas.getContext('2d')
  if (!c) throw new Error('canvas')
  // By day, as on paper: what is round it is white, and its legend has the colours of day.
  const night = dark.value
  dark.value = false
  view.repaint()
  gl.redraw() // what was drawn is gone after its frame
  c.drawImage(map, 0, 0)
  dark.value = night
  view.repaint()
  c.scale(ratio, ratio)
  const [width, height] = [map.clientWidth, map.clientHeight]
  const rtl = direction.value === 'rtl'
  c.direction = direction.value
  c.textAlign = 'start'
  const [start, end] = rtl ? [width - 14, 14] : [14, width - 14]
  const text = (line: string, x: number, y: number, font: string, colour = '#16272d', most = width - 200) => {
    c.font = `${font} Vazirmatn, sans-serif`
    c.fillStyle = colour
    c.fillText(line, x, y, most)
  }
  c.fillStyle = '#fff'
  c.fillRect(0, height, width, foot)
  text(caption.title, start, height + 23, '600 15px')
  text(caption.date, start, height + 44, '13px', '#4a5b63')
  text(`${caption.source} · ${caption.link}`, start, height + 63, '11px', '#4a5b63', width - 28)
  legend(c, caption.legend, rtl, width)
  scale(c, metresPerPixel, end, rtl, height + 14)
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('toBlob'))), 'image/png'))
}

function legend(c: CanvasRenderingContext2D, rows: Caption['legend'], rtl: boolean, width: number): void {
  if (rows.length === 0) return
  c.font = '13px Vazirmatn, sans-serif'
  const wide = Math.min(width - 40, 44 + Math.max(...rows.map((row) => c.measureText(row.name).width)))
  const left = rtl ? width - wide - 10 : 10
  c.fillStyle = 'rgba(255,255,255,0.93)'
  c.fillRect(left, 10, wide, 12 + rows.length * 22)
  for (const [i, row] of rows.entries()) {
    const y = 18 + i * 22
    c.fillStyle = row.colour
    c.fillRect(rtl ? left + wide - 26 : left + 10, y, 16, 14)
    c.fillStyle = '#16272d'
    c.fillText(row.name, rtl ? left + wide - 34 : left + 34, y + 12, wide - 42)
  }
}

/** A bar of a round length, at the end of the line. */
function scale(c: CanvasRenderingContext2D, metresPerPixel: number, end: number, rtl: boolean, y: number): void {
  const most = metresPerPixel * 140
  if (most <= 0) return
  const power = 10 ** Math.floor(Math.log10(most))
  const metres = power * ([5, 3, 2, 1].find((step) => most / power >= step) ?? 1)
  const wide = metres / metresPerPixel
  const left = rtl ? end : end - wide
  c.strokeStyle = '#16272d'
  c.lineWidth = 1.5
  c.beginPath()
  c.moveTo(left, y)
  c.lineTo(left, y + 9)
  c.lineTo(left + wide, y + 9)
  c.lineTo(left + wide, y)
  c.stroke()
  c.font = '12px Vazirmatn, sans-serif'
  c.fillStyle = '#16272d'
  c.textAlign = 'center'
  c.fillText(formatDistance(metres, lang.value), left + wide / 2, y + 25)
}
