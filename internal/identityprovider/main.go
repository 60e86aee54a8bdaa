// Command identityprovider is an OpenID Connect provider with pages of its own, for the browser tests:
//
//	identityprovider http://127.0.0.1:8080/sign-in/callback
//
// It is the example of another project, zitadel/oidc, so that nsdi is not tested against its own reading of the standard. Its client is "nsdi", with the secret
// of the environment variable NSDI_OIDC_CLIENT_SECRET; its users are test-user@127.0.0.1 (id1) and test-user2 (id2), with the password "verysecure".
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
)

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	cancel()
	if err != nil {
		fmt.Fprintln(os.Stderr, "identityprovider:", err)
		os.Exit(1)
	}
}

// run serves on a free port of loopback, and says which, until ctx ends.
func run(ctx context.Context, args []string) error {
	secret := os.Getenv("NSDI_OIDC_CLIENT_SECRET")
	if len(args) != 1 || secret == "" {
		return errors.New("one argument is needed, the client's callback address, and the client's secret in NSDI_OIDC_CLIENT_SECRET")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	slog.SetDefault(slog.New(slog.DiscardHandler)) // the example tells of each request
	issuer := "http://" + listener.Addr().String()
	clients := map[string]*storage.Client{"nsdi": storage.WebClient("nsdi", secret, args[0])}
	handler := exampleop.SetupServer(issuer, storage.NewStorageWithClients(storage.NewUserStore(issuer), clients), nil, false)
	fmt.Printf("identity provider on %s\n", issuer)
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}
