import { useState } from 'preact/hooks'
import { asked, remember } from '../ui/address'
import { FileDesk } from './FileDesk'
import { OneAddress } from './OneAddress'
import { w } from './words'

export function GeocodePage() {
  const [file, setFile] = useState(asked('tab') === 'file')
  return (
    <>
      <div><h1>{w('title')}</h1><p class="lead">{w('lead')}</p></div>
      <div class="segments geocode-tabs" role="group" aria-label={w('tabs')}>
        {[false, true].map((one) => <button key={String(one)} type="button" aria-pressed={file === one} onClick={() => { setFile(one); remember({ tab: one ? 'file' : '' }) }}>{w(one ? 'file' : 'one')}</button>)}
      </div>
      {/* What was found in a file is kept while one looks up an address beside it. */}
      {!file && <OneAddress />}
      <div hidden={!file}><FileDesk /></div>
    </>
  )
}
