package layers

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestARowWithoutAKeyRemovesNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.places(placesText(100, nil))
	text := strings.Replace(placesText(100, nil), "p7,", ",", 1)
	request := Request{Theme: "place", Files: []string{d.file("p.csv", text)}}
	report, err := d.deliver(request)
	require.NoError(t, err)
	require.EqualValues(t, 1, report.Refused)
	require.EqualValues(t, 1, report.Kept)
	require.EqualValues(t, 100, report.Features)
	require.Equal(t, "unchanged", report.State)
	require.Equal(t, 1, d.count(`select count(*) from layers.feature where key = 'p7'`))

	request.AllowRemovals = true
	report, err = d.deliver(request)
	require.NoError(t, err)
	require.EqualValues(t, 1, report.Removed)
	require.Zero(t, d.count(`select count(*) from layers.feature where key = 'p7'`))
}

func TestASecondDeliveryTouchesOnlyWhatChanged(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const n = 1000
	first := d.places(placesText(n, nil))
	require.EqualValues(t, n, first.Added)
	require.Equal(t, 1, first.Version)
	require.Equal(t, "published", first.State)
	d.exec(`create table layers.before as select id, key, version_id, xmin::text as x, ctid::text as c, valid_from from layers.feature`)
	published := d.now

	text := placesText(n, func(i int) string {
		if i%100 == 7 {
			return "نام تازه"
		}
		return ""
	})
	text = strings.Replace(text, "p0,", "new,", 1) // one goes and one comes
	second := d.places(text)
	require.EqualValues(t, 10, second.Altered)
	require.EqualValues(t, 1, second.Added)
	require.EqualValues(t, 1, second.Removed)
	require.EqualValues(t, n-11, second.Unchanged)
	require.EqualValues(t, n, second.Features)

	require.Equal(t, n-11, d.count(`select count(*) from layers.feature f join layers.before b on (b.id, b.version_id, b.x, b.c) = (f.id, f.version_id, f.xmin::text, f.ctid::text)`),
		"an unchanged row is not touched")
	require.Equal(t, 10, d.count(`select count(*) from layers.feature f join layers.before b using (id, key) where f.version_id <> b.version_id and f.valid_from = $1`, d.now),
		"an altered row keeps its id")
	require.Equal(t, 11, d.count(`select count(*) from layers.feature_history h join layers.before b using (id, key, version_id) where h.valid_from = $1 and h.valid_to = $2`, published, d.now))
	require.Equal(t, 11, d.count(`select count(*) from layers.feature_history where ended_by = (select max(id) from layers.version)`))
	require.Equal(t, "روستای نمونه", d.text(`select attributes->>'name_fa' from layers.feature_history where key = 'p7'`))
	require.Equal(t, 0, d.count(`select count(*) from layers.feature where key = 'p0'`))

	// The change log: one line a change, with the feature that it names.
	require.Equal(t, n+12, d.count(`select count(*) from layers.change`))
	require.Equal(t, 12, d.count(`select count(*) from layers.change where version_id = (select max(id) from layers.version)`))
	require.Equal(t, 10, d.count(`select count(*) from layers.change c join layers.feature f on f.id = c.feature_id where c.op = '~' and st_equals(c.box, f.geom)`))
	require.Equal(t, 1, d.count(`select count(*) from layers.change c join layers.feature_history f on f.id = c.feature_id and f.key = 'p0' where c.op = '-' and st_equals(c.box, f.geom)`))

	third := d.places(text)
	require.Equal(t, "unchanged", third.State)
	require.Zero(t, third.Version)
	require.Equal(t, 2, d.count(`select count(*) from layers.version`))
	require.Equal(t, n+12, d.count(`select count(*) from layers.change`))
	require.Equal(t, "unchanged", d.text(`select state from layers.submission where id = $1`, third.Submission))
}

func TestAMoveIsLoggedWithBothPlaces(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.places("code,name_fa,lon,lat\na,الف,51,35\n")
	d.places("code,name_fa,lon,lat\na,الف,52,36\n")
	require.Equal(t, "BOX(51 35,52 36)", d.text(`select box2d(box)::text from layers.change where op = '~'`))
	require.Equal(t, "POINT(51 35)", d.text(`select st_astext(geom) from layers.feature_history`))
	require.Equal(t, 1, d.count(`select count(*) from layers.feature where st_srid(geom) = 4326 and st_equals(geom_3857, st_transform(geom, 3857))`))
}

func TestMassRemovalWantsAConfirmation(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.places(placesText(100, nil))
	less := d.file("less.csv", placesText(79, nil))
	report, err := d.deliver(Request{Theme: "place", Files: []string{less}})
	problem := refused(t, err, "mass-removal")
	require.Equal(t, 409, problem.Status)
	require.Contains(t, problem.Detail.EN, "21 of 100")
	require.Zero(t, report.Removed)
	require.Equal(t, 100, d.count(`select count(*) from layers.feature`))
	require.Equal(t, 1, d.count(`select count(*) from layers.version`))
	require.Equal(t, "mass-removal", d.text(`select report->>'problem' from layers.submission where id = $1`, report.Submission))

	_, err = d.deliver(Request{Theme: "place", Files: []string{d.file("fifth.csv", placesText(80, nil))}})
	require.NoError(t, err, "a fifth may go")
	_, err = d.deliver(Request{Theme: "place", Files: []string{d.file("few.csv", placesText(5, nil))}, AllowRemovals: true})
	require.NoError(t, err)
	require.Equal(t, 5, d.count(`select count(*) from layers.feature`))
}

