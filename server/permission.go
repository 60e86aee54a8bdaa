package server

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"

	"nsdi/access"
	"nsdi/internal/errs"
)

// permission says who may use an address. The zero permission lets nobody in.
type permission struct {
	// open: everybody, for the reason in why.
	open bool
	// member: whoever signed in or sends a key, for the reason in why.
	member bool
	// action that is asked for before the handler runs.
	action access.Action
	// about reads what the action is about, and where, from the address; nil: a national matter.
	about func(*http.Request) (access.Resource, string, error)
	why   string
}

// open lets everybody in.
func open(why string) permission { return permission{open: true, why: why} }

// members lets in everybody but the public.
func members(why string) permission { return permission{member: true, why: why} }

// needs lets in whom Permissions.Can allows the action on what about reads.
func needs(a access.Action, about func(*http.Request) (access.Resource, string, error), why string) permission {
	return permission{action: a, about: about, why: why}
}

// permissions is who may use what, one line an address: a route that is not here is closed.
func permissions() map[string]permission {
	const (
		published  = "published data is for everybody"
		schema     = "what a delivery has to look like is no secret, of restricted themes too"
		guarded    = "published data is for everybody; for what is restricted the handler asks for read-restricted"
		official   = "the custodian decides what of its data is official"
		probe      = "whoever runs the server asks before anybody can sign in"
		page       = "the page shows what is published"
		asks       = "the page is for everybody; what it asks for has permissions of its own"
		described  = "how to call the server is no secret (Article 39)"
		rating     = "everybody who uses a service rates it (Article 36); one rating a caller and day"
		entry      = "nobody is signed in before signing in"
		sides      = "the handler finds what the caller's agencies sent or got and nothing else, and asks for the role in them"
		asked      = "the handler asks for the right to upload, for the agency, theme and place that the metadata name"
		whose      = "the handler shows uploads to whoever began them, and asks for the right to upload again"
		leave      = "about one's own session only, which the handler finds by its cookie"
		edited     = "the handler asks for the right to upload, for the agency, theme and place of the dataset"
		following  = "public data is for everybody; a file of restricted data the handler shows to whoever asked for it, and asks for the permission again"
		drawn      = "the handler asks for the right to decide what of the dataset is official, or to administer its agency; styles of national layers are the steering committee's"
		overseen   = "the handler asks for the right to administer the agency that it is about; the steering committee's administrators have it for all"
		parcels    = "place, plate, area and land use of parcels are for everybody; deeds and owners are in no such answer, and each inquiry is recorded"
		byGrant    = "the handler asks for a grant of the inquiry service, or the role inquirer of the agency in charge"
		assigning  = "the handler asks for a role in the Post, which assigns the codes"
		delivering = "the handler asks for the role in the agency whose submission it is, when it has found it by its identifier"
	)
	return map[string]permission{
		"GET /healthz": open(probe),
		"GET /readyz":  open(probe),

		"GET " + tilePath:       open(published),
		"GET " + matrixTilePath: open(published),
		"GET " + tileJSONPath:   open(published),
		"GET " + mapStylePath:   open(published),

		"GET /v1/themes":                 open(published),
		"GET /v1/themes/{theme}":         open(schema),
		"GET " + stylePath:               open(published),
		"GET " + stylePath + "/versions": open(published),
		"PUT " + stylePath:               members(drawn),
		"POST " + stylePath + "/restore": members(drawn),

		"GET /v1/themes/{theme}/template.gpkg": open(schema),
		"GET /v1/themes/{theme}/template.csv":  open(schema),
		"GET /v1/themes/{theme}/sample.gpkg":   open(schema),
		"GET /v1/themes/{theme}/sample.csv":    open(schema),

		"GET /v1/datasets/{id}":                 open("which data there is, in which versions, is for everybody"),
		"GET /v1/datasets/{id}/versions":        open("which data there is, in which versions, is for everybody"),
		"GET /v1/datasets/{id}/features":        open(guarded),
		"GET /v1/datasets/{id}/compare":         open(guarded),
		"GET /v1/datasets/{id}/open-findings":   members("what does not fit between published parcels is for the agencies whose they are; the handler asks whether the caller's is the dataset's"),
		"GET /v1/datasets/{id}/compare.geojson": open(guarded),
		"GET /v1/datasets/{id}/changes":         open(guarded),
		"GET /v1/themes/{theme}/changes":        open(guarded),
		"GET /v1/datasets/{id}" + exportPath:    open("published data is for everybody; what is restricted the handler refuses to all, since it leaves by signed addresses only"),
		"GET /v1/themes/{theme}" + exportPath:   open("published data is for everybody; what is restricted the handler refuses to all, since it leaves by signed addresses only"),
		"POST /v1/themes/{theme}" + exportPath:  open("a GET whose area does not fit into an address"),
		"POST /v1/datasets/{id}/rollback":       needs(access.Rollback, datasetOf, official),
		"POST /v1/datasets/{id}/withdraw":       needs(access.Rollback, datasetOf, official),

		"GET /v1/parcels":                               open(parcels),
		"GET /v1/parcels/by-plate":                      open(parcels),
		"GET /v1/parcels/by-identifier":                 open(parcels),
		"GET /v1/parcels/at":                            open(parcels),
		"GET /v1/parcels/{id}":                          open(parcels),
		"GET /v1/parcels/{id}/neighbours":               open(parcels),
		"GET /v1/parcels/{id}/history":                  open(parcels),
		"GET /v1/parcels/{id}/lineage":                  open(parcels),
		"GET /v1/parcels/{id}/addresses":                open(parcels),
		"GET /v1/parcels/{id}/buildings":                open(parcels),
		"GET " + extractPath:                            open(parcels),
		"POST " + certificatesPath:                      members(byGrant),
		"GET " + certificateOrdersPath + "/{id}":        members("the handler shows an order to the agency that placed it, and to the Post"),
		"GET " + certificateOrdersPath + "/{id}/file":   members("the handler shows an order to the agency that placed it, and to the Post"),
		"GET " + certificateFilePath:                    members("the handler shows a certificate to the agency that asked for it, and to the Post"),
		"POST " + certificatesPath + "/{number}/revoke": members("the handler asks for a role in the agency that asked for it, or in the Post"),
		"GET " + keysPath:                               open("public keys are for everybody who verifies"),
		"GET " + verifyPath + "{number}":                open("whoever has an extract or a certificate in hand may ask whether it is right"),
		"POST /v1/parcels/inquiries":                    members(byGrant),

		"GET " + postalPath + "/validate":             open("whether a code is right is about nobody; what is asked is recorded and watched"),
		"GET " + postalPath + "/{code}":               open("addresses are offered to the public (Article 27); each inquiry is recorded and watched"),
		"GET " + postalPath + "/{code}/position":      open("the point of an address is published; for the middle of its parcel the handler asks for a grant"),
		"GET " + postalPath + "/at":                   open("sites are published; for their units the handler asks for a grant"),
		"GET " + postalPath + "/{code}/building":      members(byGrant),
		"GET " + postalPath + "/changes":              members(byGrant),
		"POST " + postalPath + "/inquiries":           members(byGrant),
		"POST " + postalPath + "/search":              members(byGrant),
		"POST " + facadePath + "/{subject}/{service}": members(byGrant),

		"GET " + addressesPath + "/{id}":       open("sites are published, and who claims them; units and codes are in no such answer"),
		"GET " + addressesPath + "/{id}/units": members(byGrant),
		"GET " + waysPath:                      open(published),
		"GET " + waysPath + "/{id}":            open(published),
		"GET /v1/datasets/{id}/conflicts":      members("what custodians say differently is for them to clear up; the handler asks whether the caller's agency is the dataset's"),
		"GET " + assignmentPath + "/missing":   members(assigning),
		"GET " + assignmentPath + "/shared":    members(assigning),
		"GET " + assignmentPath + "/free":      members(assigning),

		"GET /v1/datasets":                  open("which data there is, and how complete the last delivery was, is reported publicly"),
		"GET /v1/admin-units":               open(published),
		"GET /v1/base-map-sheets":           open("base maps are for all applicants (Article 24)"),
		"GET /v1/geocode":                   open("addresses are offered to the public (Article 27)"),
		"POST " + batchesPath:               members("a file that is worked on in the background is somebody's, who fetches or cancels it; its rows count as questions"),
		"GET " + batchesPath + "/{id}":      members("the handler shows a file to whoever handed it over, and to nobody else"),
		"GET " + batchesPath + "/{id}/file": members("the handler shows a file to whoever handed it over, and to nobody else"),
		"DELETE " + batchesPath + "/{id}":   members("whoever handed a file over takes it back"),
		"POST " + batchPath:                 open("addresses are offered to the public (Article 27); rows count as questions"),
		"GET /v1/autocomplete":              open("addresses are offered to the public (Article 27)"),
		"GET /v1/places/{kind}/{id}":        open("addresses are offered to the public (Article 27)"),
		"GET /v1/reverse":                   open("addresses are offered to the public (Article 27)"),
		"GET /v1/progress":                  open("progress is reported publicly"),
		"GET " + plansPath:                  open("what is due when is public"),
		"POST " + plansPath:                 members("the handler asks for the right to steer, for the unit that the body names"),
		"GET " + progressPage:               open(page),
		"GET /v1/progress.csv":              open("progress is reported publicly"),
		"GET /v1/progress.xlsx":             open("progress is reported publicly"),
		"GET /v1/progress.geojson":          open("progress is reported publicly"),
		"GET " + packPath:                   open("progress is reported publicly"),
		"GET " + feedPath:                   open("progress is reported publicly"),
		"GET /v1/progress/series":           open("progress is reported publicly"),
		"GET /v1/progress/compare":          open("progress is reported publicly"),
		"GET /v1/progress/overdue":          open("progress is reported publicly, and so is who must act"),
		"GET /v1/progress/reminders":        open("how old published data is, is public"),
		"GET " + denominatorsPath:           open("what 100 per cent means is public"),
		"GET " + approvalsPath:              open("what 100 per cent means is public"),
		"POST " + approvalsPath:             needs(access.Steer, nil, "the committee approves what 100 per cent is"),
		"POST " + denominatorsPath:          needs(access.Steer, nil, "the committee approves what 100 per cent is"),
		"GET " + outlinesPath:               open(published),
		"GET " + tracePath:                  open("whoever reads a figure may see what it is the sum of; codes and owners are in no list"),
		"GET " + tracePath + ".geojson":     open("whoever reads a figure may see what it is the sum of; codes and owners are in no list"),
		"GET " + tracePath + ".csv":         open("whoever reads a figure may see what it is the sum of; codes and owners are in no list"),
		"GET " + snapshotsPath:              open("progress is reported publicly"),
		"GET " + snapshotsPath + "/{id}":    open("progress is reported publicly"),
		"POST " + snapshotsPath:             needs(access.Steer, nil, "whoever prepares a meeting of the committee freezes its figures"),
		"GET " + lettersPath:                needs(access.Administer, nil, "letters name people's addresses"),
		"GET " + contactsPath:               needs(access.Administer, nil, "they are people's addresses"),
		"POST " + contactsPath:              needs(access.Administer, nil, "whoever runs nsdi says where its letters go"),
		"GET /v1/track/{id}":                open("whoever has the identifier follows the state (Article 13); the handler shows the rest to the agency whose it is"),
		"GET /v1/audit":                     needs(access.Audit, agencyOf, "the record names people"),
		"GET /v1/audit.csv":                 needs(access.Audit, agencyOf, "the record names people"),
		"GET /v1/audit/agencies":            needs(access.Audit, nil, "whose doings are in the record is for whoever sees all of it"),
		"POST /v1/access-requests":          members(sides),
		"GET /v1/access-requests":           members(sides),
		"GET /v1/grants":                    members(sides),

		"GET /v1/access-requests/{tracking}":              members(sides),
		"POST /v1/access-requests/{tracking}/decision":    members(sides),
		"POST /v1/access-requests/{tracking}/withdraw":    members(sides),
		"POST /v1/access-requests/{tracking}/revoke":      members(sides),
		"POST /v1/datasets/{id}/versions/{seq}/downloads": open("public data is for everybody; for restricted data Downloads asks for Export"),
		"GET " + exportsPath + "/{id}":                    open(following),
		"GET " + exportsPath + "/{id}/file":               open(following),
		"GET " + downloadPath + "{token}":                 open("the token names who may, and Downloads asks for the permission again"),

		"GET /v1/limits":                          open("what may be handed over is said before anybody tries"),
		"GET /v1/uploads":                         members(whose),
		"OPTIONS /v1/uploads":                     open("how to hand over is no secret"),
		"POST /v1/uploads":                        members(asked),
		"HEAD /v1/uploads/{id}":                   members(whose),
		"PATCH /v1/uploads/{id}":                  members(whose),
		"DELETE /v1/uploads/{id}":                 members(whose),
		"POST /v1/uploads/{id}":                   members(whose),
		"GET /v1/me":                              open("tells who asks, and nobody anything else"),
		"GET " + sessionPath:                      open("tells who is signed in, and nobody anything else"),
		"GET " + myLayersPath:                     open("tells who asks what is restricted and yet theirs to see, and the public nothing"),
		"POST /v1/submissions":                    members(delivering),
		"GET /v1/submissions":                     members(delivering),
		"GET " + submissionPath:                   members(delivering),
		"POST /v1/datasets/{id}/features":         members(edited),
		"GET " + featurePath:                      open(guarded),
		"PUT " + featurePath:                      members(edited),
		"PATCH " + featurePath:                    members(edited),
		"DELETE " + featurePath:                   members(edited),
		"GET " + submissionPath + "/diff":         members(delivering),
		"GET " + submissionPath + "/diff.geojson": members(delivering),
		"GET " + submissionPath + "/files/{name}": members(delivering),
		"POST " + submissionPath + "/confirm":     members(delivering),
		"POST " + submissionPath + "/submit":      members(delivering),
		"POST " + submissionPath + "/review":      members(delivering),
		"POST " + submissionPath + "/exceptions":  members(delivering),
		"POST " + submissionPath + "/withdraw":    members(delivering),

		"GET /v1/rules":                                         open(schema),
		"POST " + submissionPath + "/fixes":                     members(delivering),
		"GET " + submissionPath + "/findings":                   members(delivering),
		"GET " + submissionPath + "/findings.csv":               members(delivering),
		"GET " + submissionPath + "/findings.xlsx":              members(delivering),
		"GET " + submissionPath + "/findings.gpkg":              members(delivering),
		"GET " + submissionPath + "/corrected.gpkg":             members(delivering),
		"GET " + submissionPath + "/corrected.csv":              members(delivering),
		"GET " + submissionPath + "/corrected.geojson":          members(delivering),
		"GET " + submissionPath + "/findings/tiles/{z}/{x}/{y}": members(delivering),
		"GET " + submissionPath + "/findings/tiles.json":        members(delivering),

		"GET /administration":                                     open(asks),
		"GET " + administrationPath + "/agencies":                 members(overseen),
		"POST " + administrationPath + "/agencies":                members(overseen),
		"GET " + administrationPath + "/people":                   members(overseen),
		"POST " + administrationPath + "/people":                  members(overseen),
		"POST " + administrationPath + "/people/{login}/roles":    members(overseen),
		"POST " + administrationPath + "/people/{login}/password": members(overseen),
		"POST " + administrationPath + "/people/{login}/state":    members(overseen),
		"GET " + administrationPath + "/keys":                     members(overseen),
		"POST " + administrationPath + "/keys":                    members(overseen),
		"POST " + administrationPath + "/keys/{prefix}/revoke":    members(overseen),
		"GET " + administrationPath + "/delegations":              members(overseen),
		"POST " + administrationPath + "/delegations":             members(overseen),
		"POST " + administrationPath + "/delegations/{id}/revoke": members(overseen),

		"GET /v1/services":               open(described),
		"GET /v1/services/{id}":          open(described),
		"GET /v1/services/{id}/ratings":  needs(access.Audit, nil, "comments may name people; what they come to is on the card"),
		"POST /v1/services/{id}/ratings": open(rating),
		"GET /services":                  open(described),
		"POST /services/{id}/rating":     open(rating),

		"GET " + referencePath:  open(described),
		"GET /openapi.json":     open(described),
		"GET /openapi.yaml":     open(described),
		"GET /openapi-3.0.json": open(described),
		"GET /openapi-3.0.yaml": open(described),

		"GET /":                       open(page),
		"GET " + postalPage:           open(asks),
		"GET /parcels":                open(asks),
		"GET /submissions":            open(asks),
		"GET /submissions/{tracking}": open(asks),
		"GET /review":                 open(asks),
		"GET /review/{tracking}":      open(asks),
		"GET /geocode":                open(asks),
		"GET /track":                  open(asks),
		"GET /track/{id}":             open(asks),
		"GET /assets/*":               open(page),

		"GET " + signInPath:          open(entry),
		"POST " + signInPath:         open(entry),
		"GET " + providerPath:        open(entry),
		"GET " + access.CallbackPath: open(entry),
		"GET " + signOutPath:         open(leave),
		"POST " + signOutPath:        open(leave),
		"GET " + passwordPath:        open(leave),
		"POST " + passwordPath:       open(leave),
	}
}

