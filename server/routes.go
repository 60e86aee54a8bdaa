package server

import (
	"net/http"
	"path"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/klauspost/compress/gzhttp"

	"nsdi/access"
	"nsdi/layers"
)

// routes is the whole URL map.
func (s *server) routes() http.Handler {
	root := chi.NewRouter()
	var r chi.Router = root
	s.permissions = permissions()
	r.Use(s.recoverPanic, s.keptTiles, quietChallenge, securityHeaders, limitQuery, requestTime, s.protect(), s.identify, s.quota, middleware.GetHead)
	r.NotFound(s.notFound)
	r.MethodNotAllowed(s.methodNotAllowed(root))
	r = root.With(s.permitted) // from here on every route declares who may use it

	r.Get("/healthz", s.healthz)
	r.Get("/readyz", s.readyz)

	// Tiles are compressed once, when somebody asks first, and come without the compression of the other answers. Only the making of one waits for its turn, in package tiles.
	r.Get(tilePath, s.tile)
	r.Get(matrixTilePath, s.tileOfMatrix)

	// Neither is compressed: ranges are of the file as it is.
	r.With(s.admit(s.downloadGate)).Get("/v1/datasets/{id}"+exportPath, s.export)
	r.With(s.admit(s.downloadGate)).Get("/v1/themes/{theme}"+exportPath, s.themeDownload)
	r.With(s.admit(s.downloadGate)).Post("/v1/themes/{theme}"+exportPath, s.themeDownload)
	r.With(s.admit(s.downloadGate)).Get(exportsPath+"/{id}/file", s.exportFile)
	r.With(s.admit(s.downloadGate)).Get(submissionPath+"/files/{name}", s.original)

	r.With(s.admit(s.downloadGate)).Get(extractPath, s.parcelExtract)
	r.With(s.admit(s.downloadGate)).Get(certificateFilePath, s.certificateFile)
	r.With(s.admit(s.downloadGate)).Get(certificateOrdersPath+"/{id}/file", s.certificatesFile)

	r.With(s.admit(s.batchGate)).Post(batchPath, s.geocodeBatch) // flushed as rows are done; it sets the deadlines of its connection

	r.With(s.admit(s.downloadGate)).Post(batchesPath, s.orderBatch)
	r.With(s.admit(s.downloadGate)).Get(batchesPath+"/{id}/file", s.batchFile)

	s.uploads(r) // apart from what is compressed: a transfer sets the deadlines of its connection

	r.Group(func(r chi.Router) {
		r.Use(compress())
		r.Get(tileJSONPath, s.tileJSON)
		r.Get(mapStylePath, s.style)
		s.api(r)
		s.page(r)
		s.people(r)
		r.Get(servicesPath, s.servicesPage)
		r.Get(referencePath, s.referencePage)
		r.Post(servicesPath+"/{id}/rating", s.rateForm)
	})
	return root
}

