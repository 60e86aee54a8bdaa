package server

import (
	"context"

	"nsdi/gnaf"
)

type geocodeInput struct {
	Q     string `query:"q" required:"true" doc:"Address, postal code or name of a place, in any order and with any digits"`
	Limit int    `query:"limit" default:"10" minimum:"1" maximum:"50"`
}

// geocode answers GET /v1/geocode.
func (s *server) geocode(ctx context.Context, in *geocodeInput) (*gnaf.Collection, error) {
	return s.Geocoder.Geocode(ctx, in.Q, in.Limit)
}

type reverseInput struct {
	Lat   float64 `query:"lat" required:"true" minimum:"-85" maximum:"85" doc:"Latitude in degrees"`
	Lon   float64 `query:"lon" required:"true" minimum:"-180" maximum:"180" doc:"Longitude in degrees"`
	Limit int     `query:"limit" default:"5" minimum:"1" maximum:"50" doc:"Number of addresses; administrative units come on top"`
}

// reverse answers GET /v1/reverse.
func (s *server) reverse(ctx context.Context, in *reverseInput) (*gnaf.Collection, error) {
	return s.Geocoder.Reverse(ctx, in.Lat, in.Lon, in.Limit)
}
