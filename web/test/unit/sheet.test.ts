import { describe, expect, it } from 'vitest'
import { detect, tells } from '../../src/geocode/columns'
import { decodeText, formatCSV, harmless, parseCSV } from '../../src/geocode/csv'
import { columnOf, readXLSX } from '../../src/geocode/xlsx'

describe('CSV', () => {
  it('keeps quotes, line breaks and separators within cells, and leaves empty rows out', () => {
    expect(parseCSV('a,b\r\n"x ""y"", z","1\n2"\n\n,last\n')).toEqual([['a', 'b'], ['x "y", z', '1\n2'], ['', 'last']])
  })
  it('tells the separator by the first line', () => {
    expect(parseCSV('نشانی;"شهر;روستا"\nبهار;ساری')).toEqual([['نشانی', 'شهر;روستا'], ['بهار', 'ساری']])
    expect(parseCSV('a\tb\n1,5\t2')).toEqual([['a', 'b'], ['1,5', '2']])
  })
  it('comes back as it was written', () => {
    const rows = [['a', 'b'], ['"', 'x,y'], ['\r\n', ' z ']]
    expect(parseCSV(formatCSV(rows))).toEqual(rows)
  })
  it('writes no cell that a spreadsheet would take for a formula', () => {
    expect(['=1+1', '-cmd', '@a', '-12.5', 'x=1', '+9'].map(harmless)).toEqual(["'=1+1", "'-cmd", "'@a", '-12.5', 'x=1', "'+9"])
  })
  it('reads what Windows writes Persian in', () => {
    expect(decodeText(new Uint8Array([0xd3, 0xc7, 0xd1, 0x81]).buffer)).toBe('سارپ')
    expect(decodeText(new TextEncoder().encode('ساری').buffer as ArrayBuffer)).toBe('ساری')
  })
})

describe('columns', () => {
  it('are told by their names, in Arabic letters and with spaces too', () => {
    expect(detect(['کد', 'نشاني', 'نام_شهر', 'پلاک', 'شهر'])).toEqual([null, 'address', 'city', 'number', null])
    expect(detect(['شماره', 'نشانی'])).toEqual([null, 'address'])
    expect(detect(['شماره', 'خیابان', 'پلاک'])).toEqual([null, 'street', 'number'])
    expect(detect(['city', 'street', 'No'])).toEqual(['city', 'street', 'number'])
    expect(detect(['id', 'StateName', 'LocationName', 'PreAven', 'Parish'])).toEqual([null, 'province', 'city', 'street_before', 'neighbourhood'])
    expect([tells([null, 'number']), tells(['street']), tells(['lon', 'lat']), tells(['lon'])]).toEqual([false, true, true, false])
  })
})

describe('columns without a known name', () => {
  it('are told by what stands in them, and only where no name says it', () => {
    const rows = [['1', 'مینا', 'ساری، خ بهار، كوچه ۳', '4816712345'], ['2', 'پوریا', 'بابل، بلوار آزادی پ 4', ''], ['3', 'خ', '', '4816712346']]
    expect(detect(['a', 'b', 'c', 'd'], rows)).toEqual([null, null, 'address', null])
    expect(detect(['a', 'b', 'd'], rows.map(([a, b, , d]) => [a!, b!, d!]))).toEqual([null, null, 'postal_code'])
    expect(detect(['a', 'شهر', 'c'], rows)).toEqual([null, 'city', null])
    expect(detect(['a'], [['1'], ['']])).toEqual([null])
  })
})

/** A zip of parts, as spreadsheets write it. */
async function zip(parts: Record<string, string>): Promise<ArrayBuffer> {
  const [bodies, directory]: [Uint8Array<ArrayBuffer>[], Uint8Array<ArrayBuffer>[]] = [[], []]
  const head = (size: number, signature: number, shorts: Record<number, number>, longs: Record<number, number> = {}) => {
    const view = new DataView(new ArrayBuffer(size))
    view.setUint32(0, signature, true)
    for (const [at, value] of Object.entries(shorts)) view.setUint16(Number(at), value, true)
    for (const [at, value] of Object.entries(longs)) view.setUint32(Number(at), value, true)
    return new Uint8Array(view.buffer)
  }
  let at = 0
  for (const [name, text] of Object.entries(parts)) {
    const [title, plain] = [new TextEncoder().encode(name), new TextEncoder().encode(text)]
    const packed = new Uint8Array(await new Response(new Blob([plain]).stream().pipeThrough(new CompressionStream('deflate-raw'))).arrayBuffer())
    bodies.push(head(30, 0x04034b50, { 8: 8, 26: title.length }), title, packed)
    directory.push(head(46, 0x02014b50, { 10: 8, 28: title.length }, { 20: packed.length, 24: plain.length, 42: at }), title)
    at += 30 + title.length + packed.length
  }
  return new Blob([...bodies, ...directory, head(22, 0x06054b50, { 10: Object.keys(parts).length }, { 16: at })]).arrayBuffer()
}

describe('XLSX', () => {
  it('reads the first sheet: shared, inline and numeric cells, with gaps', async () => {
    const rows = await readXLSX(await zip({
      'xl/workbook.xml': '<workbook><sheets><sheet name="نشانی‌ها" sheetId="2" r:id="rId7"/><sheet name="b" sheetId="1" r:id="rId1"/></sheets></workbook>',
      'xl/_rels/workbook.xml.rels': '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/><Relationship Id="rId7" Target="/xl/worksheets/sheet2.xml"/></Relationships>',
      'xl/sharedStrings.xml': '<sst><si><t>نشانی</t></si><si><r><t xml:space="preserve">بهار </t></r><r><t>&amp; سوسن</t></r><rPh><t>x</t></rPh></si></sst>',
      'xl/worksheets/sheet1.xml': '<sheetData><row><c r="A1"><v>0</v></c></row></sheetData>',
      'xl/worksheets/sheet2.xml': '<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t>پلاک</t></is></c></row><row r="2"/><row r="3"><c r="A3" t="s"><v>1</v></c><c r="B3"/><c r="C3"><v>12</v></c></row></sheetData>',
    }))
    expect(rows).toEqual([['نشانی', '', 'پلاک'], ['بهار & سوسن', '', '12']])
  })
  it('knows columns beyond Z, and refuses what is no workbook', async () => {
    expect([columnOf('A1'), columnOf('Z9'), columnOf('AA10'), columnOf('')]).toEqual([0, 25, 26, -1])
    await expect(readXLSX(new ArrayBuffer(4))).rejects.toThrow()
    await expect(readXLSX(new TextEncoder().encode('PK' + 'x'.repeat(100)).buffer as ArrayBuffer)).rejects.toThrow()
  })
})
