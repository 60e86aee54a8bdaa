package pg_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
)

// wall is what one kind of table shows in each scope.
type wall struct{ unset, public, other, own bool }

// The tables that hang on an agency or a person, and who sees a row in them. A new table is added here, or the test fails.
func walls() map[string]wall {
	var (
		owned     = wall{own: true}
		internal  = wall{}
		listed    = wall{public: true, other: true, own: true}
		published = wall{unset: true, public: true, other: true, own: true} // a policy that is asked would keep the planner from the index of places
	)
	return map[string]wall{
		"access.agency_theme": owned, "access.agency_territory": owned, "access.membership": owned, "access.key": owned, "access.delegation": owned,
		"access.tracking": owned, "access.tracking_event": owned, "access.audit": owned,
		"access.person": internal, "access.identity": internal, "access.session": internal, "access.browser": internal, "access.key_usage": internal,
		"layers.export": internal, "gnaf.certificate_order": internal, "gnaf.batch_order": internal,
		"progress.counted_code": internal, "progress.lot": internal, "progress.pending": internal, "progress.freshness": internal,
		"layers.dataset": listed, "layers.version": listed, "layers.change": listed, "layers.change_span": listed, "layers.style": listed,
		"layers.submission": owned, "layers.finding": owned, "layers.mapping": owned, "layers.exception": owned, "layers.fix": owned,
		"access.request": owned, "access.grant": owned, "access.grant_use": owned, "layers.restricted_feature": owned, "layers.restricted_feature_history": owned,
		"layers.upload": owned, "layers.upload_day": owned, "progress.contact": owned, "progress.letter": owned, "progress.told": owned,
		"layers.feature": published, "layers.feature_history": published, "cadastre.parcel": published, "cadastre.parcel_history": published,
		"cadastre.lineage": published, "cadastre.open_finding": owned, "cadastre.closed_finding": internal, "cadastre.deed": owned, "access.inquiry": owned, "cadastre.extract": listed,
		"gnaf.certificate": listed, "gnaf.certificate_revocation": listed,
		"gnaf.address": published, "gnaf.address_history": published, "gnaf.name": published, "gnaf.name_history": published,
	}
}

// Tables that name an agency's or a person's row and are no secret.
func openTables() map[string]string {
	return map[string]string{
		"access.agency":            "the register of agencies is public, and parent_id is part of it",
		"progress.approval":        "which layer the committee measures by is public",
		"progress.denominator":     "the figures are public, and name the version that they come from",
		"progress.agency_figure":   "how much of its duty an agency has done is public",
		"progress.snapshot_agency": "as it is now, so it was then",
	}
}

// Everything that refers to an agency, a person, a dataset or what hangs on those is behind the wall, by row security that also holds an owner.
func TestEveryTableWithAnAgencyHasItsWall(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	rows, err := pool.Query(t.Context(), `
		with recursive hanging as (
			select c.oid
			from pg_class c
			join pg_namespace n on n.oid = c.relnamespace
			where n.nspname || '.' || c.relname in ('access.agency', 'access.person')
			union
			select k.conrelid
			from hanging h
			join pg_constraint k on k.confrelid = h.oid and k.contype = 'f'
		)
		select n.nspname || '.' || c.relname, c.relrowsecurity and c.relforcerowsecurity and exists (select from pg_policy p where p.polrelid = c.oid)
		from pg_class c
		join pg_namespace n on n.oid = c.relnamespace
		where n.nspname in ('access', 'layers', 'cadastre', 'gnaf', 'progress')
		  and c.relkind in ('r', 'p')
		  and not c.relispartition
		  and (c.oid in (select oid from hanging)
			or exists (select from pg_attribute a where a.attrelid = c.oid and not a.attisdropped and a.attname in ('agency_id', 'agency', 'dataset_id', 'submission_id', 'person_id', 'key_id')))
		order by 1`)
	require.NoError(t, err)
	var name string
	var walled bool
	var seen []string
	_, err = pgx.ForEachRow(rows, []any{&name, &walled}, func() error {
		if _, open := openTables()[name]; open {
			return nil
		}
		seen = append(seen, name)
		assert.True(t, walled, "%s has no forced row security with a policy", name)
		assert.Contains(t, walls(), name, "say in walls who sees %s", name)
		return nil
	})
	require.NoError(t, err)
	for name := range walls() {
		assert.Contains(t, seen, name)
	}
}

