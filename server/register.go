package server

import (
	"context"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"nsdi/gnaf"
)

const (
	addressesPath = "/v1/addresses"
	waysPath      = "/v1/ways"
)

// registerAPI is what is read from the register of addresses.
func (s *server) registerAPI(api huma.API) {
	get(s, api, addressesPath+"/{id}", "address", "The site of an address, with its positions and who claims it, now or at a date", s.address)
	get(s, api, addressesPath+"/{id}/units", "address-units", "The units of the site of an address with what each custodian says of them, by grant", s.addressUnits)
	get(s, api, waysPath+"/{id}", "way", "A way with its names, its other names, its axis and its nodes", s.way)
	get(s, api, waysPath, "ways-made", "Ways that the addresses of a version named for the first time", s.waysMade)
	get(s, api, "/v1/datasets/{id}/conflicts", "conflicts", "Where a dataset of addresses and those of other custodians say different things", s.conflicts)
	get(s, api, assignmentPath+"/missing", "codes-missing", "Units without a postal code", s.codesMissing)
	get(s, api, assignmentPath+"/shared", "codes-shared", "Postal codes that stand on two units", s.codesShared)
	get(s, api, assignmentPath+"/free", "codes-free", "Free serials of a block of postal codes", s.codesFree)
}

type wayInput struct {
	ID string `path:"id" maxLength:"40" pattern:"^[0-9]{1,17}(-[0-9a-f]{16})?$" doc:"Id of the way: what follows way/ in a place_id, or STREET_LOCALITY_PID of a file in the form of G-NAF"`
}

type wayBody struct {
	Way *gnaf.Way `json:"way"`
}

// way answers GET /v1/ways/{id}.
func (s *server) way(ctx context.Context, in *wayInput) (*wayBody, error) {
	body := &wayBody{}
	err := s.read(ctx, func(tx pgx.Tx) (err error) {
		body.Way, err = gnaf.FindWay(ctx, tx, in.ID)
		return err
	})
	return body, err
}

type waysMadeInput struct {
	Version int64  `query:"version" required:"true" minimum:"1" doc:"Id of the version, as the report of the delivery names it"`
	After   string `query:"after" maxLength:"20" doc:"The next of the page before"`
	Limit   int    `query:"limit" default:"100" minimum:"1" maximum:"1000"`
}

type waysMadeBody struct {
	Ways []gnaf.MadeWay `json:"ways"`
	Next *string        `json:"next" doc:"Value of after for the next page; null at the end"`
}

// waysMade answers GET /v1/ways.
func (s *server) waysMade(ctx context.Context, in *waysMadeInput) (*waysMadeBody, error) {
	var after *int64
	if in.After != "" {
		n, err := strconv.ParseInt(in.After, 10, 64)
		if err != nil {
			return nil, invalid("query.after", in.After)
		}
		after = &n
	}
	body := &waysMadeBody{}
	err := s.read(ctx, func(tx pgx.Tx) (err error) {
		body.Ways, err = gnaf.WaysOfVersion(ctx, tx, in.Version, after, in.Limit+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(body.Ways) > in.Limit {
		body.Ways = body.Ways[:in.Limit]
		next := strconv.FormatInt(body.Ways[in.Limit-1].ID, 10)
		body.Next = &next
	}
	return body, nil
}

type conflictsInput struct {
	ID    int64  `path:"id" minimum:"1" doc:"Dataset of addresses"`
	After string `query:"after" maxLength:"200" doc:"The next of the page before"`
}

type conflictsBody struct {
	Dataset   int64           `json:"dataset"`
	Conflicts []gnaf.Conflict `json:"conflicts" doc:"Of some of the addresses: a page may have none, and another one follow"`
	Next      *string         `json:"next" doc:"Value of after for the next page; null at the end"`
}

// conflicts answers GET /v1/datasets/{id}/conflicts.
func (s *server) conflicts(ctx context.Context, in *conflictsInput) (*conflictsBody, error) {
	body := &conflictsBody{Dataset: in.ID}
	err := s.read(ctx, func(tx pgx.Tx) error {
		if _, err := s.versions.Open(ctx, tx, in.ID); err != nil {
			return err
		}
		if err := ownDataset(ctx, tx, in.ID); err != nil {
			return err
		}
		list, next, err := gnaf.Conflicts(ctx, tx, in.ID, in.After)
		if body.Conflicts = list; next != "" {
			body.Next = &next
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return body, nil
}
