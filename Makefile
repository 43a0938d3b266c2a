# go build and go test ./... need no Makefile; this is what .ci/run runs, by hand.
.PHONY: check
check:
	test -z "$$(gofmt -l $$(go list -f '{{.Dir}}' ./...))"
	go vet ./...
	go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...
	mandoc -T lint -W warning man/*.[1-9]
	shellcheck .ci/run .ci/peers .ci/corpus
	go test ./...

# The goldens, after a change that is meant.
.PHONY: update
update:
	go test ./internal/chart ./internal/docs ./internal/cli -update
