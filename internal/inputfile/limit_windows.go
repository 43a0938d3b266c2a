package inputfile

// filesAllowed returns false: Windows has no such limit.
func filesAllowed() (n uint64, ok bool) { return 0, false }
