package access

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Seal signs what nsdi gives out as documents: a JWS in its compact form, by Ed25519 (RFC 7515, RFC 8037), under a named key whose public half is published, so that
// others check it without asking.
type Seal struct {
	Pool *pgxpool.Pool // sees everything
	Now  func() time.Time
}

// lockSeal is the advisory lock under which the first key is made.
const lockSeal = 7401

// sealHeader is what a JWS says of its signature.
type sealHeader struct {
	Algorithm string `json:"alg"`
	Key       string `json:"kid"`
}

// Sign answers the JWS of what payload says as JSON.
func (s *Seal) Sign(ctx context.Context, payload any) (string, error) {
	kid, key, err := s.current(ctx)
	if err != nil {
		return "", fmt.Errorf("seal: %w", err)
	}
	header, err := json.Marshal(sealHeader{"EdDSA", kid})
	if err != nil {
		return "", fmt.Errorf("seal: %w", err)
	}
	body, err := json.Marshal(payload)
	if err != nil {
		return "", fmt.Errorf("seal: %w", err)
	}
	said := base64.RawURLEncoding.EncodeToString(header) + "." + base64.RawURLEncoding.EncodeToString(body)
	return said + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(key, []byte(said))), nil
}

// Verify reads into payload what a JWS says, and reports whether nsdi signed it. The error is of the database.
func (s *Seal) Verify(ctx context.Context, jws string, payload any) (bool, error) {
	parts := strings.Split(jws, ".")
	if len(jws) > 4000 || len(parts) != 3 {
		return false, nil
	}
	var decoded [3][]byte
	for i, part := range parts {
		var err error
		if decoded[i], err = base64.RawURLEncoding.Strict().DecodeString(part); err != nil {
			return false, nil
		}
	}
	var h sealHeader
	if json.Unmarshal(decoded[0], &h) != nil || h.Algorithm != "EdDSA" || storable(h.Key) != h.Key {
		return false, nil
	}
	var public []byte
	err := s.Pool.QueryRow(ctx, `select public from access.seal_key where kid = $1`, h.Key).Scan(&public)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("seal: %w", err)
	}
	if !ed25519.Verify(public, []byte(parts[0]+"."+parts[1]), decoded[2]) {
		return false, nil
	}
	return json.Unmarshal(decoded[1], payload) == nil, nil
}

// SealKey is the public half of a key, as a JSON Web Key.
type SealKey struct {
	KeyType   string `json:"kty" enum:"OKP"`
	Curve     string `json:"crv" enum:"Ed25519"`
	Algorithm string `json:"alg" enum:"EdDSA"`
	Use       string `json:"use" enum:"sig"`
	ID        string `json:"kid"`
	X         string `json:"x"`
}

// Keys answers the public halves of all keys that ever signed.
func (s *Seal) Keys(ctx context.Context) ([]SealKey, error) {
	rows, err := s.Pool.Query(ctx, `select kid, public from access.seal_key order by created_at desc, kid`)
	if err != nil {
		return nil, fmt.Errorf("keys of the seal: %w", err)
	}
	keys := []SealKey{}
	var kid string
	var public []byte
	_, err = pgx.ForEachRow(rows, []any{&kid, &public}, func() error {
		keys = append(keys, SealKey{"OKP", "Ed25519", "EdDSA", "sig", kid, base64.RawURLEncoding.EncodeToString(public)})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("keys of the seal: %w", err)
	}
	return keys, nil
}

// current answers the key that is signed with. The first one is made when it is needed; whoever wants another retires it, and it still verifies.
func (s *Seal) current(ctx context.Context) (kid string, key ed25519.PrivateKey, err error) {
	const newest = `select kid, secret from access.seal_key where retired_at is null`
	var seed []byte
	err = s.Pool.QueryRow(ctx, newest).Scan(&kid, &seed)
	if errors.Is(err, pgx.ErrNoRows) {
		err = pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock($1, 0)`, lockSeal); err != nil {
				return err
			}
			err := tx.QueryRow(ctx, newest).Scan(&kid, &seed)
			if !errors.Is(err, pgx.ErrNoRows) {
				return err // another made it in between
			}
			random := make([]byte, 5+ed25519.SeedSize)
			rand.Read(random) // never fails: see crypto/rand
			kid, seed = letters(random[:5]), random[5:]
			public := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
			_, err = tx.Exec(ctx, `insert into access.seal_key (kid, public, secret, created_at) values ($1, $2, $3, $4)`, kid, []byte(public), seed, moment(s.Now))
			return err
		})
	}
	if err != nil {
		return "", nil, err
	}
	return kid, ed25519.NewKeyFromSeed(seed), nil
}
