package server

import (
	"context"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/access"
	"nsdi/access/inquiry"
	"nsdi/gnaf"
	"nsdi/gnaf/batch"
	"nsdi/gnaf/search"
	"nsdi/internal/pg"
	"nsdi/layers"
	"nsdi/layers/upload"
	"nsdi/progress"
	"nsdi/tiles"
)

// Deps is everything that the server needs; app wiring fills it in.
type Deps struct {
	// Pool is what requests read over: it sees nothing of any agency until a transaction says for whom (pg.InScope).
	Pool *pgxpool.Pool
	// System sees everything: for sign-in, keys, permission, audit and tracking. No answer's data is read over it.
	System   *pgxpool.Pool
	Geocoder *gnaf.Geocoder
	// Directory answers postal codes. Nil means one that nothing holds in memory.
	Directory *gnaf.Directory
	Tiles     *tiles.Service
	Progress  *progress.Service
	// Letters remind agencies of what is late. Nil means that no mail server is set.
	Letters *progress.Letters
	// Printer prints the meeting pack. Nil means that it is not printed here.
	Printer Printer
	// Templates makes the files that show what a theme's deliveries look like. Nil means by Pool, without GeoPackages.
	Templates *layers.Templates
	// Jobs do in the background what takes long; nil: it is not done.
	Jobs *layers.Jobs
	// Stores are where features are published.
	Stores []layers.Store
	// Exports makes files of versions. Nil: there are none.
	Exports *layers.Downloads
	// Importer takes deliveries. Without it nothing can be delivered over HTTP.
	Importer *layers.Importer
	// Batches are files of addresses that are looked up in the background, by Jobs. Nil: none are taken.
	Batches *batch.Orders
	// Finder looks up the rows of files of addresses. Nil means that the Geocoder does.
	Finder batch.Finder
	// Finished hands finished uploads over to submissions. Nil means Uploads.
	Finished FinishedUploads
	// Web is the built page: index.html at its root, hashed files below assets/. Nil, or without index.html, the page is
	// answered with a problem that says how to build it.
	Web fs.FS
	// Sample tells whether the data is the synthetic sample country. Nil means no.
	Sample func(ctx context.Context) (bool, error)
	// Ready tells why the server cannot serve yet. Nil means that only the database and its migrations are looked at.
	Ready func(ctx context.Context) error
	Log   *slog.Logger
	// Permissions answers who may do what. Nil means by Pool and Now.
	Permissions *access.Permissions
	// Version of the program, for the OpenAPI document.
	Version string
	// Provider signs people in by OpenID Connect. Nil means that there are local accounts only.
	Provider *access.Provider
	// Keys knows API keys. Nil means that there are none.
	Keys KeyAuthenticator
	// PublicURL is the address of this server as browsers know it, such as https://nsdi.example. Empty means that it is asked at its own address.
	PublicURL string
	// TrustedProxies are the networks of proxies whose X-Forwarded-For is believed. None by default.
	TrustedProxies []netip.Prefix
	// PublicQuotas count what is asked without a key. Nil means that nothing is.
	PublicQuotas *access.PublicQuotas
	// Terms are what the operator decides for all services.
	Terms access.ServiceTerms
	// DownloadLife is how long the address of a download works; access.MaxTokenLife at most and by default.
	DownloadLife time.Duration
	// CertificateDays is how long certificates of postal codes count; 90 by default.
	CertificateDays int
	// Uploads takes files in. Nil means that nothing can be handed over.
	Uploads *upload.Uploads
	// Now is the clock of sessions and of the waits between attempts to sign in; time.Now by default.
	Now func() time.Time
}

