package access

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
)

// Downloads hands out versions of datasets as files. An address is signed for one version and one subject and soon ends; the permission is asked when it is
// made and again when it is used.
type Downloads struct {
	Pool   *pgxpool.Pool // what features are read over, in the scope of who they are for
	Signer *Signer
	Can    *Permissions     // by it, whose pool sees everything, the rest is read
	Now    func() time.Time // Defaults to time.Now.
}

// Download is one version as one subject may have it.
type Download struct {
	VersionID   int64
	Seq         int
	PublishedAt time.Time
	Features    int64 // of the whole dataset
	DatasetID   int64
	Theme       string
	ThemeTitle  errs.Text
	Agency      string
	AgencyName  errs.Text
	Place       string // territory of the dataset; "" for the agency's whole
	Tracking    Identifier
	Restricted  bool
	Who         Subject
	Grant       *Granted // by which who may; nil: by a role, or because the data is for everybody
	Territory   string   // only what touches this unit; "" for all
	Attributes  []string // only these; nil for all
	Area        []byte   // only what touches this polygon, WKB in EPSG:4326, which whoever fetches has chosen; nil for all
	Cut         bool     // geometries end where Area does

	store string
	keys  []string // key attributes of the theme
}

// Offer answers a token for the newest version of a dataset, and when it ends. Errors are *errs.Error: dataset-unknown, version-unknown, version-not-kept,
// territory-without-boundary, and those of Permissions.Can.
func (d *Downloads) Offer(ctx context.Context, who Subject, dataset int64, seq int) (token string, expires time.Time, err error) {
	dl, err := d.find(ctx, `d.id = $1 and v.seq = $2`, dataset, seq)
	if err == nil && dl == nil {
		return "", time.Time{}, versionUnknown(seq)
	}
	if err == nil {
		err = d.permit(ctx, who, dl)
	}
	if err == nil {
		err = d.newest(ctx, dl)
	}
	if err != nil {
		return "", time.Time{}, err
	}
	return d.Signer.sign(ctx, dl.VersionID, who)
}

// Redeem answers what a token stands for, if its subject still may have it. A caller who is known must be that subject; the address alone is enough for a
// program that fetches files and knows no session.
func (d *Downloads) Redeem(ctx context.Context, caller Subject, remote netip.Addr, token string) (*Download, error) {
	c, err := d.Signer.verify(ctx, token)
	if err != nil {
		return nil, err
	}
	if !caller.Public() && (caller.KeyID != c.keyID || caller.KeyID == 0 && caller.PersonID != c.personID) {
		return nil, downloadRefused()
	}
	who, err := d.subject(ctx, c, remote)
	if err != nil {
		return nil, err
	}
	dl, err := d.find(ctx, `v.id = $1`, c.version)
	if err != nil {
		return nil, err
	}
	if dl == nil {
		return nil, downloadRefused()
	}
	if err := d.permit(ctx, who, dl); err != nil {
		return nil, err
	}
	return dl, d.newest(ctx, dl)
}

// Again answers a version for somebody who asks once more, if he still may have it: for a file that took longer to make than a token lives.
func (d *Downloads) Again(ctx context.Context, who Subject, version int64) (*Download, error) {
	dl, err := d.find(ctx, `v.id = $1`, version)
	if err != nil {
		return nil, err
	}
	if dl == nil {
		return nil, downloadRefused()
	}
	if err := d.permit(ctx, who, dl); err != nil {
		return nil, err
	}
	return dl, d.newest(ctx, dl)
}

// Working answers a version for the person or key that a file of it is made for. Nothing is handed out by that, so it is not asked from where.
func (d *Downloads) Working(ctx context.Context, person, key, version int64) (*Download, error) {
	who, err := d.subject(ctx, claim{personID: person, keyID: key, inside: true}, netip.Addr{})
	if err != nil {
		return nil, err
	}
	return d.Again(ctx, who, version)
}

// subject answers who a token belongs to, as they are now: an account that was closed or a key that ended since is refused.
func (d *Downloads) subject(ctx context.Context, c claim, remote netip.Addr) (Subject, error) {
	var err error
	switch {
	case c.keyID != 0:
		s := Subject{KeyID: c.keyID}
		var m Membership
		var networks []netip.Prefix
		err = d.Can.Pool.QueryRow(ctx, `
			select k.name, k.agency_id, a.code, k.roles, k.scopes, k.networks
			from access.key k
			join access.agency a on a.id = k.agency_id
			where k.id = $1
			  and k.revoked_at is null
			  and k.expires_at > $2`, c.keyID, moment(d.Now)).Scan(&s.Name, &m.AgencyID, &m.Agency, &m.Roles, &s.Scopes, &networks)
		if err == nil && (c.inside || fromOneOf(networks, remote)) {
			s.Memberships = []Membership{m}
			return s, nil
		}
	case c.personID != 0:
		var p Person
		err = d.Can.Pool.QueryRow(ctx, `select `+personColumns+` from access.person p where p.id = $1 and p.disabled_at is null`, c.personID).Scan(p.fields()...)
		if err == nil {
			return p.Subject(), nil
		}
	default:
		return Subject{}, nil
	}
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return Subject{}, fmt.Errorf("download: %w", err)
	}
	return Subject{}, downloadRefused()
}

