import { delivery, type Submission } from '../api/delivery'
import { session } from '../api/session'
import { text } from '../i18n'
import { Foot, Head, Unread } from '../submissions/One'
import { useFollowed, working } from '../submissions/follow'
import { ShapesTold, useShapes } from '../submissions/shapes'
import { ReportView } from '../submissions/Report'
import { Steps } from '../submissions/Steps'
import { to } from '../ui/address'
import { FailureBox } from '../ui/Failure'
import { Gate } from '../ui/Frame'
import { Decision } from './Decision'
import { Sides } from './Sides'
import { w } from './words'

/** One delivery as a reviewer sees it: the same report, what it does to the published map, and the decision. */
export function Case({ tracking }: { tracking: string }) {
  return (
    <>
      <p class="crumb"><a href={to('/review')}>{w('back')}</a></p>
      <Gate why={w('signin')}>{() => <Followed tracking={tracking} />}</Gate>
    </>
  )
}

function Followed({ tracking }: { tracking: string }) {
  const { data, error, reload, set } = useFollowed(tracking)
  if (!data) return <Unread tracking={tracking} error={error} retry={reload} />
  const roles = session.value!.agencies.find((one) => one.code === data.agency)?.roles ?? []
  const open = data.next.includes('return')
  return (
    <article data-state={data.state}>
      <Head submission={data} />
      {error != null && <FailureBox error={error} retry={reload} />}
      <Steps state={data.state} />
      {data.problem && <div class="failure" role="alert"><strong>{text(data.problem.title)}</strong><p>{text(data.problem.detail)}</p><p>{text(data.problem.next)}</p></div>}
      {data.review_reason && <p class="note" dir="auto">{w(data.state === 'returned' ? 'reason' : 'noted')}: {data.review_reason}</p>}
      {data.report && !working(data) && (
        <ReportView submission={data} canExcept={(open || data.state === 'validated') && roles.includes('reviewer')} onChanged={set}>
          {open && (
            <div class="deciding">
              <Decision submission={data} roles={roles} onDone={set} />
              {data.theme && <SideBySide submission={data} />}
            </div>
          )}
        </ReportView>
      )}
      <Foot submission={data} />
    </article>
  )
}

function SideBySide({ submission }: { submission: Submission }) {
  const shapes = useShapes(`${submission.tracking} ${submission.updated.at}`, (after, signal) => delivery.shapes(submission.tracking, after, signal))
  if (shapes.features.length === 0) return shapes.state === 'failed' ? <FailureBox error={shapes.error} retry={shapes.more} /> : null
  return <Sides theme={submission.theme!} features={shapes.features} bounds={shapes.bounds}><ShapesTold shapes={shapes} /></Sides>
}
