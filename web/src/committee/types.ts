import type { Text } from '../api/types'
import type { Outlined } from '../ui/Choropleth'

// The shapes of /v1/progress/… as far as the page shows them.

export interface Unit { code: string; level: string; name_fa: string; name_en: string | null }
export interface Moment {
  snapshot?: number; day: string; day_jalali: string; state: string; unit: string | null; denominator: number | null; value: number | null
  delivered_percent: number | null; validated_percent: number | null; published_percent: number | null; fresh_percent: number | null
}
export interface Break { day: string; kind: string; text: Text }
export interface Plan { kind: string; decision: string; decided_on: string; milestones: { due: string; percent: number }[] }
export type Pace = 'on-track' | 'behind' | 'far-back' | 'unknown' | 'completed'
export interface Standing { planned_percent: number | null; spi: number | null; pace: Pace; deadline: string | null; days_overdue: number | null; days_left: number | null }
export interface Forecast {
  state: 'none' | 'completed' | 'standing-still' | 'distant' | 'dated'; percent_per_day: number | null; percent_per_day_slow: number | null; percent_per_day_fast: number | null
  date: string | null; earliest: string | null; latest: string | null
}
export interface Missing { amount: number; unit: string; percent: number }
export interface Course {
  obligation: string; measure: string; article: string; title: Text; points: Moment[]; now: Moment | null; breaks: Break[]; legal_plan: Plan | null; revised_plan: Plan | null
  legal: Standing; revised: Standing; forecast: Forecast; missing: Missing | null; change: { points: number; days: number } | null
}
export interface Courses { as_of: string; unit: Unit; series: Course[] }
export interface Agency { code: string; name_fa: string; name_en: string }
export interface Overdue {
  obligation: string; title: Text; unit: Unit; agency: Agency; percent: number | null; provisional?: boolean; missing: Missing | null; days_overdue: number; next_step: Text; revised: Standing
}
export interface Reminder { dataset: number; theme: string; title: Text; agency: Agency; territory: Unit | null; update_cycle: Text; due: string; days_overdue: number; days_left: number }
export interface Snapshot { id: number; day: string; week: string | null; note: string }
export interface Pair { obligation: string; from_percent: number | null; to_percent: number | null; difference: number | null; comparable: boolean }
export interface Comparison { from: { day: string }; to: { day: string; snapshot: Snapshot | null }; units: (Unit & { figures: Pair[] })[] }

export interface Portion { denominator: number; delivered: number; validated: number; published: number; fresh: number }
export interface Traced {
  kind: 'piece' | 'feature' | 'address' | 'layer' | 'parcel' | 'village' | 'theme' | 'service' | 'sheet'; cell?: string; unit?: string; unit_name?: Text; feature?: number; key?: string; theme?: string; theme_title?: Text; agency?: string; agency_name?: Text
  dataset?: number; version?: number; published_at?: string; state?: 'none' | 'delivered' | 'validated' | 'published' | 'fresh' | 'not-counted'; findings?: number; portion: Portion
}
export interface Trace { obligation: string; unit: string; measured: 'm2' | 'address' | 'layer' | 'person' | 'parcel' | 'village' | 'household' | 'theme' | 'service' | 'sheet'; total: Portion; items: Traced[]; next: string | null }

export interface Outlines { unit: Unit; above: Unit[]; units: Outlined[] }
