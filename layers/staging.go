package layers

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"nsdi/geo"
	"nsdi/layers/reading"
)

// maxVertices of one feature.
const maxVertices = 2_000_000

// Batches are written when they reach either size, so that memory is bounded.
const (
	batchRows  = 4000
	batchBytes = 8 << 20
)

// staging writes delivered rows and what is wrong with them to the submission's unlogged tables.
type staging struct {
	conn    *pgx.Conn
	theme   *Theme
	mapping *Mapping
	store   *Store
	tables  tables
	mode    Mode
	judging

	plans   map[layer]*plan
	crs     []string // by the number that stands in the table
	sources []string // likewise: "file · layer"
	unused  []string
	copier  *copier // while rows are read
	batch
	values              map[string]any // of the row that is being added, by attribute
	attributes, derived encoder
	hash                hash.Hash
	combined            combined
	bytes               int
	ord                 int64
	ask                 *asking // what the file leaves open
	enough              bool    // of samples for the question: there is no need to read on
}

// layer tells one layer of a delivery from the others; rows of a damaged one may have fewer columns.
type layer struct {
	file, name string
	columns    int
}

func newStaging(ctx context.Context, conn *pgx.Conn, theme *Theme, mapping *Mapping, store *Store, t tables) (*staging, error) {
	var oid uint32
	if err := conn.QueryRow(ctx, `select 'public.geometry'::regtype::oid`).Scan(&oid); err != nil {
		return nil, fmt.Errorf("staging: %w", err)
	}
	// PostGIS takes and gives EWKB in binary, so bytes pass through.
	conn.TypeMap().RegisterType(&pgtype.Type{Name: "geometry", OID: oid, Codec: pgtype.ByteaCodec{}})
	_, err := conn.Exec(ctx, `
		create temp table `+t.raw+` (
			ord bigint not null, source int not null, row_number bigint not null, key text collate "C", hash bytea not null,
			attributes jsonb not null, derived jsonb, alike bigint, crs int, source_geom public.geometry) on commit delete rows;
		create unlogged table `+t.staged+` (like `+t.raw+`, geom public.geometry, refused boolean not null default false);
		create unlogged table `+t.finding+` (
			ord bigint not null, rule text not null, field text, value text, found text, place public.geometry,
			proposed text, measure float8, unit text, other_key text)`)
	if err != nil {
		return nil, fmt.Errorf("staging: %w", err)
	}
	return &staging{conn: conn, theme: theme, mapping: mapping, store: store, tables: t, plans: make(map[layer]*plan), hash: sha256.New(), values: make(map[string]any, len(theme.Attributes)), combined: combined{seen: make(map[string]bool)}}, nil
}

// add stages one row.
func (s *staging) add(r *reading.Row) error {
	p := s.planFor(r)
	if s.labelOnly(r) {
		return nil
	}
	s.ord++
	s.at(s.ord, r)
	alone := s.drawn(p, r)
	attributes := s.values
	clear(attributes)
	var key any
	if r.Damage == "" && !alone {
		var plate map[string]string
		if p.plate != nil && s.mode != Delete {
			plate, _ = s.readPlate(p, r)
		}
		parts := s.split(p, r)
		for i, get := range p.attributes {
			if text, told := parts[s.theme.Attributes[i].Name]; told {
				get = constant(text)
			}
			if text, told := plate[s.theme.Attributes[i].Name]; told {
				get = constant(text)
			}
			if s.mode == Delete && (p.key != nil || !slices.Contains(s.theme.KeyAttributes, s.theme.Attributes[i].Name)) { // only keys are asked for
				continue
			}
			s.take(attributes, &s.theme.Attributes[i], get, r)
		}
		key = s.key(p, attributes, r)
		if s.store.Check != nil && s.mode != Delete {
			for _, b := range s.store.Check(attributes) {
				s.find(b.Rule, b.Field, b.Value, b.Found.FA+bilingual+b.Found.EN, nil)
			}
		}
	}
	s.combine(attributes)
	body, err := s.attributes.encode(attributes)
	if err != nil {
		return fmt.Errorf("row %d: %w", r.Number, err)
	}
	geom, crs, err := s.geometry(p, r)
	if err != nil {
		return err
	}
	derived, alike, err := s.derive(attributes)
	if err != nil {
		return fmt.Errorf("row %d: %w", r.Number, err)
	}
	s.hash.Reset()
	io.WriteString(s.hash, crs)
	s.hash.Write([]byte{0})
	s.hash.Write(body)
	s.hash.Write(geom)
	var crsNumber any
	if crs != "" {
		crsNumber = indexOf(&s.crs, crs)
	}
	row := []any{s.ord, p.source, r.Number, key, s.hash.Sum(nil)[:16], body, derived, alike, crsNumber, geom}
	switch {
	case geom == nil:
		s.placed = append(s.placed, append(row, nil))
	case crs == "EPSG:4326":
		s.placed = append(s.placed, append(row, geo.WithSRID(geom, 4326)))
	default:
		s.rows = append(s.rows, row)
	}
	s.bytes += len(body) + len(geom) + len(derived)
	if len(s.rows)+len(s.placed) >= batchRows || s.bytes >= batchBytes {
		return s.flush()
	}
	return nil
}

