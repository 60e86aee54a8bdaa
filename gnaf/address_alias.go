package gnaf

import (
	"context"
	"fmt"

	"nsdi/layers"
)

// OtherAddress is another address of a site, as one custodian says it: the second door of a corner building, or what the place was called before.
type OtherAddress struct {
	ID        int64  `json:"id" doc:"Of the address, for /v1/addresses/{id}"`
	Label     string `json:"label"`
	Agency    string `json:"agency"`
	Kind      string `json:"kind,omitempty" doc:"corner, former, colloquial, or as delivered"`
	Source    string `json:"source,omitempty"`
	ValidFrom string `json:"valid_from,omitempty" doc:"As delivered: since when it is another address of the site"`
	ValidTo   string `json:"valid_to,omitempty"`
}

// maxOthers bounds the other addresses of a site.
const maxOthers = 200

// Relate adds the principal address that this site is another one of, and the other addresses that it has itself, as they are published now.
func (s *Site) Relate(ctx context.Context, q layers.Querier) error {
	var datasets []int64
	var keys, of []string
	said := map[principal]*Claim{}
	for i := range s.list {
		c := &s.list[i]
		datasets, keys, of = append(datasets, c.Dataset), append(keys, c.Key), append(of, c.alias.Of)
		if c.alias.Of != "" {
			said[principal{c.Dataset, c.alias.Of}] = c
		}
	}
	if len(said) > 0 {
		found, err := principals(ctx, q, datasets, of)
		if err != nil {
			return err
		}
		for i := range found {
			c := said[principal{found[i].Dataset, found[i].Key}]
			s.AliasOf = append(s.AliasOf, otherOf(&found[i], c.alias))
		}
	}
	aliases, err := claims(ctx, q, fmt.Sprintf(`
		select %s
		from gnaf.address a%s
		join unnest($1::bigint[], $2::text[]) asked (dataset_id, key) on asked.dataset_id = a.dataset_id and asked.key = a.attributes ->> 'alias_of'
		where a.attributes ? 'alias_of'
		order by a.id
		limit %d`, claimColumns("null::timestamptz"), claimJoins, maxOthers), datasets, keys)
	if err != nil {
		return err
	}
	for i := range aliases {
		s.Aliases = append(s.Aliases, otherOf(&aliases[i], aliases[i].alias))
	}
	return nil
}

// principal names an address by its dataset and key.
type principal struct {
	dataset int64
	key     string
}

// principals reads the published addresses of some keys that are no aliases themselves.
func principals(ctx context.Context, q layers.Querier, datasets []int64, keys []string) ([]Claim, error) {
	return claims(ctx, q, `
		select `+claimColumns("null::timestamptz")+`
		from gnaf.address a`+claimJoins+`
		where (a.dataset_id, a.key) in (select * from unnest($1::bigint[], $2::text[]))
		  and not a.attributes ? 'alias_of'
		order by a.id`, datasets, keys)
}

// otherOf tells of an address what makes it another one.
func otherOf(c *Claim, a aliasSaid) OtherAddress {
	return OtherAddress{
		ID: c.ID, Label: siteOf(c).Label, Agency: c.Agency, Kind: a.Kind, Source: a.Source, ValidFrom: a.From, ValidTo: a.To,
	}
}

// onlyAliases reports whether all that is said of the site is that it is another address of something.
func (s *Site) onlyAliases() bool {
	for i := range s.list {
		if s.list[i].alias.Of == "" {
			return false
		}
	}
	return len(s.list) > 0
}

// checkAliases finds other addresses whose principal is neither in the delivery nor published, or is no principal itself.
func checkAliases(ctx context.Context, e *layers.Examination) error {
	if e.Filled("alias_of") == 0 {
		return nil
	}
	return e.Query(ctx, "alias-unknown", fmt.Sprintf(`
		select s.ord, 'alias_of', s.attributes ->> 'alias_of', null, null::public.geometry, null::float8, null, null
		from %[1]s s
		where s.attributes ? 'alias_of'
		  and not exists (
			select
			from %[1]s o
			where o.key = s.attributes ->> 'alias_of'
			  and not o.attributes ? 'alias_of')
		  and not exists (
			select
			from %[2]s p
			where p.dataset_id = %[3]d
			  and p.key = s.attributes ->> 'alias_of'
			  and not p.attributes ? 'alias_of'
			  and %[4]s)`, e.Staged, e.Published, e.Dataset, stays(e, "p")))
}
