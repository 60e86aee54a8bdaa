package tiles

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"nsdi/internal/fixture"
	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
)

// BenchmarkCold makes tiles that nobody has asked for yet, by our encoder and by ST_AsMVT with the same compression, in turn and one after the other on one connection. The
// metrics are our time, and its share of the other's: of all, and of what the Go side uses.
func BenchmarkCold(b *testing.B) {
	pool := pgtest.New(b)
	random := rand.New(rand.NewPCG(1, 2))
	var parcels, addresses []fixture.Feature
	for i := range 150 {
		for j := range 160 {
			lon, lat := 51.2+float64(i)*4e-4, 35.6+float64(j)*4e-4
			parcels = append(parcels, fixture.Feature{
				Key: fmt.Sprintf("p%d-%d", i, j), WKT: parcel(random, lon, lat, 3.6e-4),
				Attributes: map[string]any{"section": "۳", "main_plate": i + 1, "sub_plate": j + 1, "land_use": []string{"مسکونی", "تجاری", "آموزشی"}[random.IntN(3)], "declared_area_m2": 200 + random.IntN(800)},
			})
			for k := range 2 {
				addresses = append(addresses, fixture.Feature{
					Key: fmt.Sprintf("a%d-%d-%d", i, j, k), WKT: fmt.Sprintf("POINT(%f %f)", lon+random.Float64()*3e-4, lat+random.Float64()*3e-4),
					Attributes: map[string]any{"address_id": fmt.Sprintf("a%d-%d-%d", i, j, k), "city": "تهران", "street": fmt.Sprintf("خیابان %d", i), "number": j*2 + k, "way_id": i},
				})
			}
		}
	}
	fixture.Publish(b, pool, "cadastre-urban", "registry", nil, parcels...)
	fixture.Publish(b, pool, "gnaf-address", "post", nil, addresses...)
	_, err := pool.Exec(b.Context(), `analyze cadastre.parcel, gnaf.address`)
	require.NoError(b, err)
	s := New(pool)
	for _, theme := range []string{"cadastre-urban", "gnaf-address"} {
		l, err := s.layer(b.Context(), theme)
		require.NoError(b, err)
		for _, zooms := range [][]int{{14, 15, 16}, {12, 13}} {
			b.Run(fmt.Sprintf("%s/z%d-%d", theme, zooms[0], zooms[len(zooms)-1]), func(b *testing.B) {
				var list []Address
				for range 40 {
					z := zooms[random.IntN(len(zooms))]
					list = append(list, over(51.2+random.Float64()*0.06, 35.6+random.Float64()*0.064, z))
				}
				var ours, theirs, ourGo, theirGo time.Duration
				tiles, bytes := 0, 0
				for b.Loop() {
					for _, at := range list {
						began, used := time.Now(), processTime(b)
						t, err := s.make(b.Context(), l, at)
						require.NoError(b, err)
						packed, err := t.form(gzipped)
						require.NoError(b, err)
						ours, ourGo = ours+time.Since(began), ourGo+processTime(b)-used
						began, used = time.Now(), processTime(b)
						_, err = s.madeByPostGIS(b.Context(), l, at)
						require.NoError(b, err)
						theirs, theirGo = theirs+time.Since(began), theirGo+processTime(b)-used
						tiles++
						bytes += packed.size
					}
				}
				b.ReportMetric(float64(ours.Microseconds())/1000/float64(tiles), "ms/tile")
				b.ReportMetric(ours.Seconds()/theirs.Seconds(), "x-ST_AsMVT")
				b.ReportMetric(ourGo.Seconds()/theirGo.Seconds(), "x-in-Go")
				b.ReportMetric(float64(bytes)/float64(tiles)/1024, "KiB/tile")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// parcel is a ring of ten corners.
func parcel(random *rand.Rand, lon, lat, side float64) string {
	var corners []string
	for i := range 10 {
		angle := 2 * math.Pi * float64(i) / 10
		r := side / 2 * (0.8 + 0.2*random.Float64())
		corners = append(corners, fmt.Sprintf("%.7f %.7f", lon+side/2+r*math.Cos(angle), lat+side/2+r*math.Sin(angle)))
	}
	return "POLYGON((" + strings.Join(append(corners, corners[0]), ",") + "))"
}

func over(lon, lat float64, z int) Address {
	n := math.Exp2(float64(z))
	return Address{Z: z, X: int((lon + 180) / 360 * n), Y: int((1 - math.Asinh(math.Tan(lat*math.Pi/180))/math.Pi) / 2 * n)}
}

// madeByPostGIS makes the tile as ST_AsMVT does.
func (s *Service) madeByPostGIS(ctx context.Context, l *layer, at Address) (*Tile, error) {
	e := s.encoders.Get().(*encoder)
	defer s.encoders.Put(e)
	columns := "id"
	for _, f := range l.fields() {
		if f.kind == "String" { // texts without vowel marks
			f.expr = "translate(" + f.expr + ", '\u064B\u064C\u064D\u064E\u064F\u0650\u0651\u0652', '')"
		}
		columns += ", " + f.expr + " as " + pgx.Identifier{f.name}.Sanitize()
	}
	err := pg.InScope(ctx, s.pool, pg.Public, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `
			select st_asmvt(t, $4, 4096, 'geom', 'id')
			from (
				select `+columns+`, st_asmvtgeom(geom_3857, st_tileenvelope($1, $2, $3), 4096, 64, true) as geom
				from `+l.from(at.Z)+` geom_3857 && st_tileenvelope($1, $2, $3, margin => 64.0 / 4096)
				order by id
			) t`, at.Z, at.X, at.Y, l.code).Scan(&e.body)
	}, "jit", "off", "statement_timeout", "15000")
	if err != nil {
		return nil, err
	}
	t := newTile(&s.packers, l.version, e.body)
	_, err = t.form(gzipped)
	return t, err
}