// Partitions and history would be ways around: the application reaches partitions through their table only.
func TestApplicationReachesNoPartition(t *testing.T) {
	t.Parallel()
	var reached []string
	require.NoError(t, pgtest.New(t).QueryRow(t.Context(), `
		select coalesce(array_agg(c.oid::regclass::text), '{}')
		from pg_class c
		where c.relispartition
		  and has_table_privilege($1, c.oid, 'select,insert,update,delete')`, pg.ApplicationRole).Scan(&reached))
	require.Empty(t, reached)
}

// Two agencies have a row in each table. What the server's role sees of them is what the wall says, and a forgotten setting shows nothing.
func TestWhoSeesWhichRows(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	one, two := plant(t, pool, "ncc", "a"), plant(t, pool, "post", "b")
	app := pgtest.Application(t, pool, pg.Nothing)
	require.NoError(t, pg.CheckApplication(t.Context(), app))
	for table, w := range walls() {
		for scope, want := range map[pg.Scope][2]bool{
			pg.Nothing: {w.unset, w.unset}, pg.Public: {w.public, w.public}, pg.Everything: {true, true},
			pg.Agencies(one.agency): {w.own, w.other}, pg.Agencies(two.agency): {w.other, w.own}, pg.Agencies(one.agency, two.agency): {w.own, w.own},
		} {
			var sees [2]bool
			err := pg.InScope(t.Context(), app, scope, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
				for i, p := range []planted{one, two} {
					if err := tx.QueryRow(t.Context(), `select exists (select from `+table+` where `+p.rows[table]+`)`).Scan(&sees[i]); err != nil {
						return err
					}
				}
				return nil
			})
			require.NoError(t, err, table)
			assert.Equal(t, want, sees, "%s in scope %q", table, scope)
		}
		// Without a setting, no way of asking shows more.
		var count int64
		require.NoError(t, app.QueryRow(t.Context(), `select count(*) from `+table).Scan(&count))
		assert.Equal(t, w.unset, count > 0, table)
	}
	// After a transaction its scope is gone from the connection.
	var left string
	require.NoError(t, app.QueryRow(t.Context(), `select coalesce(current_setting($1, true), '')`, pg.ScopeSetting).Scan(&left))
	require.Empty(t, left)
}

// Nothing of another agency is written, and nothing at all without a scope.
func TestNobodyWritesForAnother(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	one, two := plant(t, pool, "registry", "a"), plant(t, pool, "post", "b")
	app := pgtest.Application(t, pool, pg.Nothing)
	for table := range walls() {
		for _, scope := range []pg.Scope{pg.Nothing, pg.Public, pg.Agencies(one.agency)} {
			var column string
			require.NoError(t, pool.QueryRow(t.Context(), `
				select attname
				from pg_attribute
				where attrelid = $1::regclass
				  and attnum > 0
				  and attidentity = ''
				order by attnum
				limit 1`, table).Scan(&column))
			for _, sql := range []string{
				fmt.Sprintf(`update %s set %s = %[2]s where %[3]s`, table, pgx.Identifier{column}.Sanitize(), two.rows[table]),
				fmt.Sprintf(`delete from %s where %s`, table, two.rows[table]),
			} {
				err := pg.InScope(t.Context(), app, scope, pgx.TxOptions{}, func(tx pgx.Tx) error {
					tag, err := tx.Exec(t.Context(), sql)
					if err == nil {
						assert.Zero(t, tag.RowsAffected(), "%s in scope %q", sql, scope)
					}
					return err
				})
				if err != nil {
					require.True(t, denied(err), "%s in scope %q: %v", sql, scope, err)
				}
			}
		}
	}
	for _, sql := range []string{
		fmt.Sprintf(`insert into layers.dataset (theme, agency_id) values ('village', %d)`, two.agency),
		fmt.Sprintf(`insert into access.key (prefix, secret_hash, name, agency_id, roles, scopes, expires_at)
			values ('cccccccc', sha256('x'), 'x', %d, '{}', '{*}', now())`, two.agency),
		fmt.Sprintf(`insert into layers.version (dataset_id, seq, submission_id, added, altered, removed, features) values (%d, 9, %d, 0, 0, 0, 0)`, two.dataset, two.submission),
		fmt.Sprintf(`insert into layers.feature (theme, dataset_id, version_id, key, hash, attributes, valid_from) values ('village', %d, 1, 'z', '', '{}', now())`, two.dataset),
	} {
		for _, scope := range []pg.Scope{pg.Nothing, pg.Public, pg.Agencies(one.agency)} {
			err := pg.InScope(t.Context(), app, scope, pgx.TxOptions{}, func(tx pgx.Tx) error {
				_, err := tx.Exec(t.Context(), sql)
				return err
			})
			require.True(t, denied(err), "%s in scope %q: %v", sql, scope, err)
		}
		require.NoError(t, pg.InScope(t.Context(), app, pg.Agencies(two.agency), pgx.TxOptions{}, func(tx pgx.Tx) error {
			_, err := tx.Exec(t.Context(), sql)
			return err
		}), sql)
	}
}

