package main

// serviceFlags say on which terms this installation offers its services.
type serviceFlags struct {
	PublicQuota float64 `env:"NSDI_PUBLIC_QUOTA" default:"1" help:"What a network may ask without a key, as a multiple of the ordinary numbers. 0: as much as it wants."`
}
