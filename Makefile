# Building and testing need no Makefile. "make check" runs the checks of .ci/run
# that need no root, and then the tests.
.PHONY: check
check:
	test -z "$$(gofmt -l $$(go list -f '{{.Dir}}' ./...))"
	go vet ./...
	go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...
	mandoc -T lint -W warning man/*.[1-9]
	shellcheck .ci/run .ci/peers .ci/callers .ci/corpus .ci/page internal/pack/*.sh internal/pack/nfpm/*.p*
	go test -json ./... | go run ./internal/testreport

# "make update" rewrites the golden files, after an intended change.
.PHONY: update
update:
	go test ./internal/chart ./internal/docs ./internal/cli ./internal/inspect -update
	MAILPIPE_TEST_LONG=1 go test ./internal/pack -run TestPackages/files -update

# "make install PREFIX=/usr/local DESTDIR=" installs the program, the man pages and
# the completions. "make install-sendmail" also makes the links sendmail, mailq and
# newaliases. "make uninstall" removes all of it. "make dist" writes archives for all
# platforms to the directory dist: the same ones for the same commit. Their files have
# the date of the commit, or SOURCE_DATE_EPOCH.
.PHONY: install install-sendmail uninstall dist
install-sendmail: install
install install-sendmail uninstall dist:
	go run ./internal/pack $@

# "make packages" writes packages for Debian, Fedora, Alpine and Arch to the directory
# dist. It needs the network once, to build nfpm.
.PHONY: packages
packages:
	internal/pack/packages.sh dist

# "make image" builds an image for containers. DOCKER=podman works too.
DOCKER = docker
CERTIFICATES = /etc/ssl/certs/ca-certificates.crt
.PHONY: image
image:
	go run ./internal/pack tree dist/image linux/$$(go env GOARCH)
	cp "$(CERTIFICATES)" dist/image/ca-certificates.crt
	$(DOCKER) build -t mailpipe -f internal/pack/Dockerfile dist/image
