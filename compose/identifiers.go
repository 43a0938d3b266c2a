package compose

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
)

// randomBytes is the number of random octets in what must be unique: 128 bits.
const randomBytes = 16

// identifiers makes what must be unique. If seed is nil, it is random. If not,
// it is made from all that was learned, so that the same message has the same
// identifiers.
type identifiers struct {
	seed hash.Hash
	made byte
}

// learn adds values to the seed.
func (id *identifiers) learn(values ...any) {
	if id.seed != nil {
		fmt.Fprintf(id.seed, "%#v\n", values)
	}
}

// learnContent adds the content of a part to the seed: all of it if the part
// can be read twice, and if not, only its head.
func (id *identifiers) learnContent(src *source, head []byte) error {
	switch {
	case id.seed == nil:
		return nil
	case src.at != nil:
		id.learn(src.size)
		return src.scan(id.seed)
	}
	id.learn(len(head))
	id.seed.Write(head)
	return nil
}

// next returns 128 bits in hexadecimal.
func (id *identifiers) next() string {
	var b [randomBytes]byte
	if id.seed == nil {
		rand.Read(b[:]) // never fails
		return hex.EncodeToString(b[:])
	}
	id.made++
	sum := sha256.Sum256(append(id.seed.Sum(nil), id.made))
	return hex.EncodeToString(sum[:randomBytes])
}
