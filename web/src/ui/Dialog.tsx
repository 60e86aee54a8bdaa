import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { t } from '../i18n'
import { FailureBox } from './Failure'

interface Props { title: string; children: ComponentChildren; act: string; grave?: boolean; busy?: boolean; error?: unknown; onAct: () => void; onClose: () => void }

/** A question that has to be answered before anything else. The browser keeps the focus in it, Escape closes it, and what opened it has the focus again. */
export function Dialog({ title, children, act, grave = false, busy = false, error = null, onAct, onClose }: Props) {
  const box = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const opener = document.activeElement
    const dialog = box.current
    if (!dialog?.open) dialog?.showModal()
    return () => {
      dialog?.close()
      if (opener instanceof HTMLElement) opener.focus() // a dialog that is already taken out of the page gives the focus to nobody
    }
  }, [])
  return (
    <dialog ref={box} class="dialog" aria-label={title} onCancel={(event) => { event.preventDefault(); onClose() }}>
      <form onSubmit={(event) => { event.preventDefault(); if (!busy) onAct() }}>
        <h2>{title}</h2>
        {children}
        {error != null && <FailureBox error={error} />}
        <p class="dialog-end">
          <button class={grave ? 'button grave' : 'button'} aria-disabled={busy}>{act}</button>
          <button type="button" class="button plain" onClick={onClose}>{t('dialog.cancel')}</button>
        </p>
      </form>
    </dialog>
  )
}
