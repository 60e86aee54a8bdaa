package cadastre

import (
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// Parcel is one lifespan of a parcel as an inquiry answers it. Without Administrative it is what everybody may see; owners are in neither.
type Parcel struct {
	ID             int64           `json:"id" doc:"It stays while the parcel keeps its identifier, and never belongs to another"`
	Theme          string          `json:"theme" example:"cadastre-urban"`
	Level          string          `json:"level" enum:"urban,rural,range-forest,marine"`
	ParcelID       string          `json:"parcel_id" doc:"Of its deliverer"`
	National       *string         `json:"national_parcel_id"`
	Unit           *string         `json:"registry_unit"`
	Section        string          `json:"section" doc:"Registration section, as delivered"`
	District       *string         `json:"district"`
	Plate          PlateAnswer     `json:"plate"`
	Lot            *string         `json:"lot"`
	Label          *string         `json:"label"`
	LandUse        *string         `json:"land_use"`
	Declared       *float64        `json:"declared_area_m2" doc:"As the deed says, m²"`
	Area           float64         `json:"area_m2" doc:"On the ellipsoid, m²"`
	UTMArea        float64         `json:"utm_area_m2" doc:"In the zone of the parcel, m²"`
	UTMZone        int             `json:"utm_zone"`
	Dataset        int64           `json:"dataset"`
	Version        int             `json:"version" doc:"Of the dataset, which wrote this state"`
	ValidFrom      time.Time       `json:"valid_from" doc:"When that version was published"`
	ValidTo        *time.Time      `json:"valid_to" doc:"When the version that ended this state was published; null: it holds"`
	Geometry       json.RawMessage `json:"geometry" doc:"GeoJSON, EPSG:4326"`
	Reading        string          `json:"reading,omitempty" enum:"main-left,main-right" doc:"When a plate with a slash was asked for: by which of its two readings the parcel was found"`
	DistanceM      *float64        `json:"distance_m,omitempty" doc:"Of a neighbour: m"`
	SharedM        *float64        `json:"shared_boundary_m,omitempty" doc:"Of a neighbour: length of the common boundary, m"`
	Administrative *Administrative `json:"administrative,omitempty" doc:"For those who may inquire by role or grant"`
}

// PlateAnswer is the plate as numbers and in words.
type PlateAnswer struct {
	Main int    `json:"main"`
	Sub  *int   `json:"sub" doc:"Null: the main plate itself"`
	FA   string `json:"fa" example:"۱۶۱۷ فرعی از ۷۲ اصلی" doc:"In isolates (U+2067, U+2069)"`
	EN   string `json:"en" example:"sub 1617 of main 72" doc:"In isolates (U+2066, U+2069)"`
}

// Administrative is what is not for everybody.
type Administrative struct {
	DeedNumber   *string  `json:"deed_number"`
	DeedType     *string  `json:"deed_type"`
	DeedDate     *string  `json:"deed_date" doc:"ISO 8601"`
	RegisteredOn *string  `json:"registered_on" doc:"ISO 8601"`
	SurveyMethod *string  `json:"survey_method"`
	Source       *string  `json:"source"`
	AccuracyM    *float64 `json:"accuracy_m"`
	Parents      *string  `json:"parents" doc:"As delivered; see the lineage"`
}

// Sight is what a caller sees besides what everybody does.
type Sight struct {
	Administrative bool
	Territories    []string // codes of admin units within which that is so; none: everywhere
}

// columns is what a parcel is read by, over p (the table, or its history with ended) and v (its version); @administrative and @territories are of Sight.
func columns(ended string) string {
	return `p.id, p.theme, substr(p.theme, 10), p.parcel_id, p.national_parcel_id, p.registry_unit, p.section, p.district, p.main_plate, p.sub_plate, p.lot, p.label, p.land_use,
	p.declared_area_m2, p.area_m2, cadastre.utm_area(p.geom), cadastre.utm_zone(p.geom), p.dataset_id, v.seq, p.valid_from, ` + ended + `, public.st_asgeojson(p.geom, 9, 0),
	case when @administrative and (cardinality(@territories::text[]) = 0 or exists (
	    select from layers.admin_unit u where u.code = any(@territories::text[]) and u.geom operator(public.&&) p.geom and public.st_intersects(u.geom, p.geom)))
	  then cadastre.deed_facts(p.dataset_id, p.deed_id) || jsonb_build_object('registered_on', p.registered_on,
	    'survey_method', p.survey_method, 'source', p.source, 'accuracy_m', p.accuracy_m, 'parents', p.parents) end`
}

func (s Sight) args(more pgx.NamedArgs) pgx.NamedArgs {
	more["administrative"], more["territories"] = s.Administrative, append([]string{}, s.Territories...)
	return more
}

// scanParcel reads columns, and what follows them.
func scanParcel(row pgx.CollectableRow, more ...any) (Parcel, error) {
	var p Parcel
	var sub *int
	var facts []byte
	err := row.Scan(append([]any{
		&p.ID, &p.Theme, &p.Level, &p.ParcelID, &p.National, &p.Unit, &p.Section, &p.District, &p.Plate.Main, &sub, &p.Lot, &p.Label, &p.LandUse, &p.Declared,
		&p.Area, &p.UTMArea, &p.UTMZone, &p.Dataset, &p.Version, &p.ValidFrom, &p.ValidTo, &p.Geometry, &facts,
	}, more...)...)
	if err != nil {
		return p, err
	}
	plate := Plate{Main: p.Plate.Main}
	if sub != nil && *sub > 0 {
		plate.Sub, p.Plate.Sub = *sub, sub
	}
	phrase := plate.Phrase()
	p.Plate.FA, p.Plate.EN = phrase.FA, phrase.EN
	if facts != nil {
		p.Administrative = &Administrative{}
		err = json.Unmarshal(facts, p.Administrative)
	}
	return p, err
}

// unknownParcel is the answer about an id that no parcel ever had.
func unknownParcel(id string) *errs.Error {
	return &errs.Error{
		Code: "parcel-unknown", Status: 404, Op: "cadastre.Parcel", Location: "path.id", Value: id,
		Title:  errs.T("چنین قطعه‌ای نیست", "There is no such parcel"),
		Detail: errs.T("هیچ قطعه‌ای این شماره را ندارد و نداشته است.", "No parcel has this number, and none had it."),
		Next:   errs.T("شماره قطعه را با پلاک، شناسه یا نقطه از ‎/v1/parcels بیابید.", "Find the parcel's number by plate, identifier or point at /v1/parcels."),
	}
}
