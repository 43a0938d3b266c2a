package detect

import (
	"bytes"
)

// Object identifiers as DER writes them (RFC 5652, RFC 7292).
const (
	oidSignedData = "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02"
	oidCMS        = "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07"         // any of PKCS #7
	oidSMIME      = "\x06\x0B\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x01" // any content type of S/MIME
)

// Tags of DER and BER.
const (
	tagInteger  = 0x02
	tagSequence = 0x30
	tagSet      = 0x31
	tagContext0 = 0xA0
)

// byDER tells signatures, encrypted mail, certificates and key stores.
func byDER(s *sample, _ text) (mediaType, why string) {
	outer, _, ok := element(s.head, tagSequence)
	if !ok {
		return "", ""
	}
	if bytes.HasPrefix(outer, []byte(oidCMS)) || bytes.HasPrefix(outer, []byte(oidSMIME)) {
		if isDetached(outer) {
			return "application/pkcs7-signature", "CMS, a signature without content"
		}
		return "application/pkcs7-mime", "CMS"
	}
	if version, rest, ok := element(outer, tagInteger); ok && string(version) == "\x03" {
		if content, _, ok := element(rest, tagSequence); ok && bytes.HasPrefix(content, []byte(oidCMS)) {
			return "application/pkcs12", "PKCS #12"
		}
	}
	// Certificate ::= SEQUENCE { TBSCertificate ::= SEQUENCE { [0] version, serialNumber INTEGER, signature SEQUENCE
	if tbs, _, ok := element(outer, tagSequence); ok {
		if version, rest, ok := element(tbs, tagContext0); ok && len(version) == 3 {
			if _, rest, ok = element(rest, tagInteger); ok {
				if algorithm, _, ok := element(rest, tagSequence); ok && bytes.HasPrefix(algorithm, []byte("\x06")) {
					return "application/pkix-cert", "an X.509 certificate"
				}
			}
		}
	}
	return "", ""
}

// isDetached reports whether CMS is signed data that has a digest algorithm
// and holds no content: SignedData ::= SEQUENCE { version, digestAlgorithms
// SET, encapContentInfo SEQUENCE { type, [0] content OPTIONAL }, ...
func isDetached(contentInfo []byte) bool {
	b, ok := bytes.CutPrefix(contentInfo, []byte(oidSignedData))
	if !ok {
		return false
	}
	if b, _, ok = element(b, tagContext0); !ok {
		return false
	}
	if b, _, ok = element(b, tagSequence); !ok {
		return false
	}
	if _, b, ok = element(b, tagInteger); !ok {
		return false
	}
	algorithms, b, ok := element(b, tagSet)
	if !ok || len(algorithms) == 0 { // certificates only
		return false
	}
	content, _, ok := element(b, tagSequence)
	if !ok || len(content) < 2 || content[0] != 0x06 {
		return false
	}
	after := content[min(2+int(content[1]), len(content)):]
	return len(after) == 0 || after[0] != tagContext0
}

// element returns what is in the element at the front of b, as far as b goes,
// and what follows it. A length that is not told (BER) reaches to the end.
func element(b []byte, tag byte) (content, rest []byte, ok bool) {
	if len(b) < 2 || b[0] != tag {
		return nil, nil, false
	}
	size := int(b[1])
	b = b[2:]
	switch {
	case size == 0x80:
		return b, nil, true
	case size > 0x84 || size > 0x80 && size&0x7F > len(b):
		return nil, nil, false
	case size > 0x80:
		n := size & 0x7F
		size = 0
		for _, c := range b[:n] {
			size = size<<8 | int(c)
		}
		b = b[n:]
	}
	if size < 0 {
		return nil, nil, false
	}
	size = min(size, len(b))
	return b[:size], b[size:], true
}
