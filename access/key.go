package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
)

// Keys are the API keys of agencies' programs. A presented key looks like nsdi_k7q2abcd_ and 52 letters and digits, which are 256 random bits. The part in the
// middle names the key in lists and logs; it is no secret.
type Keys struct {
	Pool *pgxpool.Pool
	Now  func() time.Time // Defaults to time.Now.
}

// Key is what is known of a key, which is everything but the key.
type Key struct {
	ID         int64
	Prefix     string
	Name       string
	Agency     string // code
	Roles      []Role
	Scopes     []string
	Networks   []netip.Prefix // from where it may be used; none: from everywhere
	ExpiresAt  time.Time
	CreatedAt  time.Time
	LastUsedAt *time.Time // to the minute; nil: never
	RevokedAt  *time.Time
}

const (
	keyStart    = "nsdi_"
	prefixChars = 8
	secretBytes = 32
	// maxKeyLife bounds how long a forgotten key is dangerous.
	maxKeyLife = 3 * 366 * 24 * time.Hour
	// useGrain is how often the last use is written at most.
	useGrain = time.Minute
)

// Add makes a key and answers what its holder presents, this once. It is entered in the audit trail with it.
func (k *Keys) Add(ctx context.Context, key Key) (Key, string, error) {
	now := moment(k.Now)
	if problem := key.check(now); problem != nil {
		return Key{}, "", problem
	}
	random := make([]byte, 5+secretBytes)
	rand.Read(random) // never fails: see crypto/rand
	key.Prefix = letters(random[:5])
	presented := keyStart + key.Prefix + "_" + letters(random[5:])
	hash := sha256.Sum256([]byte(presented))
	err := pgx.BeginFunc(ctx, k.Pool, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `
			insert into access.key (prefix, secret_hash, name, agency_id, roles, scopes, networks, expires_at, created_at, created_by)
			select $1, $2, $3, a.id, $4, $5, coalesce($6::cidr[], '{}'), $7, $8, nullif($9::bigint, 0)
			from access.agency a
			where a.code = $10
			returning id, created_at, expires_at`, key.Prefix, hash[:], key.Name, key.Roles, key.Scopes, key.Networks, key.ExpiresAt, now, SubjectFrom(ctx).PersonID, key.Agency).
			Scan(&key.ID, &key.CreatedAt, &key.ExpiresAt)
		if errors.Is(err, pgx.ErrNoRows) {
			return &errs.Error{
				Code: "agency-unknown", Status: http.StatusUnprocessableEntity, Op: "access.Keys", Value: key.Agency,
				Title:  errs.T("چنین دستگاهی ثبت نشده است", "There is no such agency"),
				Detail: errs.Tf("دستگاه «%s» یافت نشد.", "The agency %q was not found.", key.Agency),
				Next:   errs.T("نخست دستگاه را ثبت کنید.", "Register the agency first."),
			}
		}
		if err != nil {
			return err
		}
		return permissionChanged(ctx, tx, key.Agency, "key:"+key.Prefix,
			fmt.Sprintf("key added: roles %v, scopes %v, networks %v, until %s", key.Roles, key.Scopes, key.Networks, key.ExpiresAt.Format(time.RFC3339)))
	})
	if err != nil {
		return Key{}, "", fmt.Errorf("adding a key: %w", err)
	}
	return key, presented, nil
}

