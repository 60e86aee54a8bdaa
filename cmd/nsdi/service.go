package main

import (
	"time"

	"nsdi/access"
)

// serviceFlags say on which terms this installation offers its services.
type serviceFlags struct {
	PublicQuota     float64           `env:"NSDI_PUBLIC_QUOTA" default:"1" help:"What a network may ask without a key, as a multiple of the ordinary numbers. 0: as much as it wants."`
	Availability    float64           `env:"NSDI_AVAILABILITY" help:"Share of each month in which services answer, per cent, as promised on their cards. 0: no promise."`
	Support         string            `env:"NSDI_SUPPORT" help:"Where users get help, such as a telephone number, for the cards of services."`
	ServiceCode     map[string]string `env:"NSDI_SERVICE_CODES" mapsep:"," help:"Codes that services were given when their cards were approved (Article 9), such as nsdi-tiles=10031234000."`
	CertificateDays int               `env:"NSDI_CERTIFICATE_DAYS" default:"90" help:"How many days a certificate of a postal code is valid."`
	CodesInMemory   int               `env:"NSDI_CODES_IN_MEMORY" help:"Addresses that are held in memory for inquiries, some 60 bytes each; with more than that the database is asked. 0: 5,000,000."`
	TileCacheBytes  uint64            `env:"NSDI_TILE_CACHE_BYTES" help:"Memory for tiles that are kept in the forms in which they are sent. 0: 64 MiB."`

	// DownloadLife beyond access.MaxTokenLife counts as that.
	DownloadLife time.Duration `env:"NSDI_DOWNLOAD_LIFE" default:"15m" help:"How long the address of a download works; 15 minutes at most."`
}

func (f *serviceFlags) terms() (access.ServiceTerms, error) {
	t := access.ServiceTerms{Availability: f.Availability, Support: f.Support, Codes: f.ServiceCode}
	return t, t.Check()
}
