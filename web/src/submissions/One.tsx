import { useState } from 'preact/hooks'
import { api } from '../api/client'
import { useResource } from '../api/resource'
import { agencyName, session } from '../api/session'
import type { Cause, Submission } from '../api/delivery'
import { formatBytes } from '../format/size'
import { comma, lang, text } from '../i18n'
import { to } from '../ui/address'
import { FailureBox } from '../ui/Failure'
import { Gate } from '../ui/Frame'
import { Loading } from '../ui/Loading'
import { When } from '../ui/When'
import { Actions } from './Actions'
import { Badge } from './Badge'
import { Confirm } from './Confirm'
import { duration } from './duration'
import { useFocusAfter, useFollowed, useTimeLeft, working } from './follow'
import { ReportView } from './Report'
import { Steps } from './Steps'
import { w } from './words'

/** One delivery: where it stands, what is wrong with it, what it changes, and what can be done now. */
export function One({ tracking }: { tracking: string }) {
  return (
    <>
      <p class="crumb"><a href={to('/submissions')}>{w('back')}</a></p>
      <Gate why={w('signin')}>{() => <Followed tracking={tracking} />}</Gate>
    </>
  )
}

function Followed({ tracking }: { tracking: string }) {
  const { data, error, reload, set } = useFollowed(tracking)
  const [again, setAgain] = useState(false)
  if (!data) return <Unread tracking={tracking} error={error} retry={reload} />
  const mine = session.value!.delivers.some((one) => one.agency === data.agency)
  const confirming = data.inspection && (data.state === 'inspected' || (again && data.state === 'validated'))
  // Of a file that could not be read there is nothing to report but that.
  const report = data.report && !(data.state === 'refused' && data.report.rows_in === 0)
  const actions = mine && <Actions submission={data} confirming={Boolean(confirming)} onAgain={() => setAgain(true)} onDone={set} />
  return (
    <article data-state={data.state}>
      <Head submission={data} />
      {error != null && <FailureBox error={error} retry={reload} />}
      <Steps state={data.state} />
      {working(data) && <Work progress={data.progress} />}
      {data.problem && !working(data) && (
        <div class="failure" role="alert"><strong>{text(data.problem.title)}</strong>{inFile(data.problem) && <p><bdi class="code">{data.problem.location}</bdi></p>}<p>{text(data.problem.detail)}</p><p>{text(data.problem.next)}</p>{data.state === 'refused' && mine && <p><a href={to('/submissions', { theme: data.theme })}>{w('again')}</a></p>}</div>
      )}
      {data.state === 'returned' && data.review_reason && <div class="failure"><strong>{w('returnedWhy')}</strong><p dir="auto">{data.review_reason}</p><p><a href={to('/submissions', { theme: data.theme })}>{w('again')}</a></p></div>}
      {confirming
        ? <><Confirm key={data.updated.at} submission={data} onDone={(next) => { setAgain(false); set(next) }} />{actions}</>
        : report && !working(data)
          ? <ReportView submission={data} canFix={mine && data.next.includes('fix')} onChanged={set}>{actions}</ReportView>
          : actions}
      <Foot submission={data} />
    </article>
  )
}

/** What is shown of a delivery before it is there, or in its place. */
export function Unread({ tracking, error, retry }: { tracking: string; error: unknown; retry: () => void }) {
  return <><h1><bdi dir="ltr" class="tracking">{tracking}</bdi></h1>{error != null ? <FailureBox error={error} retry={retry} /> : <Loading lines={6} />}</>
}

/** Whether a problem lies in what was delivered, and not in how it was asked for. */
const inFile = ({ location = '' }: Cause) => location !== '' && !/^(body|query|path|header)\./.test(location)

/** What is delivered, by whom, and how it stands. */
export function Head({ submission: one }: { submission: Submission }) {
  const themes = useResource('themes', api.themes)
  const theme = themes.data?.themes.find((theme) => theme.code === one.theme)
  const heading = useFocusAfter(one.state)
  return (
    <header class="one-head">
      <h1 ref={heading} tabIndex={-1}>{theme ? text(theme.title) : (one.theme ?? one.files.map((file) => file.name).join(comma()))} <Badge state={one.state} /></h1>
      <p class="note">
        <bdi dir="ltr" class="tracking" data-testid="tracking">{one.tracking}</bdi> · <bdi>{agencyName(one.agency)}</bdi>{one.territory && <> · <bdi dir="ltr" class="code">{one.territory}</bdi></>}
        {' · '}<When at={one.received.at} />
      </p>
    </header>
  )
}

function Work({ progress }: { progress: Submission['progress'] }) {
  const left = useTimeLeft(progress)
  const stage = progress?.stage
  const share = progress && progress.total > 0 ? Math.min(100, (progress.rows / progress.total) * 100) : null
  const told = stage === 'inspecting' || stage === 'reading' || stage === 'checking' || stage === 'publishing' ? w(`stage.${stage}`) : w('working')
  return (
    <div class="work" role="status">
      <p>{told}{progress && progress.rows > 0 && <> · {progress.total > 0 ? w('rowsOf', { n: progress.rows, all: progress.total }) : w('rows', { n: progress.rows })}</>}{left !== null && <> · {w('left', { time: duration(left) })}</>}</p>
      <progress aria-label={told} {...(share !== null && { value: share, max: 100 })} />
    </div>
  )
}

/** What it was made of, and where its dataset's versions are. */
export function Foot({ submission: one }: { submission: Submission }) {
  return (
    <footer class="one-foot">
      <details>
        <summary>{w('original')}</summary>
        <ul>{one.files.map((file) => (
          <li key={file.name}><a href={`/v1/submissions/${one.tracking}/files/${encodeURIComponent(file.name)}`} download><bdi>{file.name}</bdi></a> {formatBytes(file.bytes, lang.value)} <bdi dir="ltr" class="code">SHA-256 {file.sha256.slice(0, 16)}…</bdi></li>
        ))}</ul>
      </details>
      {one.dataset && <p><a href={to('/submissions', { dataset: one.dataset })}>{w('history')}</a></p>}
      <p class="note">{w('track')}</p>
    </footer>
  )
}
