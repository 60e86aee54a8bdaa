package main

import (
	"log/slog"
	"path/filepath"
	"time"

	"nsdi/layers/upload"
	"nsdi/server"
)

// uploadFlags say what agencies may hand over.
type uploadFlags struct {
	MaxBytes    int64         `name:"upload-max-bytes" env:"NSDI_UPLOAD_MAX_BYTES" default:"2147483648" help:"Size of one uploaded file."`
	MaxFeatures int64         `name:"upload-max-features" env:"NSDI_UPLOAD_MAX_FEATURES" default:"5000000" help:"Features of one uploaded file."`
	MaxLayers   int           `name:"upload-max-layers" env:"NSDI_UPLOAD_MAX_LAYERS" default:"100" help:"Layers of one uploaded file."`
	DayBytes    int64         `name:"upload-day-bytes" env:"NSDI_UPLOAD_DAY_BYTES" default:"53687091200" help:"What an agency may upload on one day, in bytes."`
	Open        int           `name:"upload-open" env:"NSDI_UPLOAD_OPEN" default:"100" help:"Unfinished uploads of an agency."`
	Parallel    int           `name:"upload-parallel" env:"NSDI_UPLOAD_PARALLEL" default:"8" help:"Transfers of an agency at once."`
	Lifetime    time.Duration `name:"upload-expiry" env:"NSDI_UPLOAD_EXPIRY" default:"168h" help:"How long an upload that nobody goes on with is kept."`
	Reserve     int64         `name:"upload-reserve" env:"NSDI_UPLOAD_RESERVE" default:"1073741824" help:"What stays free on the disk for an upload to begin, in bytes; -1: nothing."`
}

// uploadsFolder is where uploads under way lie in the data folder.
const uploadsFolder = "uploads"

func (f *uploadFlags) open(p *pools, data string, log *slog.Logger) (*upload.Uploads, error) {
	return upload.Open(upload.Config{
		Pool: p.requests, System: p.system, Dir: filepath.Join(data, uploadsFolder), Tracker: server.UploadTracker{}, Log: log,
		Limits: upload.Limits{
			MaxBytes: f.MaxBytes, MaxFeatures: f.MaxFeatures, MaxLayers: f.MaxLayers, DayBytes: f.DayBytes, Open: f.Open, Parallel: f.Parallel,
			Lifetime: f.Lifetime, Reserve: f.Reserve,
		},
	})
}