// check answers *errs.Error key-invalid for a key that must not be made.
func (key *Key) check(now time.Time) error {
	refuse := func(what errs.Text) error {
		return &errs.Error{
			Code: "key-invalid", Status: http.StatusUnprocessableEntity, Op: "access.Keys",
			Title:  errs.T("چنین کلیدی ساخته نمی‌شود", "Such a key is not made"),
			Detail: what,
			Next:   errs.T("آن را درست کنید و دوباره بخواهید.", "Correct that and ask again."),
		}
	}
	switch {
	case key.Name == "":
		return refuse(errs.T("کلید نام ندارد؛ نام بگوید کدام برنامه آن را به کار می‌برد.", "The key has no name; it says which program uses it."))
	case len(key.Roles) == 0:
		return refuse(errs.T("کلید نقشی ندارد.", "The key has no role."))
	case slices.Contains(key.Roles, Administrator):
		return refuse(errs.T("نقش سرپرست را تنها اشخاص دارند.", "Only people are administrators."))
	case len(key.Scopes) == 0:
		return refuse(errs.T("کلید دامنه‌ای ندارد؛ مانند upload:road یا read:*.", "The key has no scope, such as upload:road or read:*."))
	case !key.ExpiresAt.After(now) || key.ExpiresAt.Sub(now) > maxKeyLife:
		return refuse(errs.T("پایان اعتبار باید در آینده و تا سه سال دیگر باشد.", "The key must expire in the future, and within three years."))
	}
	for _, r := range key.Roles {
		if !slices.Contains(Roles(), r) {
			return refuse(errs.Tf("نقش «%s» نیست.", "There is no role %q.", r))
		}
	}
	for _, s := range key.Scopes {
		action, theme, narrowed := strings.Cut(s, ":")
		if action != "*" && !slices.Contains(Actions(), Action(action)) || narrowed && theme == "" {
			return refuse(errs.Tf("دامنه «%s» خوانده نشد؛ مانند upload:road یا read:*.", "The scope %q is not read; they look like upload:road or read:*.", s))
		}
	}
	return nil
}

// Authenticate answers who presents a key from an address. What is no key, a wrong one included, is *errs.Error key-refused, which takes the same work and tells
// nobody which keys there are. Whoever presents the whole of one learns why it is not taken: key-revoked, key-expired or key-elsewhere.
func (k *Keys) Authenticate(ctx context.Context, presented string, remote netip.Addr) (Subject, error) {
	now := moment(k.Now)
	name, formed := prefixOf(presented)
	hash := sha256.Sum256([]byte(presented[:min(len(presented), 200)]))
	var m Membership
	s := Subject{}
	var stored []byte
	var networks []netip.Prefix
	var expires time.Time
	var used, revoked *time.Time
	err := k.Pool.QueryRow(ctx, `
		select k.id, k.name, k.secret_hash, k.agency_id, a.code, k.roles, k.scopes, k.networks, k.expires_at, k.last_used_at, k.revoked_at
		from access.key k
		join access.agency a on a.id = k.agency_id
		where k.prefix = $1`, name).
		Scan(&s.KeyID, &s.Name, &stored, &m.AgencyID, &m.Agency, &m.Roles, &s.Scopes, &networks, &expires, &used, &revoked)
	known := !errors.Is(err, pgx.ErrNoRows)
	if err != nil && known {
		return Subject{}, fmt.Errorf("reading the key: %w", err)
	}
	if !known {
		stored = make([]byte, sha256.Size)
	}
	right := subtle.ConstantTimeCompare(stored, hash[:]) == 1
	anew := errs.T("از سرپرست دستگاه خود کلید تازه بخواهید.", "Ask your agency's administrator for a new key.")
	switch {
	case !right || !formed || !known:
		return Subject{}, keyRefused("key-refused", errs.T("چنین کلیدی نیست.", "There is no such key."),
			errs.T("آنچه را هنگام ساختن کلید نشان داده شد، کامل و بی‌تغییر بفرستید، یا از سرپرست دستگاه خود کلید تازه بخواهید.", "Send all of what was shown when the key was made, as it was, or ask your agency's administrator for a new key."))
	case revoked != nil:
		return Subject{}, keyRefused("key-revoked", errs.T("این کلید در "+DayText(*revoked).FA+" لغو شد.", "This key was revoked on "+DayText(*revoked).EN+"."), anew)
	case !now.Before(expires):
		return Subject{}, keyRefused("key-expired", errs.T("زمان این کلید در "+DayText(expires).FA+" به پایان رسید.", "This key ended on "+DayText(expires).EN+"."), anew)
	case !fromOneOf(networks, remote):
		return Subject{}, keyRefused("key-elsewhere", errs.Tf("این کلید از نشانی شبکه \u2066%s\u2069 پذیرفته نمی‌شود.", "This key is not taken from the network address %s.", remote),
			errs.T("آن را از شبکه‌ای که برایش ساخته شده است به کار ببرید، یا از سرپرست دستگاه خود کلیدی برای این نشانی بخواهید.", "Use it in the network that it was made for, or ask your agency's administrator for a key for this address."))
	}
	if used == nil || now.Sub(*used) >= useGrain {
		// Of many requests at once one writes; the others find that it is done.
		_, err := k.Pool.Exec(ctx, `
			update access.key
			set last_used_at = $2
			where id = $1
			  and (last_used_at is null or last_used_at <= $3)`, s.KeyID, now, now.Add(-useGrain))
		if err != nil {
			return Subject{}, fmt.Errorf("last use of the key: %w", err)
		}
	}
	s.Memberships = []Membership{m}
	return s, nil
}

