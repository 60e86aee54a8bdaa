package server

import (
	"context"

	"github.com/jackc/pgx/v5"

	"nsdi/access/inquiry"
	"nsdi/cadastre"
)

// ParcelInput names one parcel.
type ParcelInput struct {
	InquiryInput
	ID int64 `path:"id" minimum:"1" doc:"Id of the parcel"`
}

type parcelBody struct {
	Inquiry *inquiry.Recorded `json:"inquiry"`
	signature
	Parcel *cadastre.Parcel `json:"parcel"`
}

// parcel answers GET /v1/parcels/{id}: one that has ended with its last state.
func (s *server) parcel(ctx context.Context, in *ParcelInput) (*parcelBody, error) {
	body := &parcelBody{}
	var err error
	body.Inquiry, err = s.inquire(ctx, &asked{InquiryInput: in.InquiryInput, service: parcelService, kind: "parcel", question: in.ID}, func(tx pgx.Tx) (int, error) {
		found, err := cadastre.Find(ctx, tx, cadastre.Sight{}, in.ID)
		body.Parcel = found
		if err != nil {
			return 0, err
		}
		return 1, nil
	})
	return body, err
}

type neighboursInput struct {
	ParcelInput
	Within float64 `query:"within" default:"0.5" minimum:"0" maximum:"200" doc:"Metres"`
}

// parcelNeighbours answers GET /v1/parcels/{id}/neighbours.
func (s *server) parcelNeighbours(ctx context.Context, in *neighboursInput) (*parcelsBody, error) {
	return s.parcels(ctx, in.InquiryInput, "neighbours", []any{in.ID, in.Within}, func(tx pgx.Tx) ([]cadastre.Parcel, error) {
		return cadastre.Neighbours(ctx, tx, cadastre.Sight{}, in.ID, in.Within)
	})
}

// parcelHistory answers GET /v1/parcels/{id}/history.
func (s *server) parcelHistory(ctx context.Context, in *ParcelInput) (*parcelsBody, error) {
	return s.parcels(ctx, in.InquiryInput, "history", in.ID, func(tx pgx.Tx) ([]cadastre.Parcel, error) {
		return cadastre.History(ctx, tx, cadastre.Sight{}, in.ID)
	})
}

type lineageBody struct {
	Inquiry *inquiry.Recorded `json:"inquiry"`
	signature
	Lineage []cadastre.Succession `json:"lineage" doc:"Oldest first"`
}

// parcelLineage answers GET /v1/parcels/{id}/lineage.
func (s *server) parcelLineage(ctx context.Context, in *ParcelInput) (*lineageBody, error) {
	body := &lineageBody{}
	var err error
	body.Inquiry, err = s.about(ctx, in, "lineage", func(tx pgx.Tx) (int, error) {
		body.Lineage, err = cadastre.Lineage(ctx, tx, in.ID)
		return len(body.Lineage), err
	})
	return body, err
}

type parcelAddressesBody struct {
	Inquiry *inquiry.Recorded `json:"inquiry"`
	signature
	Addresses []cadastre.LinkedAddress `json:"addresses" doc:"The nearest first, at most 1,000"`
}

// parcelAddresses answers GET /v1/parcels/{id}/addresses.
func (s *server) parcelAddresses(ctx context.Context, in *ParcelInput) (*parcelAddressesBody, error) {
	body := &parcelAddressesBody{}
	var err error
	body.Inquiry, err = s.about(ctx, in, "addresses", func(tx pgx.Tx) (int, error) {
		body.Addresses, err = cadastre.Addresses(ctx, tx, in.ID)
		return len(body.Addresses), err
	})
	return body, err
}

type parcelBuildingsBody struct {
	Inquiry *inquiry.Recorded `json:"inquiry"`
	signature
	Buildings []cadastre.LinkedBuilding `json:"buildings" doc:"The largest part first, at most 1,000"`
}

// parcelBuildings answers GET /v1/parcels/{id}/buildings.
func (s *server) parcelBuildings(ctx context.Context, in *ParcelInput) (*parcelBuildingsBody, error) {
	body := &parcelBuildingsBody{}
	var err error
	body.Inquiry, err = s.about(ctx, in, "buildings", func(tx pgx.Tx) (int, error) {
		body.Buildings, err = cadastre.Buildings(ctx, tx, in.ID)
		return len(body.Buildings), err
	})
	return body, err
}

// about is inquire for what hangs on one parcel that is there, or was.
func (s *server) about(ctx context.Context, in *ParcelInput, kind string, read func(pgx.Tx) (int, error)) (*inquiry.Recorded, error) {
	return s.inquire(ctx, &asked{InquiryInput: in.InquiryInput, service: parcelService, kind: kind, question: in.ID}, func(tx pgx.Tx) (int, error) {
		if _, err := cadastre.Find(ctx, tx, cadastre.Sight{}, in.ID); err != nil {
			return 0, err
		}
		return read(tx)
	})
}
