package detect

import (
	"strings"
	"testing"
)

// kinds are contents that tell their type without a name.
var kinds = []struct{ content, want string }{
	{"plain words\n", "text/plain; charset=us-ascii"},
	{"Grüße\n", "text/plain; charset=utf-8"},
	{"{\"a\": [1, true]}\n", "application/json"},
	{"{\"a\":1}\n{\"a\":2}\n", "application/x-ndjson"},
	{"<?xml version='1.0'?><a/>", "application/xml; charset=us-ascii"},
	{"<!DOCTYPE html><p>", "text/html; charset=us-ascii"},
	{"{\\rtf1 hello}", "application/rtf"},
	{"%PDF-1.4\n\x00", "application/pdf"},
	{"BEGIN:VCARD\r\n", "text/vcard; charset=us-ascii"},
	{"#!/usr/bin/env python3\n", "text/x-python; charset=us-ascii"},
	{"\x89PNG\r\n\x1A\n\x00", "image/png"},
	{"\x00\x01\x02 unknown", "application/octet-stream"},
}

func TestHead(t *testing.T) {
	for _, k := range kinds {
		if got := Head("", []byte(k.content)).String(); got != k.want {
			t.Errorf("%q: %s, want %s", k.content, got, k.want)
		}
		if got := File("", strings.NewReader(k.content), int64(len(k.content))).String(); got != k.want {
			t.Errorf("File %q: %s, want %s", k.content, got, k.want)
		}
	}
}
