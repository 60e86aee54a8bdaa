import { useEffect, useMemo } from 'preact/hooks'
import { api } from './client'
import { useResource, type Resource } from './resource'
import { refreshSession, session } from './session'
import type { MyLayer, Text, Theme, Themes } from './types'

/** The datasets of restricted themes that the reader may see, each as a layer beside the themes. */
export function asLayers(themes: readonly Theme[], mine: readonly MyLayer[]): Theme[] {
  return mine.flatMap((one) => {
    const theme = themes.find(({ code }) => code === one.theme)
    if (!theme) return []
    const within = (lang: keyof Text) => [one.agency.name[lang], one.territory?.[lang]].filter(Boolean).join(lang === 'fa' ? '، ' : ', ')
    const holder = { fa: within('fa'), en: within('en') }
    return [{
      ...theme, code: one.layer, title: { fa: `${theme.title.fa}، ${holder.fa}`, en: `${theme.title.en}, ${holder.en}` }, min_zoom: one.min_zoom, split_zoom: 0,
      features: one.features, datasets: 1, bounds: null, updated_at: one.updated_at, of: { theme: one.theme, dataset: one.dataset, title: theme.title, holder },
    }]
  })
}

/** The theme that a layer is of: its own code, but for a single dataset. */
export const themeOf = (layer: Theme): string => layer.of?.theme ?? layer.code

/** It is loading until it is known who reads it, and what is theirs. */
export interface LayerList extends Resource<Themes> {
  /** Why the reader's own layers are not in the list. */
  mine: { error: unknown; reload: () => void }
}

/** What can be drawn for the reader: the themes that are for everybody, and behind them what is restricted and yet the reader's to see. Whoever signs out loses it. */
export function useLayers(): LayerList {
  const themes = useResource('themes', api.themes)
  const { value: told } = session
  const who = told?.person && told.agencies.length > 0 ? told.person.login : null
  const mine = useResource(who === null ? null : `layers of ${who}`, api.myLayers)
  // Somebody may have signed out, or in, beside this page.
  useEffect(() => {
    const look = () => { if (!document.hidden) refreshSession() }
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [])
  const data = useMemo(() => {
    if (!themes.data) return null
    const all = themes.data.themes
    return { ...themes.data, themes: [...all.filter((one) => !one.restricted), ...asLayers(all, mine.data?.layers ?? [])] }
  }, [themes.data, mine.data])
  return { ...themes, data, loading: themes.loading || told === null || mine.loading, mine }
}
