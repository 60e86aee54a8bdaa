import { useState } from 'preact/hooks'
import type { InspectedLayer } from '../api/delivery'
import { text } from '../i18n'
import { TextField } from '../ui/Field'
import { w } from './words'

const usual = ['EPSG:4326', 'EPSG:32638', 'EPSG:32639', 'EPSG:32640', 'EPSG:32641']
/** A code, and not the text that defines a system without one. */
const named = /^\w+:\w+$/

/** In which reference system the coordinates are read; each choice says how many of the sample rows it puts where they belong. */
export function Crs({ layer, asText, value, set }: { layer: InspectedLayer; asText: boolean; value: string; set: (value: string) => void }) {
  const previews = layer.preview ?? []
  const listed = previews.map((one) => one.crs)
  const [other, setOther] = useState(value !== '' && !listed.includes(value) && !usual.includes(value))
  const radio = (code: string, label: preact.ComponentChildren, checked: boolean) => (
    <label key={code} class="check"><input type="radio" name="crs" value={code} checked={checked} onChange={() => { setOther(false); set(code) }} /><span>{label}</span></label>
  )
  return (
    <fieldset class="crs">
      <legend>{w('crs')}</legend>
      {previews.length === 0 && layer.geometry !== 'none' && <p class="wrong">{w('crsNone')}</p>}
      {previews.map((one) => radio(one.declared ? '' : one.crs, (
        <>{text(one.title)}{named.test(one.crs) && <> <bdi dir="ltr" class="code">{one.crs}</bdi></>}{one.declared && <b> ({w('crsDeclared')})</b>}<small>{w('crsInside', { n: one.inside, all: one.rows })}</small></>
      ), !other && (one.declared ? value === '' || value === one.crs : value === one.crs)))}
      {asText && usual.map((code) => radio(code === 'EPSG:4326' ? '' : code, <bdi dir="ltr">{code === 'EPSG:4326' ? 'WGS 84 (EPSG:4326)' : `UTM ${code.slice(-2)}N (${code})`}</bdi>, !other && (code === 'EPSG:4326' ? value === '' || value === code : value === code)))}
      <label class="check"><input type="radio" name="crs" checked={other} onChange={() => setOther(true)} /><span>{w('crsOther')}</span></label>
      {other && <TextField label={w('crsOther')} value={value} set={(typed) => set(/^\d+$/.test(typed.trim()) ? `EPSG:${typed.trim()}` : typed.trim())} ltr max={32} name="epsg" />}
    </fieldset>
  )
}
