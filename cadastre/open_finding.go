package cadastre

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
	"nsdi/layers"
)

// OpenFinding is something that does not fit between a published parcel and one of another dataset.
type OpenFinding struct {
	ID           int64           `json:"id"`
	Rule         string          `json:"rule" example:"overlap-published"`
	Alias        string          `json:"alias" example:"CAD-T02" doc:"Code of the rule in the catalogue of rules of the cadastre"`
	Severity     string          `json:"severity" enum:"E,W,I" doc:"What a delivery with it would be told"`
	Key          string          `json:"key" doc:"Business key of the dataset's parcel"`
	OtherDataset int64           `json:"other_dataset"`
	OtherKey     string          `json:"other_key"`
	Measure      float64         `json:"measure"`
	Unit         string          `json:"unit" enum:"m,m²"`
	Place        json.RawMessage `json:"place" doc:"GeoJSON geometry in EPSG:4326: a point or an area"`
	FoundAt      time.Time       `json:"found_at" doc:"When the publication was that brought it about"`
	Message      errs.Text       `json:"message"`
}

// openFindingsSQL lists by $1 dataset, from behind $2, at most $3. A gap is told once, on its parcel with the highest key, however many it lies between; where its rows lie
// over each other, their ground counts once.
const openFindingsSQL = `
	select f.id, f.rule, f.severity, coalesce(g.key, f.key), f.other_dataset_id, coalesce(g.others, f.other_key), coalesce(g.area, f.measure), f.unit,
	  coalesce(g.width, f.width, 0), public.st_asgeojson(coalesce(g.ground, f.geom), 9), coalesce(g.found_at, f.found_at), d.theme
	from cadastre.open_finding f
	join layers.dataset d on d.id = f.other_dataset_id
	left join lateral (
		select key, width, ground, found_at, round((scale * public.st_area(ground))::numeric, 4)::float8 as area, (
			select string_agg(n, ', ' order by n)
			from (
				select distinct n
				from cadastre.open_finding m, unnest(array[m.key, m.other_key]) n
				where m.gap = f.id
				  and m.dataset_id = $1
				  and n <> whole.key
				order by n
				limit 10
			) t) as others
		from (
			select max(key) as key, sum(measure) / sum(measure / width) as width, max(found_at) as found_at, public.st_multi(public.st_union(geom)) as ground,
			  sum(measure) / sum(public.st_area(geom)) as scale
			from cadastre.open_finding
			where gap = f.id
			  and dataset_id = $1
		) whole
	) g on f.gap is not null
	where f.dataset_id = $1
	  and f.id > $2
	  and (f.gap is null or f.gap = f.id)
	order by f.id
	limit $3`

// OpenFindings lists what does not fit between a dataset's parcels and their neighbours of others, by id. The transaction sees those of its own agencies.
func OpenFindings(ctx context.Context, q layers.Querier, dataset, after int64, limit int) ([]OpenFinding, error) {
	rows, err := q.Query(ctx, openFindingsSQL, dataset, after, limit)
	if err != nil {
		return nil, fmt.Errorf("open findings: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (f OpenFinding, err error) {
		var width float64
		var place, level string
		if err = row.Scan(&f.ID, &f.Rule, &f.Severity, &f.Key, &f.OtherDataset, &f.OtherKey, &f.Measure, &f.Unit, &width, &place, &f.FoundAt, &level); err != nil {
			return f, err
		}
		f.Place = json.RawMessage(place)
		d := fittingRule(f.Rule)
		f.Alias = d.Alias
		measure, found := fmt.Sprint(f.Measure), metres(width)
		if f.Rule == "overlap-level" {
			found = levels()[level]
		}
		f.Message = errs.T(
			strings.NewReplacer("{measure}", measure, "{other}", f.OtherKey, "{found}", found.FA).Replace(d.Message.FA),
			strings.NewReplacer("{measure}", measure, "{other}", f.OtherKey, "{found}", found.EN).Replace(d.Message.EN),
		)
		return f, nil
	})
}

// fittingRule is one of the rules of how parcels fit together.
func fittingRule(code string) layers.Definition {
	rules := fitting()
	return rules[slices.IndexFunc(rules, func(d layers.Definition) bool { return d.Code == code })]
}

func standard(code, name string) float64 {
	return standardOf(fittingRule(code), name)
}

func standardOf(d layers.Definition, name string) float64 {
	return d.Parameters[slices.IndexFunc(d.Parameters, func(p layers.Parameter) bool { return p.Name == name })].Default
}