// api is the part that /openapi.json describes.
func (s *server) api(r chi.Router) {
	config := huma.DefaultConfig("nsdi", s.Version)
	config.Info.Description = "National spatial data infrastructure. Errors are RFC 9457 problems in Persian and English."
	config.DocsPath = ""     // the built-in page loads its scripts from another host
	config.SchemasPath = ""  // all schemas are in /openapi.json
	config.CreateHooks = nil // no $schema fields in answers
	if s.PublicURL != "" {
		config.Servers = []*huma.Server{{URL: s.PublicURL}}
	}
	config.Transformers = append(config.Transformers, asProblem, s.signAnswer)
	config.Formats = map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat}
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	api := humachi.New(r, config)
	s.reference = referenceOf(api.OpenAPI())

	get(s, api, "/v1/themes", "themes", "Themes of the catalogue with their extent and state", s.themes)
	get(s, api, "/v1/themes/{theme}", "theme", "A theme's schema, legal basis, deliverer and update cycle", s.theme)
	for _, name := range layers.TemplateNames() {
		r.Get("/v1/themes/{theme}/"+name, s.template(name))
	}
	get(s, api, "/v1/datasets", "datasets", "Datasets with their versions and last submission", s.datasets)
	get(s, api, "/v1/datasets/{id}", "dataset", "One dataset with its newest version", s.dataset)
	get(s, api, "/v1/datasets/{id}/versions", "versions", "Versions of a dataset, newest first", s.versionList)
	get(s, api, "/v1/datasets/{id}/features", "features", "Features of a dataset at a version or a date, as GeoJSON", s.features)
	get(s, api, "/v1/datasets/{id}/compare", "compare", "What differs between two versions of a dataset", s.compare)
	get(s, api, "/v1/datasets/{id}/compare.geojson", "compare-map", "What differs between two versions of a dataset, as GeoJSON", s.compareMap)
	respond(s, api, operation(api, http.MethodGet, "/v1/datasets/{id}/changes", "dataset-changes", "Changes of a dataset, for whoever keeps a copy of it equal"), s.datasetChanges)
	respond(s, api, operation(api, http.MethodGet, "/v1/themes/{theme}/changes", "theme-changes", "Changes of all datasets of a theme, for whoever keeps a copy of it equal"), s.themeChanges)
	s.editAPI(api)
	s.styleAPI(api)
	s.parcelAPI(api)
	s.postalAPI(api)
	s.facadeAPI(api)
	s.certificateAPI(api)
	s.registerAPI(api)
	post(s, api, "/v1/datasets/{id}/rollback", "rollback", "Make an old version of a dataset the newest again", s.rollback)
	post(s, api, "/v1/datasets/{id}/withdraw", "withdraw", "Withdraw a dataset: its newest version is empty, the older ones stay readable", s.withdraw)
	get(s, api, "/v1/admin-units", "admin-units", "Administrative units by level and parent", s.adminUnits)
	get(s, api, "/v1/base-map-sheets", "base-map-sheets", "Sheets of the base map, from its published index, as GeoJSON (Article 24)", s.sheets)
	get(s, api, "/v1/geocode", "geocode", "Coordinates of an address, a postal code or a place", s.geocode)
	get(s, api, "/v1/autocomplete", "autocomplete", "Addresses and places while somebody types", s.autocomplete)
	get(s, api, "/v1/reverse", "reverse", "Addresses near a point, the parcel and the administrative units that contain it", s.reverse)
	get(s, api, "/v1/places/{kind}/{id}", "place", "What a place_id names", s.placeNamed)
	get(s, api, "/v1/progress", "progress", "Progress of the obligations of Articles 23-27", s.progress)
	s.committeeAPI(r, api)
	s.letterAPI(api)
	s.traceAPI(r, api)
	get(s, api, "/v1/track/{id}", "track", "What became of a request or a delivery (Article 13)", s.track)
	get(s, api, "/v1/limits", "limits", "What one file, and one agency, may hand over", s.limits)
	get(s, api, uploadsPath, "uploads", "One's own uploads that no submission has taken", s.listUploads)
	get(s, api, "/v1/audit", "audit", "What was done and refused, for auditors", s.audit)
	get(s, api, "/v1/audit/agencies", "audit-agencies", "Agencies that occur in the audit trail, for auditors of all of it", s.auditAgencies)
	s.serviceAPI(api)
	s.deliveryAPI(api)
	s.administrationAPI(api)
	post(s, api, "/v1/access-requests", "ask-for-access", "Ask for a restricted dataset, a restricted theme of an agency or an inquiry service", s.askForAccess)
	get(s, api, "/v1/access-requests", "access-requests", "Requests for access that the caller's agencies sent or got", s.accessRequests)
	get(s, api, "/v1/access-requests/{tracking}", "access-request", "One request with its grant and the uses of that", s.accessRequest)
	post(s, api, "/v1/access-requests/{tracking}/decision", "decide-access", "Grant, narrow or refuse, as the custodian", s.decideAccess)
	post(s, api, "/v1/access-requests/{tracking}/withdraw", "withdraw-access", "Take a request back, as the applicant", s.withdrawAccess)
	post(s, api, "/v1/access-requests/{tracking}/revoke", "revoke-access", "End a grant at once, as the custodian", s.revokeAccess)
	get(s, api, "/v1/grants", "grants", "What the caller's agencies granted and were granted", s.grants)
	post(s, api, "/v1/datasets/{id}/versions/{seq}/downloads", "offer-download", "A short-lived address of a file with the last version", s.offerDownload)
	r.With(s.admit(s.downloadGate)).Get(downloadPath+"{token}", s.download)
	respond(s, api, operation(api, http.MethodGet, exportsPath+"/{id}", "export", "How far a large file is that is made in the background"), s.exportState)
	describeFiles(api)
	describeTiles(api)
	s.batchAPI(api)
	r.Get("/v1/audit.csv", s.auditSheet)
	s.findingFiles(r)
	for _, format := range []string{"gpkg", "csv", "geojson"} {
		r.With(s.admit(s.downloadGate)).Get(submissionPath+"/corrected."+format, s.corrected(format))
	}
	get(s, api, myLayersPath, "my-layers", "Datasets of restricted themes that the caller may see, as layers of the map", s.myLayers)
	r.Get("/v1/me", s.me)
	r.Get(sessionPath, s.session)
}

