import type { Resource } from '../api/resource'
import type { Article, Obligation, Progress } from '../api/types'
import { formatDate, formatShare } from '../format'
import { lang, nameOf, t, text, tn } from '../i18n'
import { country } from '../state/url'
import { by, toCountry, unit } from '../state/view'
import { Bar, Percent } from '../ui/Bar'
import { FailureBox } from '../ui/Failure'
import { Loading } from '../ui/Loading'
import { Mixed } from '../ui/Mixed'
import { Iso } from '../ui/When'

export function Figures({ progress }: { progress: Resource<Progress> }) {
  const { data, error, reload } = progress
  return (
    <section class="figures" aria-busy={progress.loading}>
      {unit.value !== country && <button type="button" class="link-button back" onClick={toCountry}>{t('progress.back')}</button>}
      {error != null && <FailureBox error={error} retry={reload} />}
      {!data && error == null && <Loading lines={9} />}
      {data && (
        <>
          <header class="scope">
            <h2>{nameOf(data.unit)}</h2>
            <p>{t('asof', { date: formatDate(data.as_of, lang.value) })}<Iso at={data.as_of} /></p>
          </header>
          {data.articles.length === 0 && <p class="empty">{t('progress.empty')}</p>}
          {data.articles.map((article) => (
            <ArticleCard key={article.article} article={article} obligations={data.obligations.filter((one) => article.obligations.includes(one.code))} />
          ))}
        </>
      )}
    </section>
  )
}

function ArticleCard({ article, obligations }: { article: Article; obligations: Obligation[] }) {
  const known = obligations.filter((one) => one.percent !== null).length
  const reason = obligations.find((one) => one.percent === null && one.reason)?.reason
  return (
    <details class="article">
      <summary>
        <span class="article-number">{t('progress.article', { n: Number(article.article) })}</span>
        <span class="article-title">{text(article.title)}</span>
        <Percent percent={article.percent} />
        <Bar percent={article.percent} />
        <span class="article-note">
          {article.percent === null && reason ? text(reason) : tn('progress.known', known, { total: obligations.length })}
        </span>
      </summary>
      <ul class="obligations">
        {obligations.map((one) => <ObligationRow key={one.code} obligation={one} />)}
      </ul>
    </details>
  )
}

function ObligationRow({ obligation: one }: { obligation: Obligation }) {
  const onMap = by.value === one.code
  return (
    <li>
      <div class="obligation-head">
        <h3>{text(one.title)}</h3>
        <Percent percent={one.percent} />
      </div>
      <Bar percent={one.percent} />
      {one.percent === null && <p class="reason">{one.reason ? text(one.reason) : t('progress.unknown.why')}</p>}
      {one.numerator !== null && one.denominator !== null && <p class="share">{formatShare(one.numerator, one.denominator, one.unit, lang.value)}</p>}
      <p>{t('progress.responsible', { who: text(one.responsible) })}</p>
      <p class="deadline">
        {one.legal_deadline ? <span>{t('progress.deadline', { date: formatDate(one.legal_deadline, lang.value) })}<Iso at={one.legal_deadline} /></span> : t('progress.nodeadline')}
        {one.days_overdue !== null && one.days_overdue > 0 && <strong class="overdue">{tn('progress.overdue', one.days_overdue)}</strong>}
      </p>
      {one.denominator_source && <p><Mixed text={t('progress.source', { source: text(one.denominator_source) })} /></p>}
      <p class="obligation-foot">
        <bdi class="code" dir="ltr">{one.code}</bdi>
        <button type="button" class="link-button" aria-pressed={onMap} onClick={() => { by.value = onMap ? '' : one.code }}>
          {t(onMap ? 'progress.shown' : 'progress.show')}
        </button>
      </p>
    </li>
  )
}
