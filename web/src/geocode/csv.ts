/** The sign between cells: the one of which the first line has most, outside of quotes. */
export function separatorOf(text: string): string {
  const first = text.slice(0, Math.min(...[text.indexOf('\n'), 20_000].filter((at) => at >= 0))).replace(/"[^"]*"/g, '')
  return [',', ';', '\t', '|'].map((sign) => ({ sign, n: first.split(sign).length })).sort((a, b) => b.n - a.n)[0]!.sign
}

/** Rows of cells (RFC 4180). Rows without any text are left out. */
export function parseCSV(text: string, separator = separatorOf(text)): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let at = 0
  const end = () => {
    if (row.some((cell) => cell !== '')) rows.push(row)
    row = []
  }
  while (at <= text.length) {
    let cell = ''
    if (text[at] === '"') {
      for (at++; at < text.length; at++) {
        const quote = text.indexOf('"', at)
        if (quote < 0) {
          cell += text.slice(at)
          at = text.length
          break
        }
        cell += text.slice(at, quote)
        at = quote + 1
        if (text[at] !== '"') break
        cell += '"'
      }
    }
    const from = at
    while (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r') at++
    row.push(cell + text.slice(from, at))
    if (text[at] === separator) {
      at++
      continue
    }
    end()
    if (text[at] === '\r' && text[at + 1] === '\n') at++
    at++
  }
  return rows
}

const quoted = (cell: string) => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

export function formatCSV(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => row.map(quoted).join(',')).join('\r\n') + '\r\n'
}

/** A cell that a spreadsheet would take for a formula gets an apostrophe, as in the server's files; numbers stay as they are. */
export function harmless(cell: string): string {
  return /^[=+@\t]/.test(cell) || (cell.startsWith('-') && !/^-\d+(\.\d+)?$/.test(cell)) ? `'${cell}` : cell
}

/** The text of a file: UTF-8, or else what Windows writes Persian in. */
export function decodeText(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1256').decode(bytes)
  }
}
