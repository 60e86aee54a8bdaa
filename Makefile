# The commands of the project; `make` alone explains them.
#
# Everything is relative to this folder, so `make -C PATH run` works from anywhere.
# NSDI_LISTEN, NSDI_DATA and DATABASE_URL are passed on to the server.

SHELL       := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS   += --no-print-directory
# The steps of a target follow each other, also under -j; the tools use all cores themselves.
.NOTPARALLEL:
.DELETE_ON_ERROR:

GO       ?= go
TOOL     := $(GO) tool -modfile=tools/go.mod
# Three packages at once and four tests of each: they wait for databases, processes and the disk of their own. The packages that take longest begin first, so that none is left over at the end.
# What vet finds, lint has found before. A package may take long on a slow machine.
GOTEST   := $(GO) test -race -vet=off -p 3 -parallel 4 -timeout 60m
LONGEST  := ./cmd/nsdi ./server ./layers ./progress ./cadastre
CLUSTER  := bin/withcluster --

# The folders of Go code, for the formatter.
GO_FILES = $(shell find . \( -name node_modules -o -name .git -o -path ./var \) -prune -o -name '*.go' -print)
# What the built page depends on; the folders tell of files that were removed.
WEB_FILES = $(shell find web \( -name node_modules -o -name dist -o -name test-results -o -name test \) -prune -o -type f ! -name '*.go' ! -name '* *' -print) \
	$(shell find web/src web/public -type d ! -name '* *' -print 2>/dev/null)

# Garbage may grow as in the server, since memory is plenty and the processor is not.
test lint: export GOGC := 300

.PHONY: help
help: ## explain the targets (this text)
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

# The server takes the shell's place, so Ctrl-C reaches it and its exit code is ours;
# setpriv has it end when make is killed outright.
.PHONY: run
run: install build ## install what is missing, build, and serve with the sample country
	@exec setpriv --pdeathsig TERM bin/nsdi serve --sample

.PHONY: test
test: ## run everything: types, linters, Go tests on throw-away databases, browser tests
	@scripts/install-debian.sh --test
	@$(MAKE) web
	@$(MAKE) web-test
	@$(MAKE) lint
	@$(MAKE) build bin/withcluster
	$(CLUSTER) $(GOTEST) $(LONGEST) ./...
	scripts/with-sample.sh npm --prefix web run test:browser

.PHONY: build
build: web ## build the page and the binary bin/nsdi
	@mkdir -p bin
	$(GO) build -o bin/nsdi ./cmd/nsdi

.PHONY: web
web: web/dist/index.html ## build the page into web/dist, when its sources have changed

.PHONY: lint
lint: ## vet, staticcheck and formatting
	$(GO) vet ./...
	$(TOOL) staticcheck ./...
	@unformatted="$$($(TOOL) gofumpt -l $(GO_FILES))"; \
	if [[ -n "$$unformatted" ]]; then echo "not formatted; run 'make fmt':"; echo "$$unformatted"; exit 1; fi

.PHONY: fmt
fmt: ## format the Go code
	$(TOOL) gofumpt -w $(GO_FILES)

.PHONY: bench
bench: bin/withcluster ## run the benchmarks on a throw-away cluster
	bin/withcluster -durable -- $(GO) test -run '^$$' -bench . -benchmem -p 1 ./...

.PHONY: geobench
geobench: bin/withcluster ## measure geocoders on a million made-up addresses (GEOBENCH="-rows 100000" for fewer)
	bin/withcluster -durable -- $(GO) run ./bench/geocoding/geobench $(GEOBENCH)

# Two hundred packages are built for it, so it is no part of make test.
.PHONY: pmtiles
pmtiles: ## have the program of the makers of PMTiles open the archives that nsdi writes
	@mkdir -p bin
	$(GO) build -C tools/pmtiles -o ../../bin/go-pmtiles github.com/protomaps/go-pmtiles
	NSDI_GO_PMTILES=$(CURDIR)/bin/go-pmtiles $(GO) test -count 1 -run TestProgramOfTheFormat ./tiles/pmtiles

.PHONY: clean
clean: ## remove what was built; the data in NSDI_DATA stays
	rm -rf bin web/node_modules web/test-results
	find web/dist -mindepth 1 ! -name .gitkeep -delete

.PHONY: install
install:
	@scripts/install-debian.sh

.PHONY: web-test
web-test: web/node_modules/.package-lock.json
	npm --prefix web run typecheck
	npm --prefix web test

.PHONY: bin/withcluster
bin/withcluster:
	@mkdir -p bin
	@$(GO) build -o $@ ./internal/pgtest/withcluster

# npm writes this file last.
web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	npm --prefix web ci --no-audit --no-fund
	@touch $@

# Vite empties the folder, and the .gitkeep in it is what a fresh checkout embeds.
web/dist/index.html: web/node_modules/.package-lock.json $(WEB_FILES)
	npm --prefix web run build
	@touch web/dist/.gitkeep $@