// permitted asks, once the route is known, whether the caller may. It stands before every handler.
func (s *server) permitted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		route := chi.RouteContext(r.Context())
		method := route.RouteMethod
		if method == "" {
			method = r.Method
		}
		p, declared := s.permissions[method+" "+route.RoutePattern()]
		if !declared && method == http.MethodHead { // middleware.GetHead lets GET answer it
			p, declared = s.permissions["GET "+route.RoutePattern()]
		}
		if !declared {
			s.Log.ErrorContext(r.Context(), "the route declares no permission", "method", method, "route", route.RoutePattern())
		}
		if err := s.may(r, p); err != nil {
			w.Header().Set("Cache-Control", "no-store")
			s.refusal(r, p.action, err)
			s.fail(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *server) may(r *http.Request, p permission) error {
	if p.open || p.member && !access.SubjectFrom(r.Context()).Public() {
		return nil
	}
	if p.member {
		return access.SignInNeeded()
	}
	var about access.Resource
	var territory string
	if p.about != nil {
		var err error
		if about, territory, err = p.about(r); err != nil {
			return err
		}
	}
	return s.Permissions.Can(r.Context(), access.SubjectFrom(r.Context()), p.action, about, territory)
}

// submissionOf reads a submission from the address's {id}.
func submissionOf(r *http.Request) (access.Resource, string, error) {
	id, err := number(r, "id")
	return access.Resource{SubmissionID: id}, "", err
}

// datasetOf reads a dataset from the address's {id}.
func datasetOf(r *http.Request) (access.Resource, string, error) {
	id, err := number(r, "id")
	return access.Resource{DatasetID: id}, "", err
}

// agencyOf reads an agency from the query's agency; without one the matter is national.
func agencyOf(r *http.Request) (access.Resource, string, error) {
	return access.Resource{Agency: r.URL.Query().Get("agency")}, "", nil
}

// errNotPositive: ids start at 1.
var errNotPositive = errors.New("not a positive number")

// number reads a part of the address as an id.
func number(r *http.Request, name string) (int64, error) {
	id, err := strconv.ParseInt(chi.URLParam(r, name), 10, 64)
	if err == nil && id < 1 {
		err = errNotPositive
	}
	if err != nil {
		return 0, &errs.Error{
			Code: "request-invalid", Status: http.StatusUnprocessableEntity, Op: "server.number", Location: "path." + name, Value: chi.URLParam(r, name),
			Err:    fmt.Errorf("reading the id: %w", err),
			Title:  errs.T("درخواست پذیرفته نیست", "The request is not valid"),
			Detail: errs.T("شناسه باید عدد باشد.", "The id has to be a number."),
			Next:   errs.T("نشانی را درست کنید.", "Correct the address."),
		}
	}
	return id, nil
}