// schemaName tells types of one name apart by their package: each domain has a report.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	pkg := path.Base(t.PkgPath())
	if t.Name() == "" || !strings.HasPrefix(t.PkgPath(), "nsdi/") || pkg == "server" {
		return name
	}
	return strings.ToUpper(pkg[:1]) + pkg[1:] + name
}

// people is where people sign in and out.
func (s *server) people(r chi.Router) {
	r.Get(signInPath, s.signInPage)
	r.Get(providerPath, s.toProvider)
	r.Get(access.CallbackPath, s.fromProvider)
	r.Get(signOutPath, s.signOutPage)
	r.Post(signOutPath, s.signOut)
	r.Get(passwordPath, s.passwordPage)
	r.Group(func(r chi.Router) {
		r.Use(s.admit(s.signGate)) // each attempt costs the memory and time of a password hash
		r.Post(signInPath, s.signIn)
		r.Post(passwordPath, s.changePassword)
	})
}

func (s *server) page(r chi.Router) {
	files := newPage(s.Web)
	r.Get("/", files.index)
	for _, path := range pagePaths() {
		r.Get(path, files.index)
	}
	r.Get("/assets/*", s.asset(files))
	for _, name := range files.rootFiles() { // icons and the like
		s.permissions["GET /"+name] = open("files of the page")
		r.Get("/"+name, s.asset(files))
	}
}

// compress packs what compresses well; pictures and fonts already are.
func compress() func(http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.CompressionLevel(5), gzhttp.ContentTypes([]string{
		"application/json", "application/problem+json", "application/geo+json", "text/html", "text/css", "text/javascript", "image/svg+xml",
	}))
	if err != nil {
		panic("server: options of compression: " + err.Error()) // constants above
	}
	return func(next http.Handler) http.Handler { return wrap(next) }
}

// deliveryAPI is the way of a delivery from finished uploads to published.
func (s *server) deliveryAPI(api huma.API) {
	post(s, api, "/v1/submissions", "deliver", "Deliver what was uploaded", s.deliver)
	get(s, api, "/v1/submissions", "submissions", "Submissions of the caller's agencies, or of one", s.submissions)
	get(s, api, submissionPath, "submission", "A submission with what was found in its files and its report", s.submission)
	get(s, api, submissionPath+"/diff", "submission-diff", "What publishing a submission would change, or has changed", s.outlook)
	get(s, api, submissionPath+"/diff.geojson", "submission-diff-map", "What publishing a submission would change, or has changed, as GeoJSON", s.outlookMap)
	post(s, api, submissionPath+"/confirm", "confirm-submission", "Confirm theme, reference system, encoding and mapping, and have it checked", s.confirmSubmission)
	post(s, api, submissionPath+"/submit", "submit-submission", "Ask for a review", s.submitSubmission)
	post(s, api, submissionPath+"/review", "review-submission", "Accept, publish or return it", s.reviewSubmission)
	post(s, api, submissionPath+"/exceptions", "except-row", "Let a row break a rule, with a reason", s.exceptRow)
	s.findingAPI(api)
	post(s, api, submissionPath+"/withdraw", "withdraw-submission", "Take back what is not published", s.withdrawSubmission)
}

const submissionPath = "/v1/submissions/{tracking}"