func TestARefusedRowKeepsWhatIsPublished(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.places("code,name_fa,lon,lat\na,الف,51,35\nb,ب,51,36\nc,پ,51,34\n")
	report := d.places("code,name_fa,lon,lat\na,,51,35\nb,ب,51,36\nc,پ,51,34\nc,ت,51,34\n")
	require.EqualValues(t, 3, report.Refused)
	require.EqualValues(t, 2, report.Kept)
	require.Equal(t, "unchanged", report.State)
	require.Equal(t, "الف", d.text(`select attributes->>'name_fa' from layers.feature where key = 'a'`))
	require.Equal(t, "پ", d.text(`select attributes->>'name_fa' from layers.feature where key = 'c'`))

	_, err := d.deliver(Request{Theme: "place", Files: []string{d.file("bad.csv", "code,name_fa,lon,lat\na,,51,35\n")}})
	refused(t, err, "nothing-accepted")
	require.Equal(t, 3, d.count(`select count(*) from layers.feature`))
}

func TestDatasetsAreApart(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.places(placesText(10, nil))
	report, err := d.deliver(Request{Theme: "place", Agency: "post", Files: []string{d.file("p.csv", placesText(3, nil))}})
	require.NoError(t, err)
	require.EqualValues(t, 3, report.Added)
	require.Equal(t, 13, d.count(`select count(*) from layers.feature`))
	report, err = d.deliver(Request{Theme: "place", Territory: "IR-02", Files: []string{d.file("p.csv", placesText(2, nil))}})
	require.NoError(t, err)
	require.EqualValues(t, 2, report.Features)
	require.Equal(t, 3, d.count(`select count(*) from layers.dataset`))
}

// Who uploaded is kept with the submission, so that somebody else reviews it; the operator is nobody in particular.
func TestUploaderIsKept(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	person := int64(d.count(`insert into access.person (login) values ('sara') returning id`))
	report, err := d.deliver(Request{Theme: "place", Person: person, Key: 7, Files: []string{d.file("p.csv", placesText(3, nil))}})
	require.NoError(t, err)
	require.Equal(t, fmt.Sprintf("%d 7", person), d.text(`select concat_ws(' ', uploaded_by_person, uploaded_by_key) from layers.submission where id = $1`, report.Submission))
	report, err = d.deliver(Request{Theme: "place", Files: []string{d.file("p.csv", placesText(4, nil))}})
	require.NoError(t, err)
	require.Empty(t, d.text(`select concat_ws(' ', uploaded_by_person, uploaded_by_key) from layers.submission where id = $1`, report.Submission))
}

// Importers that work at once give what they give one after the other.
func TestImportersAtOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	even, odd := placesText(500, func(int) string { return "زوج" }), placesText(500, func(int) string { return "فرد" })
	files := []string{d.file("even.csv", even), d.file("odd.csv", odd)}
	agencies := []string{"ncc", "ncc", "post", "interior"}
	var wg sync.WaitGroup
	problems := make([]error, len(agencies))
	for i, agency := range agencies {
		wg.Go(func() {
			im := *d.im
			im.Now = time.Now
			_, problems[i] = im.Import(t.Context(), Request{Theme: "place", Agency: agency, Files: []string{files[i%2]}})
		})
	}
	wg.Wait()
	for _, err := range problems {
		require.NoError(t, err)
	}
	require.Equal(t, 3*500, d.count(`select count(*) from layers.feature`))
	require.Equal(t, 3, d.count(`select count(*) from (select distinct dataset_id, attributes->>'name_fa' from layers.feature) t`), "no dataset is a mix of two deliveries")
	require.Equal(t, 4, d.count(`select count(*) from layers.version`))
	require.Equal(t, 2, d.count(`select max(seq) from layers.version`))
	require.Equal(t, 4*500, d.count(`select count(*) from layers.change`))
	// The log's numbers follow the versions: no publication writes between the lines of another.
	require.Equal(t, 4, d.count(`select count(*) from (select version_id, max(id) - min(id) + 1 = count(*) as dense from layers.change group by version_id) t where dense`))
	require.Zero(t, d.count(`select count(*) from pg_tables where schemaname = 'staging'`))
}

func TestCancelLeavesNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.places(placesText(10, nil))
	file := d.file("many.csv", placesText(12_000, nil))
	for _, stage := range []string{"reading", "checking", "publishing"} {
		ctx, cancel := context.WithCancel(t.Context())
		report, err := d.im.Import(ctx, Request{Theme: "place", Agency: "ncc", Files: []string{file}, Progress: func(p Progress) {
			if p.Stage == stage && (p.Rows > 4000 || stage != "reading") {
				cancel()
			}
		}})
		cancel()
		require.ErrorIs(t, err, context.Canceled, stage)
		require.Equal(t, "refused", report.State)
		require.Equal(t, 10, d.count(`select count(*) from layers.feature`), stage)
		require.Zero(t, d.count(`select count(*) from pg_tables where schemaname = 'staging'`), stage)
		require.Equal(t, "refused", d.text(`select state from layers.submission where id = $1`, report.Submission), stage)
		require.Zero(t, d.count(`select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`), stage)
	}
	_, err := d.deliver(Request{Theme: "place", Files: []string{file}})
	require.NoError(t, err)
	require.Equal(t, 12_000, d.count(`select count(*) from layers.feature`))
}

func TestFilesAreRecorded(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	report := d.places("code,name_fa,lon,lat\na,الف,51,35\n")
	require.Equal(t, "places.csv", d.text(`select files->0->>'name' from layers.submission where id = $1`, report.Submission))
	require.Equal(t, 64, d.count(`select length(files->0->>'sha256') from layers.submission where id = $1`, report.Submission))
	require.Equal(t, "1", d.text(`select report->>'rows_in' from layers.submission where id = $1`, report.Submission))
	require.Equal(t, fmt.Sprint(report.Version), d.text(`select report->>'version' from layers.submission where id = $1`, report.Submission))
}
