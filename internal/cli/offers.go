package cli

import (
	"strings"

	"mailpipe/internal/config"
	"mailpipe/internal/provider"
	"mailpipe/internal/sink"
	"mailpipe/wire"
)

// offers returns what a script of completion offers for a value, in the form of
// completion.Value. name is that of the value in the table of flags: the kind of the
// value, in capital letters, or words. A | separates what may be given instead. The kind
// is unknown if ok is false.
func offers(name string) (offers []string, ok bool) {
	for _, alternative := range strings.Split(name, "|") {
		if alternative == strings.ToLower(alternative) {
			offers = append(offers, alternative)
			continue
		}
		kind, known := kindOffers(alternative)
		if !known {
			return nil, false
		}
		offers = append(offers, kind...)
	}
	return offers, true
}

// kindOffers returns what is offered for one kind of value.
func kindOffers(kind string) (offers []string, known bool) {
	switch kind {
	case "FILE":
		return []string{"@file"}, true
	case "FILE[,key=value...]":
		return []string{"@file", "@attach:" + strings.Join(attachmentKeys, ",")}, true
	case "DIR":
		return []string{"@dir"}, true
	case "eml:DIR":
		return []string{"eml:@dir"}, true
	case "WHERE":
		return []string{"@dir", "user:", "system:", "postgres://@"}, true
	case "URL":
		return serverOffers(), true
	case "MECH":
		return wire.Mechanisms(), true
	case "SERVICE":
		return serviceOffers(), true
	case "STAGE=ACTION":
		for _, stage := range sink.Stages() {
			offers = append(offers, stage+"=@")
		}
		return offers, true
	case "ACCOUNT":
		return []string{"@account"}, true
	case "COMMAND [ARG...]":
		return []string{"@exec"}, true
	case "COMMAND":
		return commandNames(commands(&call{})), true
	case "ADDR", "CMD", "DOMAIN", "DUR", "ID", "LIST", "N", "NAME", "NAME=VALUE", "'Name: value'", "RECIPIENT",
		"RFC3339", "SHA256", "SIZE", "TAG", "TEXT", "TYPE", "USER":
		return nil, true // only the user knows them
	}
	return nil, false
}

// serverOffers returns how the URL of a server begins.
func serverOffers() []string {
	var offers []string
	for _, scheme := range config.Schemes() {
		switch scheme {
		case "sink":
			offers = append(offers, "sink:@dir", "sink:eml:@dir")
		case "smtp+unix", "lmtp+unix":
			offers = append(offers, scheme+":@file")
		case "pipe":
			offers = append(offers, "pipe:@")
		default:
			offers = append(offers, scheme+"://@")
		}
	}
	return offers
}

// serviceOffers returns the names of the services, of which some end in a region.
func serviceOffers() []string {
	names := provider.Services()
	for i, name := range names {
		names[i] = strings.Replace(name, "REGION", "@", 1)
	}
	return names
}