// Row security of published features costs no index: the plan of a tile's question has no filter but the tile's own.
func TestPublishedFeaturesKeepTheirIndex(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	app := pgtest.Application(t, pool, pg.Public)
	for table, column := range map[string]string{"layers.feature_village": "geom_3857", "cadastre.parcel": "geom_3857", "gnaf.address": "geom_3857"} {
		parent := strings.Replace(table, "layers.feature_village", "layers.feature", 1)
		err := pgx.BeginFunc(t.Context(), app, func(tx pgx.Tx) error {
			if _, err := tx.Exec(t.Context(), `set local enable_seqscan = off`); err != nil {
				return err
			}
			rows, err := tx.Query(t.Context(), `explain (costs off) select id from `+parent+` where theme = 'village' and `+column+` && st_makeenvelope(0, 0, 1, 1, 3857)`)
			if err != nil {
				return err
			}
			lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
			plan := strings.Join(lines, "\n")
			assert.Contains(t, plan, "Index Cond: (geom_3857 &&", table)
			assert.NotContains(t, plan, "sees", table)
			return err
		})
		require.NoError(t, err)
	}
}

// What a row of the stores needs, beside what all stores have.
const (
	place          = `'SRID=4326;POINT(1 1)', 'SRID=3857;POINT(1 1)'`
	parcelColumns  = "attributes, parcel_id, section, main_plate, area_m2, geom, geom_3857,"
	parcelValues   = `'{}', 'p', 's', 1, 1, ` + place
	addressColumns = "attributes, city, street, way_id, geom, geom_3857,"
	addressValues  = `'{}', 'c', 's', 1, ` + place
	nameColumns    = "attributes, city, name, city_key, way_id, geom, geom_3857,"
	nameValues     = `'{}', 'c', 'n', 'c', 1, ` + place
)

func denied(err error) bool {
	return err != nil && (strings.Contains(err.Error(), "row-level security") || strings.Contains(err.Error(), "permission denied") || strings.Contains(err.Error(), "written once"))
}

// planted is one row in each walled table.
type planted struct {
	agency, dataset, submission int64
	rows                        map[string]string // condition that finds the row
}