// find reads a version with what it is of; nil when there is none.
func (d *Downloads) find(ctx context.Context, which string, args ...any) (*Download, error) {
	var dl Download
	err := d.Can.Pool.QueryRow(ctx, `
		select v.id, v.seq, v.published_at, v.features, d.id, t.code, t.title_fa, t.title_en, a.code, a.name_fa, a.name_en, coalesce(d.territory, ''),
		  coalesce(v.tracking, s.tracking, ''), t.restricted, t.store, t.key_attributes
		from layers.version v
		join layers.dataset d on d.id = v.dataset_id
		join layers.theme t on t.code = d.theme
		join access.agency a on a.id = d.agency_id
		left join layers.submission s on s.id = v.submission_id
		where `+which, args...).Scan(&dl.VersionID, &dl.Seq, &dl.PublishedAt, &dl.Features, &dl.DatasetID, &dl.Theme, &dl.ThemeTitle.FA, &dl.ThemeTitle.EN, &dl.Agency,
		&dl.AgencyName.FA, &dl.AgencyName.EN, &dl.Place, &dl.Tracking, &dl.Restricted, &dl.store, &dl.keys)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("download: %w", err)
	}
	return &dl, nil
}

// permit asks whether the subject may export, and writes down by what right and how much. Who may not have all of a dataset may have a grant for a part of it.
func (d *Downloads) permit(ctx context.Context, who Subject, dl *Download) error {
	dl.Who = who
	if !dl.Restricted {
		return nil
	}
	r := Resource{DatasetID: dl.DatasetID}
	g, refusal := d.Can.By(ctx, who, Export, r, "")
	if refusal != nil && errs.Code(refusal) == "not-permitted" {
		grants, err := listGrants(ctx, d.Can.Pool, `g.grantee_id = any($1) and g.revoked_at is null and g.granted_at <= $2 and g.until > $2 and g.territory is not null and exists (
			select
			from layers.dataset d
			where d.id = $3
			  and (g.dataset_id = d.id or g.theme = d.theme and g.custodian_id = d.agency_id))`, who.agencies(), moment(d.Now), dl.DatasetID)
		if err != nil {
			return err
		}
		for _, part := range grants {
			if g, err = d.Can.By(ctx, who, Export, r, part.Territory); err == nil {
				dl.Territory, refusal = part.Territory, nil
				break
			}
			if errs.Code(err) != "not-permitted" {
				return err
			}
		}
	}
	if refusal != nil {
		return refusal
	}
	if g != nil {
		dl.Grant, dl.Attributes = g, g.Attributes
		if g.Territory != "" {
			dl.Territory = g.Territory
		}
	}
	if dl.Territory == "" {
		return nil
	}
	var drawn bool
	if err := d.Can.Pool.QueryRow(ctx, `select geom is not null from layers.admin_unit where code = $1`, dl.Territory).Scan(&drawn); err != nil {
		return fmt.Errorf("download: %w", err)
	}
	if !drawn {
		return &errs.Error{
			Code: "territory-without-boundary", Status: http.StatusConflict, Op: "access.Downloads", Value: dl.Territory,
			Title:  errs.T("مرز واحد داده‌شده در دست نیست", "The boundary of the granted unit is not known"),
			Detail: errs.Tf("دسترسی شما در «%s» است که هنوز مرز ندارد.", "Your access is in %q, which has no boundary yet.", dl.Territory),
			Next:   errs.T("از متولی بخواهید؛ پس از رسیدن لایه admin-unit کار می‌کند.", "Tell the custodian; it works once the layer admin-unit has the unit."),
		}
	}
	return nil
}

// newest refuses a version that is not the dataset's last: the features of earlier ones are not kept as files.
func (d *Downloads) newest(ctx context.Context, dl *Download) error {
	var last int
	if err := d.Can.Pool.QueryRow(ctx, `select max(seq) from layers.version where dataset_id = $1`, dl.DatasetID).Scan(&last); err != nil {
		return fmt.Errorf("download: %w", err)
	}
	if dl.Seq == last {
		return nil
	}
	return versionNotKept(dl.Seq, last)
}

func versionNotKept(seq, last int) *errs.Error {
	return &errs.Error{
		Code: "version-not-kept", Status: http.StatusConflict, Op: "access.Downloads", Location: "path.seq", Value: fmt.Sprint(seq),
		Title:  errs.T("تنها نسخه آخر بارگیری می‌شود", "Only the last version can be downloaded"),
		Detail: errs.Tf("نسخه %d جای خود را به نسخه %d داده است.", "Version %d has been followed by version %d.", seq, last),
		Next:   errs.T("نشانی نسخه آخر را بخواهید.", "Ask for the address of the last version."),
	}
}

func versionUnknown(seq int) *errs.Error {
	return &errs.Error{
		Code: "version-unknown", Status: http.StatusNotFound, Op: "access.Downloads", Location: "path.seq", Value: fmt.Sprint(seq),
		Title:  errs.T("چنین نسخه‌ای نیست", "There is no such version"),
		Detail: errs.T("این مجموعه‌داده یا این نسخه آن نیست.", "There is no such dataset, or it has no such version."),
		Next:   errs.T("مجموعه‌داده‌ها و نسخه‌ها در ‎/v1/datasets است.", "Datasets and their versions are at /v1/datasets."),
	}
}
