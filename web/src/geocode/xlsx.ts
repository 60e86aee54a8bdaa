// Reads the first sheet of a workbook (ISO/IEC 29500): a zip of XML, of which only text and numbers of cells are needed.

import { Breath } from './breath'

const most = 400 << 20

/** The parts of a zip by name. Sizes are those of the directory at its end; what unpacks to more than is reasonable is refused. */
async function unzip(bytes: ArrayBuffer): Promise<Map<string, () => Promise<string>>> {
  const view = new DataView(bytes)
  let end = bytes.byteLength - 22
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--
  if (end < 0) throw new Error('not a zip')
  const parts = new Map<string, () => Promise<string>>()
  let at = view.getUint32(end + 16, true)
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    if (view.getUint32(at, true) !== 0x02014b50) throw new Error('a broken zip')
    const [method, packed, size] = [view.getUint16(at + 10, true), view.getUint32(at + 20, true), view.getUint32(at + 24, true)]
    const [name, extra, comment] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true), view.getUint16(at + 32, true)]
    const local = view.getUint32(at + 42, true)
    const title = new TextDecoder().decode(new Uint8Array(bytes, at + 46, name))
    parts.set(title, async () => {
      if (size > most) throw new Error('too large')
      const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true)
      const body = new Uint8Array(bytes, from, packed)
      if (method === 0) return new TextDecoder().decode(body)
      if (method !== 8) throw new Error('an unknown compression')
      return new Response(new Blob([body]).stream().pipeThrough(new DecompressionStream('deflate-raw'))).text()
    })
    at += 46 + name + extra + comment
  }
  return parts
}

const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }
const unescape = (text: string) => text.replace(/&(#x?[0-9a-fA-F]+|\w+);/g, (whole, name: string) => {
  if (name.startsWith('#x')) return String.fromCodePoint(parseInt(name.slice(2), 16))
  if (name.startsWith('#')) return String.fromCodePoint(Number(name.slice(1)))
  return entities[name] ?? whole
})

/** The text within an element, of all its runs; how it is to be pronounced is left out. */
const textOf = (xml: string) => [...xml.replace(/<rPh[\s\S]*?<\/rPh>/g, '').matchAll(/<t(?:\s[^>]*)?>([\s\S]*?)<\/t>/g)].map((match) => unescape(match[1]!)).join('')

/** A column's letters as a number from 0. */
export function columnOf(reference: string): number {
  let n = 0
  for (const letter of reference) {
    const code = letter.charCodeAt(0)
    if (code < 65 || code > 90) break
    n = n * 26 + code - 64
  }
  return n - 1
}

export async function readXLSX(bytes: ArrayBuffer): Promise<string[][]> {
  const parts = await unzip(bytes)
  const part = (name: string) => parts.get(name)?.() ?? Promise.resolve('')
  const [book, links, shared] = await Promise.all([part('xl/workbook.xml'), part('xl/_rels/workbook.xml.rels'), part('xl/sharedStrings.xml')])
  const first = /<sheet\b[^>]*\br:id="([^"]+)"/.exec(book)?.[1]
  const link = [...links.matchAll(/<Relationship\b[^>]*>/g)].map((match) => match[0]).find((one) => one.includes(`Id="${first}"`))
  const target = /\bTarget="([^"]+)"/.exec(link ?? '')?.[1]?.replace(/^\/?(xl\/)?/, '') ?? 'worksheets/sheet1.xml'
  const sheet = await part(`xl/${target}`)
  if (!sheet) throw new Error('no sheet')
  const breath = new Breath()
  const strings: string[] = []
  for (const [, text] of shared.matchAll(/<si>([\s\S]*?)<\/si>|<si\/>/g)) {
    await breath.taken()
    strings.push(textOf(text ?? ''))
  }
  const rows: string[][] = []
  for (const [, body] of sheet.matchAll(/<row\b[^>]*>([\s\S]*?)<\/row>/g)) {
    await breath.taken()
    const row: string[] = []
    for (const [, head, inner = ''] of body!.matchAll(/<c\b([^>]*?)(?:\/>|>([\s\S]*?)<\/c>)/g)) {
      const at = columnOf(/\br="([A-Z]+)/.exec(head!)?.[1] ?? '')
      const kind = /\bt="(\w+)"/.exec(head!)?.[1]
      const value = /<v>([\s\S]*?)<\/v>/.exec(inner)?.[1] ?? ''
      const cell = kind === 's' ? strings[Number(value)] ?? '' : kind === 'inlineStr' ? textOf(inner) : unescape(value)
      const place = at >= 0 ? at : row.length
      while (row.length < place) row.push('')
      row[place] = cell
    }
    if (row.some((cell) => cell !== '')) rows.push(row)
  }
  return rows
}