// derive gives what the store makes of the attributes, and the number that they share with rows that are alike; nil where there is none.
func (s *staging) derive(attributes map[string]any) (body []byte, alike any, err error) {
	var derived map[string]any
	if s.store.Derive != nil {
		derived = s.store.Derive(attributes)
		body, err = s.derived.encode(derived)
	}
	if s.store.Alike != nil {
		if n, ok := s.store.Alike(attributes, derived); ok {
			alike = n
		}
	}
	return body, alike, err
}

func (s *staging) planFor(r *reading.Row) *plan {
	id := layer{r.File, r.Layer, len(r.Columns)}
	p, ok := s.plans[id]
	if !ok {
		p = s.mapping.plan(s.theme, s.store.Plates, slices.Clone(r.Columns))
		p.source = indexOf(&s.sources, r.File+" · "+r.Layer)
		s.plans[id] = p
		for _, c := range p.unused {
			if !slices.Contains(s.unused, c) {
				s.unused = append(s.unused, c)
			}
		}
	}
	return p
}

// take reads one attribute, and finds what is wrong with it.
func (s *staging) take(attributes map[string]any, a *Attribute, get getter, r *reading.Row) {
	var text string
	ok := false
	if get != nil {
		text, ok = get(r)
	}
	if !ok {
		if a.Required {
			s.find("required", a.Name, "", "", nil)
		}
		return
	}
	value, ok := s.readValue(a, text)
	switch {
	case !ok:
		return
	case !a.inRange(value) && a.Required:
		s.find("range", a.Name, text, a.rangeText(), nil)
	case !a.inRange(value):
		s.find("range-optional", a.Name, text, a.rangeText(), nil)
	default:
		if value, ok = a.listed(value); !ok {
			s.find("domain", a.Name, text, strings.Join(a.Domain, ", "), nil)
			return
		}
		attributes[a.Name] = value
	}
}

func (s *staging) key(p *plan, attributes map[string]any, r *reading.Row) any {
	if p.key != nil {
		if key, ok := p.key(r); ok {
			return cleanText(key)
		}
		s.find("key-missing", "", "", "", nil)
		return nil
	}
	var parts []string
	for _, name := range s.theme.KeyAttributes {
		value, ok := attributes[name]
		if !ok {
			if !s.required(name) { // a missing required attribute has its own finding
				s.find("key-missing", name, "", "", nil)
			}
			return nil
		}
		parts = append(parts, keyPart(value, s.theme))
	}
	return strings.Join(parts, "/")
}

// keyPart is what one attribute brings to the key.
func keyPart(value any, t *Theme) string {
	part := fmt.Sprint(value)
	if len(t.KeyAttributes) > 1 { // "a/b" with "c" is not "a" with "b/c"
		part = strings.ReplaceAll(part, "/", "//")
	}
	return part
}

func (s *staging) required(name string) bool {
	return slices.ContainsFunc(s.theme.Attributes, func(a Attribute) bool { return a.Name == name && a.Required })
}

// find records a finding on the row that is being added.
func (s *staging) find(rule, field, value, found string, place []byte) {
	s.note(noted{rule: rule, field: field, value: value, found: found, place: place})
}

func nilIfEmpty(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// flush hands what is held to the copier.
func (s *staging) flush() error {
	full := s.batch
	full.crs = s.crs[:len(s.crs):len(s.crs)]
	s.batch, s.bytes = batch{}, 0
	return s.copier.send(full)
}

func identifier(qualified string) pgx.Identifier { return strings.Split(qualified, ".") }

// indexOf gives the place of an item in a small list, which it is appended to when new.
func indexOf(list *[]string, item string) int {
	if i := slices.Index(*list, item); i >= 0 {
		return i
	}
	*list = append(*list, item)
	return len(*list) - 1
}
