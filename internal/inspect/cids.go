package inspect

import "hash/maphash"

// cids compares the cid: URLs of a mail with its Content-IDs. It keeps hashes, because
// there may be many long ones.
type cids struct {
	seed  maphash.Seed
	known map[uint64]bool
	refs  []reference
	seen  map[uint64]bool // of refs
}

// A reference is a cid: URL.
type reference struct {
	part *Part
	id   string
	hash uint64
}

func newCIDs() *cids {
	return &cids{seed: maphash.MakeSeed(), known: map[uint64]bool{}, seen: map[uint64]bool{}}
}

// add adds the Content-ID of a part.
func (c *cids) add(id string) {
	if id != "" {
		c.known[maphash.String(c.seed, id)] = true
	}
}

// refer adds a cid: URL, once.
func (c *cids) refer(p *Part, id string) {
	h := maphash.String(c.seed, id)
	if len(c.refs) < refsMax && !c.seen[h] {
		c.seen[h] = true
		c.refs = append(c.refs, reference{p, id, h})
	}
}

// report reports the URLs that refer to no part.
func (c *cids) report(w *walker) {
	for _, r := range c.refs {
		if !c.known[r.hash] && !w.in.stopped {
			w.report(r.part, cidUnknown, r.part.Line, r.id)
		}
	}
}
