import { useEffect, useState } from 'preact/hooks'
import { request } from '../api/client'
import { themeOf } from '../api/layers'
import type { ThemeSchema } from '../api/delivery'
import { useResource } from '../api/resource'
import type { Progress, Theme } from '../api/types'
import { platePhrase } from '../format/plate'
import { lang, t, text, tn } from '../i18n'
import { colourOfLayer } from '../state/legend'
import { attributeNames, themeAttributeNames } from '../i18n/attributes'
import { cellSource } from '../map/cells'
import { GeometryIcon } from '../panel/Layers'
import { tab } from '../panel/Panel'
import { partOf } from '../panel/deeper'
import { valueOf } from '../panel/ranking'
import { shown, type PickedFeature } from '../state/selection'
import { to } from '../ui/address'
import { by, unit } from '../state/view'
import { Bar, Percent } from '../ui/Bar'
import { Day } from '../ui/When'
import { CellCard } from './CellCard'
import { Attributes, type Row } from './Attributes'
import { Coordinates } from './Coordinates'
import { showValue } from './value'

interface Props { features: readonly PickedFeature[]; themes: readonly Theme[]; progress: Progress | null }

export function FeatureCard({ features, themes, progress }: Props) {
  const [index, setIndex] = useState(0)
  useEffect(() => setIndex(0), [features])
  const feature = features[Math.min(index, features.length - 1)]
  // What the codes of a theme's values stand for. Until it is there, and where it is not, the codes are shown.
  const theme = themes.find((one) => one.code === feature?.theme)
  const of = theme ? themeOf(theme) : null
  const { data: schema } = useResource(of, (signal) => request<ThemeSchema>(`/v1/themes/${of}`, { signal }))
  useEffect(() => {
    shown.value = feature ?? null
    return () => { shown.value = null }
  }, [feature])
  if (!feature) return null
  if (feature.theme === cellSource) return <CellCard feature={feature} progress={progress} />
  const name = nameIn(feature.properties)
  const child = feature.theme === 'admin-unit' ? (progress?.children.find((one) => one.code === feature.properties.code) ?? partOf(String(feature.properties.code))) : undefined
  const measure = progress?.obligations.find((one) => one.code === by.value)
  return (
    <>
      <p class="card-theme">
        {theme && <GeometryIcon geometry={theme.geometry} colour={colourOfLayer(theme.code)} />}
        {theme ? text(theme.title) : feature.theme}
        {theme?.of && <span class="restricted" title={t('layers.restricted.why')}>{t('layers.restricted')}</span>}
      </p>
      {name && <h2><bdi>{name}</bdi></h2>}
      {child && (
        <div class="card-figure">
          <p class="card-measure">{measure ? text(measure.title) : t('by.mean')}</p>
          <Percent percent={valueOf(child, by.value)} />
          <Bar percent={valueOf(child, by.value)} />
          <button type="button" class="button" onClick={() => { unit.value = child.code; tab.value = 'progress' }}>{t('card.open', { name })}</button>
        </div>
      )}
      <Attributes rows={attributeRows(feature, theme, schema)} />
      {feature.at && <Coordinates {...feature.at} />}
      <Links feature={feature} />
      {features.length > 1 && (
        <nav class="pager">
          <button type="button" class="icon-button" aria-label={t('card.previous')} disabled={index === 0} onClick={() => setIndex(index - 1)}>‹</button>
          <span>{t('card.of', { i: index + 1, n: features.length })}</span>
          <button type="button" class="icon-button" aria-label={t('card.next')} disabled={index === features.length - 1} onClick={() => setIndex(index + 1)}>›</button>
        </nav>
      )}
    </>
  )
}

/** Where more may be asked about it. What stands for several has no page of its own. */
function Links({ feature }: { feature: PickedFeature }) {
  const { theme, id, at, properties } = feature
  if (Number(properties.count ?? 1) > 1) return null
  if (theme.startsWith('cadastre-') && theme !== 'cadastre-section' && id !== null) return <p class="card-links"><a href={to('/parcels', { id })}>{t('card.parcel')}</a></p>
  if (theme === 'gnaf-address' && at) return <p class="card-links"><a href={to('/postal-codes', { tab: 'at', lat: at.lat.toFixed(6), lon: at.lon.toFixed(6) })}>{t('card.address')}</a></p>
  return null
}

function nameIn(properties: Record<string, unknown>): string {
  const names = lang.value === 'fa' ? ['name_fa', 'name_en'] : ['name_en', 'name_fa']
  for (const field of names) {
    const value = properties[field]
    if (typeof value === 'string' && value) return value
  }
  return ''
}

function attributeRows(feature: PickedFeature, theme: Theme | undefined, schema: ThemeSchema | null): Row[] {
  const attributeOf = (field: string) => schema?.attributes.find((one) => one.name === field)
  const own = themeAttributeNames[theme ? themeOf(theme) : feature.theme] ?? {}
  const { main_plate: main, sub_plate: sub } = feature.properties
  const plated = typeof main === 'number'
  const { count: together } = feature.properties
  const rows: Row[] = Object.entries(feature.properties)
    .filter(([field, value]) => field !== 'count' && value !== null && value !== undefined && value !== '' && !(plated && (field === 'main_plate' || field === 'sub_plate')))
    .map(([field, value]) => {
      const attribute = attributeOf(field)
      const known = own[field] ?? attributeNames[field] ?? attribute?.title
      const label = attribute?.listed_values.find((one) => one.code === value)?.label
      const shown = label ? { text: text(label), code: false } : showValue(field, value, lang.value, attribute?.unit != null)
      return { name: known ? text(known) : <bdi class="code" dir="ltr">{field}</bdi>, value: shown.text, code: shown.code }
    })
  if (typeof together === 'number' && together > 1) rows.unshift({ name: t('card.together'), value: tn('layers.count', together) })
  if (plated) rows.unshift({ name: t('card.plate'), value: platePhrase(main, typeof sub === 'number' ? sub : null, lang.value) })
  if (rows.length === 0) rows.push({ name: t('card.noattributes'), value: '' })
  if (feature.version && feature.properties.version === undefined) rows.push({ name: t('card.version'), value: feature.version, code: true })
  if (theme?.updated_at) rows.push({ name: t('card.updated'), value: <Day at={theme.updated_at} /> })
  return rows
}
