package detect

import "bytes"

// Object identifiers in DER (RFC 5652, RFC 7292).
const (
	oidSignedData = "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02"
	oidPKCS7      = "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07"         // and one octet
	oidSMIME      = "\x06\x0B\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x01" // and one octet
)

// Tags of DER and BER.
const (
	tagInteger  = 0x02
	tagOID      = 0x06
	tagSequence = 0x30
	tagSet      = 0x31
	tagContext0 = 0xA0
)

// byDER recognizes signatures, encrypted mail, certificates and key stores.
func byDER(s *sample) (mediaType, why string) {
	outer, _, ok := element(s.content, tagSequence)
	switch {
	case !ok:
		return "", ""
	case isDetached(outer):
		return "application/pkcs7-signature", "CMS signature without content"
	case bytes.HasPrefix(outer, []byte(oidPKCS7)), bytes.HasPrefix(outer, []byte(oidSMIME)):
		return "application/pkcs7-mime", "CMS"
	case isKeyStore(outer):
		return "application/pkcs12", "PKCS #12"
	case isCertificate(outer):
		return "application/pkix-cert", "X.509 certificate"
	}
	return "", ""
}

// isDetached reports whether the content of a ContentInfo is a signature whose
// content is elsewhere (RFC 5652 §5.1):
//
//	SEQUENCE { signedData, [0] SEQUENCE { version, SET { digestAlgorithms },
//	    SEQUENCE { eContentType, [0] eContent OPTIONAL }, ... } }
//
// Signed data without digest algorithms only carries certificates.
func isDetached(contentInfo []byte) bool {
	b, _ := bytes.CutPrefix(contentInfo, []byte(oidSignedData))
	b, _, _ = element(b, tagContext0)
	b, _, _ = element(b, tagSequence)
	_, b, _ = element(b, tagInteger)
	algorithms, b, _ := element(b, tagSet)
	b, _, _ = element(b, tagSequence)
	_, b, ok := element(b, tagOID)
	_, _, hasContent := element(b, tagContext0)
	return ok && len(algorithms) > 0 && !hasContent
}

// isKeyStore reports whether the content of a sequence is that of a PFX (RFC 7292
// §4): SEQUENCE { version 3, SEQUENCE { contentType, ... }, ... }.
func isKeyStore(pfx []byte) bool {
	version, b, _ := element(pfx, tagInteger)
	authSafe, _, ok := element(b, tagSequence)
	return ok && string(version) == "\x03" && bytes.HasPrefix(authSafe, []byte(oidPKCS7))
}

// isCertificate reports whether the content of a sequence is that of a certificate
// (RFC 5280 §4.1): SEQUENCE { SEQUENCE { [0] version, serialNumber INTEGER,
// signature SEQUENCE { algorithm OID, ... }, ... }, ... }.
func isCertificate(certificate []byte) bool {
	tbs, _, _ := element(certificate, tagSequence)
	version, b, _ := element(tbs, tagContext0)
	_, b, _ = element(b, tagInteger)
	signature, _, _ := element(b, tagSequence)
	_, _, ok := element(signature, tagOID)
	return ok && len(version) == 3
}

// element returns the content of the element at the beginning of b, or as much
// of it as b has, and what follows the element. An element of indefinite length
// (BER) goes to the end of b. If b begins with another tag, content and rest are
// nil, so that the next call fails as well.
func element(b []byte, tag byte) (content, rest []byte, ok bool) {
	if len(b) < 2 || b[0] != tag {
		return nil, nil, false
	}
	const long, indefinite, maxLength = 0x80, 0x80, 4
	length := int(b[1])
	b = b[2:]
	if length == indefinite {
		return b, nil, true
	}
	if length > long {
		n := length - long
		if n > maxLength || n > len(b) {
			return nil, nil, false
		}
		length = 0
		for _, c := range b[:n] {
			length = length<<8 | int(c)
		}
		b = b[n:]
	}
	length = int(min(uint(length), uint(len(b))))
	return b[:length], b[length:], true
}