// server holds what handlers share.
type server struct {
	Deps
	permissions map[string]permission  // by method and route
	reference   func() []referencePart // what /openapi.json describes, for people
	signGate    *gate
	batchGate   *gate

	downloadGate *gate
	snapshots    *progress.Snapshots
	guard        *access.Guard
	sessions     *access.Sessions
	quotas       *access.Quotas
	ratings      *access.Ratings
	trail        *access.AuditTrail
	versions     *layers.Versions
	refusals     refusalRate
	redemptions  refusalRate // downloads by nobody in particular
	requests     *access.Requests
	inquiries    *inquiry.Records
	watch        *inquiry.Watch
	seal         *access.Seal
	uses         *access.Grants
	downloads    *access.Downloads
	pages        *template.Template
}

// New makes the handler of all addresses.
func New(d Deps) http.Handler {
	s := newServer(d)
	all := s.routes()
	if !s.keepsTiles() {
		return all
	}
	return &addresses{all, s.answerKept}
}

// addresses are all that there are, and the short way to those of kept tiles.
type addresses struct {
	http.Handler
	kept shortly
}

func newServer(d Deps) *server {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Version == "" {
		d.Version = "0"
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Permissions == nil {
		d.Permissions = &access.Permissions{Pool: d.System, Now: d.Now}
	}
	if d.Templates == nil {
		d.Templates = &layers.Templates{Pool: d.Pool}
	}
	if d.Directory == nil {
		d.Directory = gnaf.NewDirectory(d.Pool, 0, nil)
	}
	if d.Finder == nil && d.Geocoder != nil {
		d.Finder = search.Public{Engine: d.Geocoder.Search}
	}
	if d.Finished == nil && d.Uploads != nil {
		d.Finished = tusUploads{d.Uploads}
	}
	d.PublicURL = strings.TrimSuffix(d.PublicURL, "/")
	s := &server{Deps: d, signGate: newGate(signSlots, signQueue), batchGate: newGate(batchSlots, batchQueue), downloadGate: newGate(downloadSlots, downloadQueue)}
	s.pages = newPages(d.Web)
	s.guard, s.sessions = &access.Guard{Pool: d.System, Now: d.Now}, &access.Sessions{Pool: d.System, Now: d.Now}
	s.quotas, s.trail = &access.Quotas{Pool: d.System, Now: d.Now}, &access.AuditTrail{Now: d.Now}
	s.ratings = &access.Ratings{Pool: d.Pool, Now: d.Now} // of no agency: a pool without a scope is enough
	s.requests = &access.Requests{Pool: d.Pool, System: d.System, Now: d.Now, InCharge: access.InCharge}
	s.inquiries, s.watch = inquiry.NewRecords(d.System, d.Now), &inquiry.Watch{Now: d.Now}
	s.seal = &access.Seal{Pool: d.System, Now: d.Now}
	s.uses = &access.Grants{Pool: d.Pool, System: d.System, Now: d.Now}
	s.downloads = &access.Downloads{Pool: d.Pool, Can: d.Permissions, Now: d.Now, Signer: &access.Signer{Pool: d.System, Now: d.Now, Life: d.DownloadLife}}
	if d.Exports != nil {
		d.Exports.Private = s.privateExport
	}
	s.snapshots = &progress.Snapshots{Pool: d.System, Now: d.Now, RuleSet: layers.RuleSetVersion()}
	if d.Jobs != nil {
		d.Jobs.Take(s.certificatesErrand())
		d.Jobs.Take(s.snapshotErrand())
		if d.Letters != nil {
			for _, e := range s.letterErrands() {
				d.Jobs.Take(e)
			}
		}
		if d.Batches != nil {
			d.Jobs.Take(s.batchErrands())
		}
	}
	s.versions = &layers.Versions{Stores: d.Stores, Recorder: decisions{}, Now: d.Now}
	return s
}

// read runs f in a transaction that sees what the caller may see by himself.
func (s *server) read(ctx context.Context, f func(pgx.Tx) error) error {
	return pg.InScope(ctx, s.Pool, access.ScopeOf(access.SubjectFrom(ctx)), pgx.TxOptions{AccessMode: pgx.ReadOnly}, f)
}