func plant(t *testing.T, pool *pgxpool.Pool, agency, tag string) planted {
	t.Helper()
	p := planted{rows: map[string]string{}}
	one := func(sql string, args ...any) (id int64) {
		t.Helper()
		require.NoError(t, pool.QueryRow(t.Context(), sql, args...).Scan(&id), sql)
		return id
	}
	p.agency = one(`select id from access.agency where code = $1`, agency)
	other := one(`select id from access.agency where code = 'ports'`)
	person := one(`insert into access.person (login, name) values ($1, $1) returning id`, "person-"+tag)
	key := one(`insert into access.key (prefix, secret_hash, name, agency_id, roles, scopes, expires_at)
		values ($1, sha256('x'), 'x', $2, '{}', '{*}', now()) returning id`, strings.Repeat(tag, 8), p.agency)
	p.dataset = one(`insert into layers.dataset (theme, agency_id) values ('place', $1) returning id`, p.agency)
	p.submission = one(`insert into layers.submission (dataset_id, agency_id, state, files) values ($1, $2, 'published', '[]') returning id`, p.dataset, p.agency)
	version := one(`insert into layers.version (dataset_id, seq, submission_id, added, altered, removed, features) values ($1, 1, $2, 0, 0, 0, 0) returning id`, p.dataset, p.submission)
	tracking := "NSDI-1405-" + strings.Repeat(strings.ToUpper(tag), 4) + "-2222-2"
	feature := `(id, theme, dataset_id, version_id, key, hash, %s valid_from%s)`
	for sql, args := range map[string][]any{
		`insert into access.agency_theme (agency_id, theme) values ($1, 'road')`:                                                                                            {p.agency},
		`insert into access.agency_territory (agency_id, admin_code) values ($1, 'IR-23')`:                                                                                  {p.agency},
		`insert into access.membership (person_id, agency_id, role) values ($1, $2, 'uploader')`:                                                                            {person, p.agency},
		`insert into access.identity (issuer, subject, person_id) values ('i', $1, $2)`:                                                                                     {tag, person},
		`insert into access.session (token_hash, person_id, method, created_at, seen_at, expires_at) values (sha256($1::text::bytea), $2, 'password', now(), now(), now())`: {tag, person},
		`insert into access.browser (token_hash, person_id, seen_at) values (sha256($1::text::bytea), $2, now())`:                                                           {tag, person},
		`insert into access.key_usage (key_id, class, day, taken) values ($1, 'tile', now(), 1)`:                                                                            {key},
		`insert into access.delegation (agency_id, contractor_id, theme, granted_at, until) values ($1, $2, 'road', now(), now() + interval '1 day')`:                       {p.agency, other},
		`insert into layers.mapping (agency_id, theme, mapping) values ($1, 'place', '{}')`:                                                                                 {p.agency},
		`insert into layers.exception (submission_id, rule, source, row_number, reason) values ($1, 'X', 's', 1, 'x')`:                                                      {p.submission},
		`insert into layers.fix (submission_id, rule) values ($1, 'X')`:                                                                                                     {p.submission},
		`insert into layers.finding (submission_id, seq, rule, severity, source, message_fa, message_en) values ($1, 1, 'X', 'E', 's', 'x', 'x')`:                           {p.submission},
		`insert into access.inquiry (at, caller, agency_id, person_id, key_id, service, kind, purpose, request, question, answers, code)
			values (now(), $2, $1, 0, 0, 's', 'plate', 'p', 'r', sha256('x'), 0, 200)`: {p.agency, tag},
		`insert into progress.contact (agency_id, addresses) values ($1, '{a@example.ir}')`:                                                                                           {p.agency},
		`insert into progress.letter (agency_id, day, addresses, subject, body, created_at) values ($1, now(), '{a@example.ir}', 's', 'b', now())`:                                    {p.agency},
		`insert into layers.upload_day (agency_id, day, bytes) values ($1, now(), 1)`:                                                                                                 {p.agency},
		`insert into cadastre.lineage (theme, dataset_id, version_id, parent_key, child_id, child_key, kind, derived) values ('cadastre-urban', $2, $1, 'p', 1, 'c', 'split', false)`: {version, p.dataset},
		`insert into cadastre.open_finding (rule, severity, theme, dataset_id, feature_id, key, other_dataset_id, other_feature_id, other_key, measure, unit, geom, version_id, found_at)
			values ('gap', 'W', 'cadastre-urban', $2, 1, 'a', $2, 2, 'b', 1, 'm²', 'SRID=4326;POINT(51 35)', $1, now())`: {version, p.dataset},
		`insert into cadastre.closed_finding (id, rule, severity, theme, dataset_id, feature_id, key, other_dataset_id, other_feature_id, other_key, measure, unit, geom, version_id, found_at)
			values (1, 'gap', 'E', 'cadastre-urban', $2, 1, 'a', $2, 2, 'b', 1, 'm²', 'SRID=4326;POINT(51 35)', $1, now())`: {version, p.dataset},
		`insert into layers.style (layer, version, dataset_id, agency_id) values ('dataset-' || $1::bigint, 1, $1::bigint, $2)`:                          {p.dataset, p.agency},
		`insert into cadastre.deed values ($1, $2, $3, null, null)`:                                                                                      {p.dataset, int64(len(tag)), tag},
		`insert into layers.change (version_id, theme, dataset_id, feature_id, op) values ($1, 'place', $2, 1, '+')`:                                     {version, p.dataset},
		`insert into layers.change_span (version_id, theme, dataset_id, first, last) values ($1, 'place', $2, 1, 1)`:                                     {version, p.dataset},
		`insert into progress.counted_code (code, feature_id, dataset_id, admin_code) values ($1, 1, $2, 'IR-23')`:                                       {int64(tag[0]), p.dataset},
		`insert into progress.lot (feature_id, cell, admin_code, dataset_id, counts, built, addressed) values ($1, 1, 'IR-23', $2, false, false, false)`: {int64(tag[0]), p.dataset},
		`insert into progress.pending (submission_id, theme, rows, cells) values ($1, 'place', 1, '{}')`:                                                 {p.submission},
		`insert into progress.freshness (dataset_id, fresh) values ($1, true)`:                                                                           {p.dataset},
		`insert into layers.export (id, file, what, rows, person_id) values (md5($1::text), $1, '{}', 1, $2)`:                                            {tag, person},
	} {
		_, err := pool.Exec(t.Context(), sql, args...)
		require.NoError(t, err, sql)
	}
	err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		for _, sql := range []string{
			`insert into access.tracking (id, kind, agency_id, state, events, head, created_at, updated_at) values ('` + tracking + `', 'submission', ` + fmt.Sprint(p.agency) + `, 'received', 1, '', now(), now())`,
			`insert into access.tracking_event (tracking, seq, at, state_from, state_to, person_id, key_id, actor, actor_agency, responsible_person, unit_fa, unit_en, note_fa, note_en, prev, hash)
				values ('` + tracking + `', 1, now(), '', 'received', 0, 0, '', '', '', '', '', '', '', '', sha256('x'))`,
			`insert into access.audit (seq, at, event, outcome, person_id, key_id, name, agency, action, resource, territory, tracking, address, detail, prev, hash)
				values (` + fmt.Sprint(p.agency) + `, now(), 'sign-in', 'done', 0, 0, '', '` + agency + `', '', '', '', '', '', '', '', sha256('x'))`,
			`insert into layers.upload (id, agency_id, key_id, tracking, name, bytes, created_at, expires_at)
				values ('` + strings.Repeat(tag, 26) + `', ` + fmt.Sprint(p.agency, ", ", key) + `, '` + tracking + `', 'x', 1, now(), now())`,
		} {
			if _, err := tx.Exec(t.Context(), sql); err != nil {
				return fmt.Errorf("%s: %w", sql, err)
			}
		}
		sides := fmt.Sprintf(`%d, %d`, p.agency, other)
		for _, sql := range []string{
			`insert into access.request (tracking, applicant_id, custodian_id, name, service, purpose, legal_ground, until, state, created_at)
				values ('` + tracking + `', ` + sides + `, '', 'xx', 'p', 'l', now(), 'granted', now())`,
			`insert into access.grant (tracking, grantee_id, custodian_id, service, granted_at, until, granted_by)
				values ('` + tracking + `', ` + sides + `, 'xx', now(), now() + interval '1 day', ` + fmt.Sprint(person) + `)`,
			`insert into cadastre.extract (number, inquiry_id, parcel_id, dataset_id, version_id, issued_at, sha256)
				select '` + tracking + `', id, 1, ` + fmt.Sprint(p.dataset) + `, 1, now(), sha256('x') from access.inquiry where caller = '` + tag + `'`,
			`insert into gnaf.certificate (number, inquiry_id, agency_id, unit_id, postal_code, issued_at, expires_at, content, sha256)
				select '` + tracking + `', id, agency_id, 1, '1311133717', now(), now() + interval '1 day', '{}', sha256('x') from access.inquiry where caller = '` + tag + `'`,
			`insert into gnaf.certificate_order (id, inquiry_id, agency_id, territories, base, answers, total, asked_at)
				select md5('` + tag + `'), id, agency_id, '{}', '', '[]', 0, now() from access.inquiry where caller = '` + tag + `'`,
			`insert into progress.told (agency_id, thing, letter_id) select agency_id, 'x', id from progress.letter where agency_id = ` + fmt.Sprint(p.agency),
			`insert into gnaf.batch_order (id, person_id, format, bytes, asked_at) values (md5('` + tag + `'), ` + fmt.Sprint(person) + `, 'csv', 1, now())`,
			`insert into gnaf.certificate_revocation (number, revoked_at, agency_id, person_id, key_id, reason)
				select number, now(), agency_id, 0, 0, 'x' from gnaf.certificate where number = '` + tracking + `'`,
			`insert into access.grant_use (grant_id, at, person_id, key_id, name, action, what)
				select id, now(), 0, 0, '', 'inquire', 'x' from access.grant where tracking = '` + tracking + `'`,
		} {
			if _, err := tx.Exec(t.Context(), sql); err != nil {
				return fmt.Errorf("%s: %w", sql, err)
			}
		}
		stores := map[string][2]string{
			"layers.feature":            {"attributes,", ", '{}', now()"},
			"layers.restricted_feature": {"attributes,", ", '{}', now()"},
			"cadastre.parcel":           {parcelColumns, ", " + parcelValues + ", now()"},
			"gnaf.address":              {addressColumns, ", " + addressValues + ", now()"},
			"gnaf.name":                 {nameColumns, ", " + nameValues + ", now()"},
		}
		for table, c := range stores {
			theme := map[string]string{"layers.feature": "place", "layers.restricted_feature": "electricity", "cadastre.parcel": "cadastre-urban", "gnaf.address": "gnaf-address", "gnaf.name": "gnaf-way"}[table]
			row := fmt.Sprintf(` values (nextval('layers.feature_id'), '%s', %d, %d, 'k', ''%s`, theme, p.dataset, version, c[1])
			for name, more := range map[string][2]string{table: {"", ")"}, table + "_history": {", valid_to, ended_by", fmt.Sprintf(", now(), %d)", version)}} {
				if _, err := tx.Exec(t.Context(), `insert into `+name+` `+fmt.Sprintf(feature, c[0], more[0])+row+more[1]); err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
				p.rows[name] = fmt.Sprintf("dataset_id = %d", p.dataset)
			}
		}
		return nil
	})
	require.NoError(t, err)
	for table, condition := range map[string]string{
		"access.agency_theme": "agency_id = %d and theme = 'road'", "access.agency_territory": "agency_id = %d", "access.membership": "agency_id = %d", "access.key": "agency_id = %d",
		"progress.contact": "agency_id = %d", "progress.letter": "agency_id = %d", "progress.told": "agency_id = %d",
		"access.request": "applicant_id = %d", "access.grant": "grantee_id = %d", "access.grant_use": "grant_id = (select id from access.grant where grantee_id = %d)",
		"access.delegation": "agency_id = %d", "access.tracking": "agency_id = %d", "access.audit": "seq = %d", "layers.dataset": "agency_id = %d",
		"access.inquiry": "agency_id = %d", "gnaf.certificate": "agency_id = %d", "gnaf.certificate_revocation": "agency_id = %d", "layers.upload": "agency_id = %d", "layers.upload_day": "agency_id = %d",
	} {
		p.rows[table] = fmt.Sprintf(condition, p.agency)
	}
	for table, condition := range map[string]string{
		"access.person": "id = %d", "access.identity": "person_id = %d", "access.session": "person_id = %d", "access.browser": "person_id = %d",
	} {
		p.rows[table] = fmt.Sprintf(condition, person)
	}
	p.rows["gnaf.certificate_order"] = fmt.Sprintf("agency_id = %d", p.agency)
	p.rows["gnaf.batch_order"] = fmt.Sprintf("person_id = %d", person)
	p.rows["layers.export"] = fmt.Sprintf("person_id = %d", person)
	p.rows["access.tracking_event"] = "tracking = '" + tracking + "'"
	p.rows["access.key_usage"] = fmt.Sprintf("key_id = %d", key)
	p.rows["layers.submission"], p.rows["layers.finding"] = fmt.Sprintf("id = %d", p.submission), fmt.Sprintf("submission_id = %d", p.submission)
	p.rows["layers.fix"] = p.rows["layers.finding"]
	p.rows["layers.exception"], p.rows["layers.mapping"] = p.rows["layers.finding"], fmt.Sprintf("agency_id = %d", p.agency)
	p.rows["progress.pending"], p.rows["progress.freshness"] = p.rows["layers.finding"], fmt.Sprintf("dataset_id = %d", p.dataset)
	p.rows["progress.counted_code"], p.rows["progress.lot"] = p.rows["progress.freshness"], p.rows["progress.freshness"]
	p.rows["cadastre.extract"], p.rows["cadastre.deed"] = fmt.Sprintf("dataset_id = %d", p.dataset), fmt.Sprintf("dataset_id = %d", p.dataset)
	p.rows["layers.version"], p.rows["layers.change"], p.rows["cadastre.lineage"] = fmt.Sprintf("id = %d", version), fmt.Sprintf("version_id = %d", version), fmt.Sprintf("version_id = %d", version)
	p.rows["layers.change_span"] = p.rows["layers.change"]
	p.rows["layers.style"] = fmt.Sprintf("dataset_id = %d", p.dataset)
	p.rows["cadastre.open_finding"] = fmt.Sprintf("version_id = %d", version)
	p.rows["cadastre.closed_finding"] = p.rows["cadastre.open_finding"]
	for table := range walls() {
		require.True(t, slices.Contains(keys(p.rows), table), "nothing is planted in %s", table)
	}
	return p
}

func keys(m map[string]string) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	return out
}