func keyRefused(code string, why, next errs.Text) *errs.Error {
	return &errs.Error{Code: code, Status: http.StatusUnauthorized, Op: "access.Keys", Title: errs.T("کلید پذیرفته نشد", "The key was refused"), Detail: why, Next: next}
}

// List answers the keys of an agency, or all of them for "".
func (k *Keys) List(ctx context.Context, agency string) ([]Key, error) {
	rows, err := k.Pool.Query(ctx, `
		select k.id, k.prefix, k.name, a.code, k.roles, k.scopes, k.networks, k.expires_at, k.created_at, k.last_used_at, k.revoked_at
		from access.key k
		join access.agency a on a.id = k.agency_id
		where $1 in ('', a.code)
		order by a.code, k.id`, agency)
	if err != nil {
		return nil, fmt.Errorf("listing the keys: %w", err)
	}
	keys, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Key, error) {
		var key Key
		return key, row.Scan(&key.ID, &key.Prefix, &key.Name, &key.Agency, &key.Roles, &key.Scopes, &key.Networks, &key.ExpiresAt, &key.CreatedAt, &key.LastUsedAt, &key.RevokedAt)
	})
	if err != nil {
		return nil, fmt.Errorf("listing the keys: %w", err)
	}
	return keys, nil
}

// Revoke ends a key at once and for good.
func (k *Keys) Revoke(ctx context.Context, prefix string) error {
	now := moment(k.Now)
	err := pgx.BeginFunc(ctx, k.Pool, func(tx pgx.Tx) error {
		var agency string
		err := tx.QueryRow(ctx, `
			update access.key k
			set revoked_at = $2
			from access.agency a
			where k.prefix = $1
			  and k.revoked_at is null
			  and a.id = k.agency_id
			returning a.code`, prefix, now).Scan(&agency)
		if errors.Is(err, pgx.ErrNoRows) {
			return &errs.Error{
				Code: "key-unknown", Status: http.StatusNotFound, Op: "access.Keys", Value: prefix,
				Title:  errs.T("چنین کلیدی در کار نیست", "There is no such key in force"),
				Detail: errs.Tf("کلید «%s» یافت نشد یا پیش‌تر لغو شده است.", "The key %q was not found, or was revoked before.", prefix),
				Next:   errs.T("کلیدها را در صفحه اداره یا با «nsdi key list» ببینید.", "The page of administration and “nsdi key list” show the keys."),
			}
		}
		if err != nil {
			return err
		}
		return permissionChanged(ctx, tx, agency, "key:"+prefix, "key revoked")
	})
	if err != nil {
		return fmt.Errorf("revoking a key: %w", err)
	}
	return nil
}

// prefixOf takes the public part out of a presented key, or answers one that no key has.
func prefixOf(presented string) (string, bool) {
	rest, ok := strings.CutPrefix(presented, keyStart)
	if !ok || len(rest) != prefixChars+1+52 || rest[prefixChars] != '_' || strings.Trim(rest[:prefixChars], "abcdefghijklmnopqrstuvwxyz234567") != "" {
		return "", false
	}
	return rest[:prefixChars], true
}

// fromOneOf answers whether an address is in one of the networks; all are, where none is named.
func fromOneOf(networks []netip.Prefix, remote netip.Addr) bool {
	remote = remote.Unmap().WithZone("") // an IPv4 client of an IPv6 socket
	return len(networks) == 0 || slices.ContainsFunc(networks, func(n netip.Prefix) bool { return n.Contains(remote) })
}

func letters(random []byte) string {
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(random))
}
