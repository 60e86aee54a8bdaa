import { useRef, useState } from 'preact/hooks'
import type { Limit } from '../api/delivery'
import type { Resource } from '../api/resource'
import { formatNumber } from '../format'
import { formatBytes } from '../format/size'
import { lang, text } from '../i18n'
import { duration } from './duration'
import { w } from './words'

/** Where files are dropped, with what is taken said before anybody tries. */
export function Drop({ limits, onFiles }: { limits: Resource<{ limits: Limit[] }>; onFiles: (files: File[]) => void }) {
  const [over, setOver] = useState(false)
  const [wrong, setWrong] = useState<{ file: File; large: boolean } | null>(null)
  const input = useRef<HTMLInputElement>(null)
  const most = limits.data?.limits.find((one) => one.code === 'max_bytes')?.value ?? Infinity

  const take = (list: FileList | null) => {
    const files = [...(list ?? [])]
    if (files.length === 0) return
    const [large, empty] = [files.find((one) => one.size > most), files.find((one) => one.size === 0)]
    const file = large ?? empty
    if (file) return setWrong({ file, large: file === large })
    onFiles(files)
  }
  const size = ({ value, unit }: Limit) => (unit === 'byte' ? formatBytes(value, lang.value) : unit === 'second' ? duration(value) : formatNumber(value, lang.value))
  return (
    <div class="drop-part">
      <div class={over ? 'drop over' : 'drop'} data-testid="drop"
        onDragOver={(event) => { event.preventDefault(); setOver(true) }} onDragLeave={() => setOver(false)}
        onDrop={(event) => { event.preventDefault(); setOver(false); take(event.dataTransfer?.files ?? null) }}>
        <svg viewBox="0 0 48 48" aria-hidden="true"><path d="M24 32V10m-9 9 9-9 9 9M8 32v6h32v-6" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" stroke-linejoin="round" /></svg>
        <strong>{w('drop')}</strong>
        <button type="button" class="button" onClick={() => input.current?.click()}>{w('choose')}</button>
        <input ref={input} class="visually-hidden" type="file" multiple tabIndex={-1} aria-label={w('chooseLabel')} onChange={(event) => { take(event.currentTarget.files); event.currentTarget.value = '' }} />
        {wrong && <p class="wrong" role="alert">{wrong.large ? w('large', { size: formatBytes(wrong.file.size, lang.value), most: formatBytes(most, lang.value) }) : w('emptyFile', { name: wrong.file.name })}</p>}
        <p class="note">{w('formats')}</p>
      </div>
      {limits.data && (
        <details class="limits">
          <summary>{w('limits')}</summary>
          <dl>{limits.data.limits.map((one) => <div key={one.code}><dt>{text(one.title)}</dt><dd>{size(one)}</dd></div>)}</dl>
        </details>
      )}
    </div>
  )
}
