import { lang } from '../i18n'

/** A text in which names may stand in Persian alone: an English sentence keeps its order round them, and they are read as Persian. */
export function Mixed({ text }: { text: string }) {
  if (lang.value === 'fa') return <>{text}</>
  return <>{text.split(/([\u0600-\u06ff](?:[\u0600-\u06ff\u200c\s]*[\u0600-\u06ff])?)/).map((part, i) => (i % 2 ? <bdi key={i} lang="fa">{part}</bdi> : part))}</>
}
