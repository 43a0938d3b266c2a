// Package scram computes what the client and the server of SCRAM send (RFC 5802, RFC
// 7677).
package scram

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"hash"
)

// Sign returns the proof of the client and the signature of the server: each shows that
// its sender knows the password (RFC 5802 §3). message is AuthMessage, which both know.
func Sign(h func() hash.Hash, password string, salt []byte, iterations int, message string) (
	proof, signature []byte, err error,
) {
	salted, err := pbkdf2.Key(h, Prepare(password), salt, iterations, h().Size())
	if err != nil {
		return nil, nil, err
	}
	proof = mac(h, salted, "Client Key")
	storedKey := h()
	storedKey.Write(proof)
	for i, b := range mac(h, storedKey.Sum(nil), message) {
		proof[i] ^= b
	}
	return proof, mac(h, mac(h, salted, "Server Key"), message), nil
}

func mac(h func() hash.Hash, key []byte, message string) []byte {
	m := hmac.New(h, key)
	m.Write([]byte(message))
	return m.Sum(nil)
}
